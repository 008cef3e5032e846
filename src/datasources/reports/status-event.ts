import type { ApiError, Failure } from '../../errors.js';
import type { ReportKey, ReportType, StatusEvent } from '../../model/report.js';
import type { Entry } from './ledger.js';
import { failingSince, statusOf, unavailableReason } from './status.js';

/**
 * What an entry means to a subscriber. `ensured`: an ABSENT entry is a purchase that was given up (FAILED), not one that was
 * never made, and an entry that was valid when it was ensured does not count as expired. `now`: by when it expires, epoch ms.
 */
export function statusEvent(report: ReportKey, entry: Entry, ensured: boolean, now = Date.now()): StatusEvent {
  const failed = entry.state === 'ABSENT' && ensured;
  const status = failed ? 'FAILED' : statusOf(entry, ensured ? -Infinity : now);
  const expired = status === 'NOT_REQUESTED' && 'expiresAt' in entry;
  const failure = failureOf(entry, status, report.id);
  const since = failure && failingSince(entry);
  return {
    report,
    type: entry.type,
    status,
    at: new Date(expired ? entry.expiresAt : entry.at || Date.now()),
    attempt: 'attempt' in entry && !expired ? entry.attempt : 0,
    retryAfterMs: entry.state === 'LINKED' ? entry.retryAfterMs : null,
    failure,
    failingSince: since === null ? null : new Date(since),
  };
}

/** Of a type that would have had to be bought and was not. */
export function refusedEvent(report: ReportKey, type: ReportType, refusal: ApiError): StatusEvent {
  const failure = refusal.toFailure();
  const at = new Date();
  return { report, type, status: 'FAILED', at, attempt: 0, retryAfterMs: null, failure, failingSince: at };
}

/** While PENDING: why the latest poll failed. */
function failureOf(entry: Entry, status: StatusEvent['status'], reportId: string): Failure | null {
  if (entry.state === 'LINKED') return entry.failure ?? null;
  return status === 'FAILED' ? unavailableReason(entry, reportId) : null;
}

/** INTENT and SENDING, with a response or without, are the same status to subscribers; every poll is a new event. */
export function isChange(last: Pick<StatusEvent, 'status' | 'attempt'>, event: StatusEvent): boolean {
  return event.status !== last.status || (event.status === 'PENDING' && event.attempt > last.attempt);
}

/** Whether no other event of this type follows. */
export function isLast({ status }: StatusEvent): boolean {
  return status === 'READY' || status === 'FAILED';
}
