import type { DatabaseSync } from 'node:sqlite';
import { DAY_MS } from '../../datasources/reports/charges.js';
import { stretchesOf } from '../shared/usage-spans.js';

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
