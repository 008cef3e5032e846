import fc from 'fast-check';
import type { UsageCounts } from '../../src/model/usage.js';

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export const KINDS = ['SUBMITTED', 'COLLECTED', 'BILLABLE', 'FAILED', 'UNCERTAIN', 'RECOVERED'] as const;

/** Of a journal. */
export interface Line {
  readonly at: number;
  readonly kind: (typeof KINDS)[number];
  readonly report: string;
}

/** Counted line by line, without any sums. */
export function expected(lines: readonly Line[], since: number, until: number): Omit<UsageCounts, 'saved'> {
  const within = lines
    .map((line, index) => {
      const same = (other: Line): boolean => other.report === line.report;
      return {
        ...line,
        earlier: lines.slice(0, index).findLast(same)?.kind,
        later: lines.slice(index + 1).find(same)?.kind,
      };
    })
    .filter(({ at }) => at >= since && at <= until);
  const count = (kind: Line['kind']): number => within.filter((line) => line.kind === kind).length;
  const lost = (kind: Line['kind']): number =>
    within.filter((line) => line.kind === kind && line.later !== 'RECOVERED').length;
  return {
    submitted: count('SUBMITTED'),
    collected: count('COLLECTED'),
    billable: count('BILLABLE'),
    failed: lost('FAILED'),
    uncertain: lost('UNCERTAIN'),
    recovered: within.filter(({ kind, earlier }) => kind === 'COLLECTED' && earlier === 'RECOVERED').length,
  };
}

/** Times at and near the ends of minutes and days. */
export const NEAR = fc.oneof(
  fc.integer({ min: 0, max: 3 * DAY }),
  fc.constantFrom(0, MINUTE - 1, MINUTE, DAY - 1, DAY, 2 * DAY, 2 * DAY + MINUTE),
);
export const LINES = fc.array(
  fc.record({ at: NEAR, kind: fc.constantFrom(...KINDS), report: fc.constantFrom('a', 'b') }),
  { maxLength: 12 },
);
