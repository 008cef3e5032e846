import fc from 'fast-check';
import type { UsageCounts } from '../../src/model/usage.js';

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export const KINDS = ['SUBMITTED', 'COLLECTED', 'BILLABLE', 'FAILED', 'UNCERTAIN', 'RECOVERED', 'RESOLVED'] as const;

/** Of a journal. */
export interface Line {
  readonly at: number;
  readonly kind: (typeof KINDS)[number];
  readonly report: string;
}

/** Counted line by line, without any sums. */
export function expected(lines: readonly Line[], since: number, until: number): Omit<UsageCounts, 'saved'> {
  const placed = lines.map((line, index) => {
    const same = (other: Line): boolean => other.report === line.report;
    return {
      ...line,
      earlier: lines.slice(0, index).findLast((other) => same(other) && other.kind !== 'RESOLVED')?.kind,
      later: lines.slice(index + 1).find(same)?.kind,
    };
  });
  const lost = placed.filter(({ later }) => later !== 'RECOVERED');
  const uncertain = [...Map.groupBy(lost, ({ report }) => report)].flatMap(([report, own]) => {
    const resolved = lines.filter((line) => line.report === report && line.kind === 'RESOLVED').length;
    return own.filter(({ kind }) => kind === 'UNCERTAIN').slice(resolved);
  });
  const isWithin = ({ at }: Line): boolean => at >= since && at <= until;
  const count = (kind: Line['kind'], of: readonly Line[] = placed): number =>
    of.filter((line) => line.kind === kind && isWithin(line)).length;
  return {
    submitted: count('SUBMITTED'),
    collected: count('COLLECTED'),
    billable: count('BILLABLE'),
    failed: count('FAILED', lost),
    uncertain: count('UNCERTAIN', uncertain),
    recovered: placed.filter((line) => line.kind === 'COLLECTED' && line.earlier === 'RECOVERED' && isWithin(line))
      .length,
  };
}

/** These without what no ledger writes: RESOLVED where nothing is uncertain. */
export function writable<L extends Line>(lines: readonly L[]): readonly L[] {
  const kept: L[] = [];
  for (const line of lines) {
    const own = kept.filter(({ report }) => report === line.report);
    if (line.kind !== 'RESOLVED' || expected(own, -Infinity, Infinity).uncertain > 0) kept.push(line);
  }
  return kept;
}

/** Times at and near the ends of minutes and days. */
export const NEAR = fc.oneof(
  fc.integer({ min: 0, max: 3 * DAY }),
  fc.constantFrom(0, MINUTE - 1, MINUTE, DAY - 1, DAY, 2 * DAY, 2 * DAY + MINUTE),
);
export const LINES = fc.array(
  fc.record({
    at: NEAR,
    // What takes back is nothing without what is taken back.
    kind: fc.constantFrom(...KINDS, 'UNCERTAIN' as const, 'UNCERTAIN' as const, 'RESOLVED' as const),
    report: fc.constantFrom('a', 'b'),
  }),
  { maxLength: 12 },
);
