import type { UsageCounts } from '../../model/usage.js';
import type { Ledger } from './ports.js';

/** What was bought, and what was served without a purchase. */
export interface Usage {
  /** When counting started, epoch ms. */
  readonly since: number;
  /** Counts from `since` to `until`, both inclusive, epoch ms. */
  count(since: number, until: number): Promise<UsageCounts>;
  /** The same for these UTC days, each by its beginning (epoch ms), in ascending order. */
  countDays(days: readonly number[]): Promise<readonly UsageCounts[]>;
  /** How many reports are uncertain at this moment, whenever that began. */
  uncertainNow(): Promise<number>;
  /** The latest time at which something was counted, epoch ms; later than now if the clock was set back. Null: never. */
  latest(): Promise<number | null>;
  /** Adds reports that were served without a purchase. */
  countSaved(reports: number): void;
}

export function createUsage(ledger: Ledger): Usage {
  return {
    since: ledger.since,
    count: (since, until) => ledger.usage(since, until),
    countDays: (days) => ledger.usageByDay(days),
    uncertainNow: () => ledger.uncertainCount(),
    latest: () => ledger.latest(),
    countSaved: (reports) => ledger.countSaved(reports),
  };
}
