import type { LiveEvent, ReportType } from '../../fixtures/sockets/follow.js';

const RANKS: Record<LiveEvent['status'], number> = { NOT_REQUESTED: 0, SUBMITTING: 1, PENDING: 2, READY: 3, FAILED: 3 };

function isFinal({ status }: LiveEvent): boolean {
  return status === 'READY' || status === 'FAILED';
}

/**
 * The faults in all events of one subscription, from beginning to completion; empty if there are none. Expected are a
 * snapshot with one event per type, then every step of each type once and in order, then one completion.
 */
export function faultsOf(events: readonly LiveEvent[], types: readonly ReportType[], completions: number): string[] {
  const faults: string[] = [];
  const snapshot = events.slice(0, types.length).map(({ type }) => type);
  if (snapshot.toSorted().join() !== types.toSorted().join()) faults.push(`the snapshot is of ${snapshot.join()}`);
  for (const type of new Set(events.map((event) => event.type))) {
    if (!types.includes(type)) faults.push(`${type} was not asked for`);
  }
  for (const type of types) {
    const own = events.filter((event) => event.type === type);
    own.forEach((event, index) => {
      const last = own[index - 1];
      for (const fault of [...faultsAlone(event), ...(last ? faultsAfter(last, event) : [])]) {
        faults.push(`${type}, event ${index}: ${fault}`);
      }
    });
    const end = own.at(-1);
    if (end && !isFinal(end)) faults.push(`${type} ends as ${end.status}`);
  }
  if (completions !== 1) faults.push(`completed ${completions} times`);
  if (new Set(events.flatMap(({ reportId, report }) => [reportId, report.id])).size > 1) faults.push('several reports');
  return [...faults, ...faultsOfReports(events)];
}

function faultsAlone({ status, failure, retryAfterMs, attempt, at }: LiveEvent): string[] {
  const faults: string[] = [];
  // While it is PENDING, the latest poll may have failed.
  if (status !== 'PENDING' && (status === 'FAILED') !== (failure !== null))
    faults.push(`${status} with failure ${JSON.stringify(failure)}`);
  if (failure && (!failure.code || !failure.message)) faults.push('a failure that says nothing');
  const polled = status === 'PENDING' && attempt > 0;
  if (polled && !(retryAfterMs !== null && retryAfterMs >= 100)) faults.push(`polled, and then waits ${retryAfterMs}`);
  if (!polled && retryAfterMs !== null) faults.push(`${status} ${attempt} waits ${retryAfterMs}`);
  if ((status === 'SUBMITTING' || status === 'NOT_REQUESTED') && attempt !== 0) faults.push(`${status} was polled`);
  if (status === 'READY' && attempt === 0) faults.push('READY without a poll');
  if (Number.isNaN(Date.parse(at))) faults.push(`at ${at}`);
  return faults;
}

function faultsAfter(last: LiveEvent, event: LiveEvent): string[] {
  const step = `${event.status} ${event.attempt} after ${last.status} ${last.attempt}`;
  if (isFinal(last)) return [`${step}: it was over`];
  if (RANKS[event.status] < RANKS[last.status]) return [`${step}: out of order`];
  const faults = [];
  if (event.status === last.status) {
    if (event.status !== 'PENDING' || event.attempt === last.attempt) faults.push(`${step}: a repetition`);
    else if (event.attempt < last.attempt) faults.push(`${step}: out of order`);
    else if (event.attempt > last.attempt + 1) faults.push(`${step}: a gap`);
  } else {
    const skipped = RANKS[event.status] - RANKS[last.status] > 1 && event.status !== 'FAILED';
    const miscounted = last.status === 'PENDING' && event.attempt !== last.attempt + 1;
    if (skipped || miscounted || (event.status === 'PENDING' && event.attempt > 0)) faults.push(`${step}: a gap`);
  }
  // The time of NOT_REQUESTED is that of the lookup, not of a change.
  if (last.status !== 'NOT_REQUESTED' && event.at < last.at) faults.push(`${step}: earlier by the clock`);
  return faults;
}

/** In an event, `report` has what is collected by then: at least everything already announced as READY. */
function faultsOfReports(events: readonly LiveEvent[]): string[] {
  const faults: string[] = [];
  for (const type of ['PAY', 'YOE'] as const) {
    const [field, ready] = [type === 'PAY' ? 'pay' : 'yoe', events.findIndex((event) => isReady(event, type))] as const;
    const failed = events.some((event) => event.type === type && event.status === 'FAILED');
    events.forEach(({ report }, index) => {
      const held = report[field] !== null;
      if (ready !== -1 && index >= ready && !held)
        faults.push(`event ${index}: ${field} is missing though it is READY`);
      if (failed && held) faults.push(`event ${index}: ${field} is there though it failed`);
      if (held !== (report.status[field] === 'READY')) {
        faults.push(`event ${index}: ${field} is ${report.status[field]}, and ${held ? 'there' : 'missing'}`);
      }
    });
  }
  return faults;
}

function isReady({ type, status }: LiveEvent, wanted: ReportType): boolean {
  return type === wanted && status === 'READY';
}

/**
 * The faults in the events of a later subscriber, compared with one to the same types from the beginning: its snapshot
 * must be the last events the other had received of each type, and from then on both must receive the same.
 */
export function faultsOfJoining(
  first: readonly LiveEvent[],
  later: readonly LiveEvent[],
  types: readonly ReportType[],
): string[] {
  const [snapshot, rest] = [later.slice(0, types.length), later.slice(types.length)];
  const [before, after] = [first.slice(0, first.length - rest.length), first.slice(first.length - rest.length)];
  const faults: string[] = [];
  rest.forEach((event, index) => {
    const same = after[index];
    if (!same || keyOf(same) !== keyOf(event)) {
      faults.push(`heard ${keyOf(event)} where the first heard ${same && keyOf(same)}`);
    }
  });
  for (const event of snapshot) {
    const known = before.findLast(({ type }) => type === event.type);
    if (!known || keyOf(known) !== keyOf(event)) {
      faults.push(`began with ${keyOf(event)} when the first had heard ${known && keyOf(known)}`);
    }
  }
  return faults;
}

function keyOf({ type, status, attempt, retryAfterMs, at, failure }: LiveEvent): string {
  // Claiming and sending are one status but have different times.
  const time = RANKS[status] < RANKS.PENDING ? '' : at;
  return [type, status, attempt, retryAfterMs, failure?.code, time].join(' ');
}
