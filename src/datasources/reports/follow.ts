import { ApiError } from '../../errors.js';
import { pushQueue } from '../../lib/push-queue.js';
import type { ReportKey, ReportType, StatusEvent } from '../../model/report.js';
import type { Entry } from './ledger.js';
import { statusOf, unavailableReason } from './status.js';
import type { Watcher } from './watch.js';

/** A report takes seconds and has a few events per type; a reader this far behind is stalled. */
const MOST_EVENTS_BEHIND = 128;

/**
 * Follows the given types of a report: the current status of each, then every change, then the end once each is READY or
 * FAILED. No event is repeated, out of order, or after the end. Throws NOT_FOUND for an id that was never requested.
 * `ensured`: the caller has just called `ensure` for these types, so an ABSENT entry means that the purchase was given up
 * (FAILED), not that it was never requested. `onReady` is called once for each type that becomes READY.
 */
export async function followReport(
  watcher: Watcher,
  id: string,
  types: readonly ReportType[],
  ensured: boolean,
  onReady: (type: ReportType) => void = () => undefined,
): Promise<AsyncIterableIterator<StatusEvent>> {
  const emitted = new Map<ReportType, StatusEvent>();
  const open = new Set(types);
  const early: Entry[] = [];
  let onEntry = (entry: Entry): void => void early.push(entry);

  const watch = await watcher.watch(id, (entry) => onEntry(entry));
  if (!watch) throw new ApiError('NOT_FOUND', 'No report with this id has been requested.', { reportId: id });
  const { record } = watch;
  const queue = pushQueue<StatusEvent>(MOST_EVENTS_BEHIND, () => watch.close());

  function emit(event: StatusEvent): void {
    const last = emitted.get(event.type);
    if (!open.has(event.type) || (last && !isChange(last, event))) return;
    emitted.set(event.type, event);
    if (event.status === 'READY' || event.status === 'FAILED') open.delete(event.type);
    if (event.status === 'READY') onReady(event.type);
    queue.push(event);
    if (open.size === 0) queue.end();
  }

  for (const type of types) emit(eventOf(record, watch.snapshot[type], ensured));
  onEntry = (entry) => emit(changeOf(record, entry));
  early.forEach(onEntry);
  if (open.size === 0) queue.end();
  return queue.values;
}

/** Claimed, sent and answered are the same status to subscribers; every poll is a new event. */
function isChange(last: StatusEvent, event: StatusEvent): boolean {
  return event.status !== last.status || (event.status === 'PENDING' && event.attempt > last.attempt);
}

/** Every subscriber gets the same object for the same change, so that what is derived from it can be shared too. */
const changes = new WeakMap<Entry, StatusEvent>();

function changeOf(report: ReportKey, entry: Entry): StatusEvent {
  const made = changes.get(entry) ?? eventOf(report, entry, true);
  changes.set(entry, made);
  return made;
}

/**
 * `ensured`: an ABSENT entry is a purchase that was given up, not one that was never made, and an entry that was valid when
 * it was ensured does not count as expired.
 */
function eventOf(report: ReportKey, entry: Entry, ensured: boolean): StatusEvent {
  const failed = entry.state === 'ABSENT' && ensured;
  const status = failed ? 'FAILED' : statusOf(entry, ensured ? -Infinity : Date.now());
  const expired = status === 'NOT_REQUESTED' && 'expiresAt' in entry;
  return {
    report,
    type: entry.type,
    status,
    at: new Date(expired ? entry.expiresAt : entry.at || Date.now()),
    attempt: 'attempt' in entry && !expired ? entry.attempt : 0,
    retryAfterMs: entry.state === 'LINKED' ? entry.retryAfterMs : null,
    failure: status === 'FAILED' ? unavailableReason(entry) : null,
  };
}
