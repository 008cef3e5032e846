import type { JournalKind } from '../../datasources/reports/transition.js';
import type { UsageCounts } from '../../model/usage.js';

/** The counts of a period, of what the journal has of each kind, and of what was saved. */
export function usageCounts(count: (kind: JournalKind | 'SAVED') => number): UsageCounts {
  return {
    submitted: count('SUBMITTED'),
    collected: count('COLLECTED'),
    billable: count('BILLABLE'),
    failed: count('FAILED'),
    uncertain: count('UNCERTAIN'),
    recovered: count('RECOVERED'),
    saved: count('SAVED'),
  };
}
