import { DAY_MS } from '../../datasources/reports/charges.js';
import type { UsageCounts } from '../../model/usage.js';
import { usageCounts } from '../shared/usage-counts.js';
import { minuteOf, nextMinuteOf, stretchesOf } from '../shared/usage-spans.js';
import type { Database } from './connections.js';
import type { SavedCount } from './saved-count.js';

/** What was bought and how it ended, from the sums of the journal, with what was saved. */
export interface Usage {
  /** Both inclusive, epoch ms. Of `saved` the whole minutes. */
  count(since: number, until: number): Promise<UsageCounts>;
  /** Of these UTC days, each by its beginning, in ascending order. */
  countDays(days: readonly number[]): Promise<readonly UsageCounts[]>;
  latest(): Promise<number | null>;
  close(): void;
}

interface CountRow {
  readonly kind: string;
  readonly reports: number;
}

interface DayRow extends CountRow {
  readonly day: string;
}

/** What is not in the sums yet is read with them. */
const ADD_EVERY_MS = 10_000;
const ADDED_AT_ONCE = 10_000;
/** At first, and after many reports were moved. */
const LONGEST_MS = 10_000;

export function createUsage(database: Database, saved: SavedCount): Usage {
  const { schema } = database;

  async function addDeltas(): Promise<void> {
    for (let added = ADDED_AT_ONCE; added === ADDED_AT_ONCE;) {
      const [done] = await database.rows<{ added: number }>(
        `SELECT ${schema}.add_usage_deltas($1) AS added`,
        [ADDED_AT_ONCE],
        LONGEST_MS,
      );
      added = done?.added ?? 0;
    }
  }

  const timer = setInterval(() => void addDeltas().catch(() => undefined), ADD_EVERY_MS).unref();

  return {
    /**
     * The sums of whole minutes, less the lines of the first and the last one that lie outside of the period. In one statement: of
     * what is committed meanwhile it sees all or nothing.
     */
    async count(since, until) {
      await saved.store();
      const [from, to] = [Math.ceil(since), Math.floor(until)];
      const [start, end] = [minuteOf(from), nextMinuteOf(to)];
      const stretches = stretchesOf(start, end);
      const rows = await database.rows<CountRow>(
        `SELECT kind, sum(reports)::float8 AS reports FROM (
           SELECT kind, reports FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS s (span, first, next)
             JOIN ${schema}.usage_sums u ON u.span = s.span AND u.at >= s.first AND u.at < s.next
           UNION ALL SELECT kind, reports FROM ${schema}.usage_deltas WHERE at >= $4 AND at < $5
           UNION ALL SELECT kind, -1 FROM ${schema}.usage_lines($4, $6::bigint - 1)
           UNION ALL SELECT kind, -1 FROM ${schema}.usage_lines($7::bigint + 1, $5::bigint - 1)) AS counted
         GROUP BY kind`,
        [
          stretches.map(({ span }) => span),
          stretches.map((stretch) => stretch.from),
          stretches.map((stretch) => stretch.to),
          ...[start, end, from, to],
        ],
        LONGEST_MS,
      );
      return sumOf(rows);
    },

    async countDays(days) {
      await saved.store();
      const [first, last] = [days[0], days.at(-1)];
      if (first === undefined || last === undefined) return [];
      const rows = await database.rows<DayRow>(
        `SELECT day, kind, sum(reports)::float8 AS reports FROM (
           SELECT at AS day, kind, reports FROM ${schema}.usage_sums WHERE span = $1 AND at BETWEEN $2 AND $3
           UNION ALL
           SELECT at - at % $1, kind, reports FROM ${schema}.usage_deltas WHERE at >= $2 AND at < $3::bigint + $1) AS counted
         GROUP BY day, kind`,
        [DAY_MS, first, last],
        LONGEST_MS,
      );
      return days.map((day) => sumOf(rows.filter((row) => Number(row.day) === day)));
    },

    async latest() {
      const [found] = await database.rows<{ at: string | null }>(
        `SELECT max((SELECT max(at) FROM ${schema}.journal WHERE kind = kinds.kind)) AS at
         FROM unnest(ARRAY['SUBMITTED', 'COLLECTED', 'FAILED', 'UNCERTAIN']) AS kinds (kind)`,
      );
      return found?.at == null ? null : Number(found.at);
    },

    close: () => clearInterval(timer),
  };
}

function sumOf(rows: readonly CountRow[]): UsageCounts {
  return usageCounts((kind) => rows.filter((row) => row.kind === kind).reduce((sum, { reports }) => sum + reports, 0));
}
