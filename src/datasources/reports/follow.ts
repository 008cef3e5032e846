import { ApiError, type Failure } from '../../errors.js';
import { pushQueue } from '../../lib/push-queue.js';
import type { ReportType } from '../jobalyzer/types.js';
import { statusOf, type Entry, type ReportStatus } from './ledger.js';
import type { ReportKey } from './ports.js';
import { failureOf } from './waits.js';
import type { Watcher } from './watch.js';

/** One step of one report, as it is told to whoever follows it. */
export interface StatusEvent {
  readonly report: ReportKey;
  readonly type: ReportType;
  readonly status: ReportStatus;
  readonly at: Date;
  /** Polls made so far. */
  readonly attempt: number;
  /** When PENDING and polled: milliseconds until the next poll. */
  readonly retryAfterMs: number | null;
  readonly failure: Failure | null;
}

/** A report takes seconds and tells a few steps of each type; who is this far behind does not read at all. */
const MOST_EVENTS_BEHIND = 128;

/**
 * Follows the given types of a report: where each stands now, then every change, then the end once each is READY or
 * FAILED. Nothing is told twice, out of order, or after the end. Throws NOT_FOUND for an id nothing was ever asked under.
 * `ensured` says that the asker has just made sure of them: then even one given up at once has FAILED, rather than never
 * having been requested. `onReady` is called once for each type that is told to be READY.
 */
export async function followReport(
  watcher: Watcher,
  id: string,
  types: readonly ReportType[],
  ensured: boolean,
  onReady: (type: ReportType) => void = () => undefined,
): Promise<AsyncIterableIterator<StatusEvent>> {
  const told = new Map<ReportType, StatusEvent>();
  const open = new Set(types);
  const early: Entry[] = [];
  let hear = (entry: Entry): void => void early.push(entry);

  const watch = await watcher.watch(id, (entry) => hear(entry));
  if (!watch) throw new ApiError('NOT_FOUND', 'No report was ever asked for under this id.', { reportId: id });
  const { record } = watch;
  const queue = pushQueue<StatusEvent>(MOST_EVENTS_BEHIND, () => watch.close());

  function tell(event: StatusEvent): void {
    const last = told.get(event.type);
    if (!open.has(event.type) || (last && !isNews(last, event))) return;
    told.set(event.type, event);
    if (event.status === 'READY' || event.status === 'FAILED') open.delete(event.type);
    if (event.status === 'READY') onReady(event.type);
    queue.push(event);
    if (open.size === 0) queue.end();
  }

  for (const type of types) tell(eventOf(record, watch.snapshot[type], ensured));
  hear = (entry) => tell(changeOf(record, entry));
  early.forEach(hear);
  if (open.size === 0) queue.end();
  return queue.values;
}

/** Claiming, sending and being answered are one status to the outside; every poll is news. */
function isNews(last: StatusEvent, event: StatusEvent): boolean {
  return event.status !== last.status || (event.status === 'PENDING' && event.attempt > last.attempt);
}

/** All who follow a report are told of a change with the same object, so that what is made of it can be shared, too. */
const changes = new WeakMap<Entry, StatusEvent>();

function changeOf(report: ReportKey, entry: Entry): StatusEvent {
  const made = changes.get(entry) ?? eventOf(report, entry, true);
  changes.set(entry, made);
  return made;
}

/**
 * `ensured`: an ABSENT entry is a purchase that came to nothing, not one that was never made; and what was good when it was
 * made sure of does not expire before it is told.
 */
function eventOf(report: ReportKey, entry: Entry, ensured: boolean): StatusEvent {
  const failed = entry.state === 'ABSENT' && ensured;
  const status = failed ? 'FAILED' : statusOf(entry, ensured ? -Infinity : Date.now());
  return {
    report,
    type: entry.type,
    status,
    at: new Date(entry.at || Date.now()),
    attempt: 'attempt' in entry ? entry.attempt : 0,
    retryAfterMs: entry.state === 'LINKED' ? entry.retryAfterMs : null,
    failure: status === 'FAILED' ? failureOf(entry) : null,
  };
}
