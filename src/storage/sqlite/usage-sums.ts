import type { DatabaseSync } from 'node:sqlite';

/** Of the table, the longest first. In milliseconds. */
const SPANS = [24 * 60 * 60_000, 60 * 60_000, 60_000] as const;
const [DAY_MS, , MINUTE_MS] = SPANS;

/** Whole spans of one length, from `from` until before `to` (epoch ms). */
export interface Stretch {
  readonly span: number;
  readonly from: number;
  readonly to: number;
}

/** What the ledger counts, summed by minute, hour and day. */
export interface UsageSums {
  /** The sums by kind from `from` until before `to`, both the beginning of a minute (epoch ms). */
  sum(from: number, to: number): ReadonlyMap<string, number>;
  /** The same for each UTC day from the one that begins at `first` to that at `last`, by its beginning. Days without any are absent. */
  sumDays(first: number, last: number): ReadonlyMap<number, ReadonlyMap<string, number>>;
}

export function createUsageSums(db: DatabaseSync): UsageSums {
  const select = db.prepare(
    'SELECT kind, sum(reports) AS reports FROM usage_sums WHERE span = ? AND at >= ? AND at < ? GROUP BY kind',
  );
  const selectDays = db.prepare('SELECT at, kind, reports FROM usage_sums WHERE span = ? AND at >= ? AND at <= ?');
  return {
    sumDays(first, last) {
      const days = Map.groupBy(selectDays.all(DAY_MS, first, last), ({ at }) => Number(at));
      const sumOf = (rows: readonly Record<string, unknown>[]): ReadonlyMap<string, number> =>
        new Map(rows.map(({ kind, reports }) => [String(kind), Number(reports)]));
      return new Map([...days].map(([day, rows]) => [day, sumOf(rows)]));
    },
    sum(from, to) {
      const sums = new Map<string, number>();
      for (const stretch of stretchesOf(from, to)) {
        for (const { kind, reports } of select.all(stretch.span, stretch.from, stretch.to)) {
          sums.set(String(kind), (sums.get(String(kind)) ?? 0) + Number(reports));
        }
      }
      return sums;
    },
  };
}

/** The period as the fewest spans: days, at both ends hours, at the ends of those minutes. At most five stretches. */
export function stretchesOf(from: number, to: number, spans: readonly number[] = SPANS): readonly Stretch[] {
  const [span, ...shorter] = spans;
  if (span === undefined || from >= to) return [];
  const first = Math.ceil(from / span) * span;
  const last = Math.floor(to / span) * span;
  if (first >= last) return stretchesOf(from, to, shorter);
  return [...stretchesOf(from, first, shorter), { span, from: first, to: last }, ...stretchesOf(last, to, shorter)];
}

/** The start of the minute that contains this time. */
export function minuteOf(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** The start of the next one. */
export function nextMinuteOf(at: number): number {
  return minuteOf(at) + MINUTE_MS;
}
