import type { Failure } from '../../errors.js';
import type { ReportStatus } from '../../model/report.js';
import { hasExpired, type Entry, type State } from './ledger.js';

const STATUSES: Record<State['state'], ReportStatus> = {
  ABSENT: 'NOT_REQUESTED',
  ALIAS: 'NOT_REQUESTED',
  INTENT: 'SUBMITTING',
  SENDING: 'SUBMITTING',
  LINKED: 'PENDING',
  COLLECTED: 'READY',
  REJECTED: 'FAILED',
  UNCERTAIN: 'FAILED',
  FAILED: 'FAILED',
};

/** The status as clients see it; NOT_REQUESTED once the entry has expired. `now` in epoch ms. */
export function statusOf(entry: Entry, now: number): ReportStatus {
  return hasExpired(entry, now) ? 'NOT_REQUESTED' : STATUSES[entry.state];
}

/**
 * Why there will be no report, as clients see it; null while it is on its way or once it is collected. `reportId`: the one that
 * it was asked for by.
 */
export function unavailableReason(entry: Entry, reportId: string): Failure | null {
  switch (entry.state) {
    case 'REJECTED':
    case 'FAILED':
      return entry.failure;
    case 'ABSENT':
      return entry.failure ?? NOT_IN_PROGRESS;
    case 'UNCERTAIN':
      return {
        code: 'SUBMISSION_UNCERTAIN',
        message:
          `This report may have been bought, but the link to collect it was lost: ${entry.failure.message} ` +
          'It is not bought again unless requestReport is called with resubmitUncertain: true and this since.',
        details: { reportId, since: new Date(entry.since).toISOString() },
      };
    default:
      return null;
  }
}

/** Since when there is a failure, epoch ms; of an uncertain purchase, the time by which it is named. Null: not known. */
export function failingSince(entry: Entry): number | null {
  switch (entry.state) {
    case 'UNCERTAIN':
      return entry.since;
    case 'REJECTED':
    case 'FAILED':
    case 'ABSENT':
      return entry.at;
    case 'LINKED':
      return entry.refusals?.since ?? null;
    default:
      return null;
  }
}

const NOT_IN_PROGRESS: Failure = {
  code: 'UPSTREAM_UNAVAILABLE',
  message: 'No purchase of this report is in progress. Request it again.',
};
