import type { UsageCounts } from '../../model/usage.js';
import type { Ledger } from './ports.js';

/** What was bought, and what was served without a purchase. */
export interface Usage {
  /** When counting started, epoch ms. */
  readonly since: number;
  /** Counts from `since` to `until`, both inclusive, epoch ms. */
  count(since: number, until: number): Promise<UsageCounts>;
  /** Adds reports that were served without a purchase. */
  countSaved(reports: number): void;
}

export function createUsage(ledger: Ledger): Usage {
  return {
    since: ledger.since,
    count: (since, until) => ledger.usage(since, until),
    countSaved: (reports) => ledger.countSaved(reports),
  };
}
