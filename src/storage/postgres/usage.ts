import { DAY_MS } from '../../datasources/reports/charges.js';
import type { UsageCounts } from '../../model/usage.js';
import type { Database } from './connections.js';
import type { SavedCount } from './saved-count.js';
import { usageCounts } from '../shared/usage-counts.js';

/** What was bought and how it ended, from the journal, with what was saved. */
export interface Usage {
  /** Both inclusive, epoch ms. */
  count(since: number, until: number): Promise<UsageCounts>;
  /** Of these UTC days, each by its beginning, in ascending order. */
  countDays(days: readonly number[]): Promise<readonly UsageCounts[]>;
  latest(): Promise<number | null>;
}

interface CountRow {
  readonly day: number;
  readonly kind: string;
  readonly reports: number;
}

const MINUTE_MS = 60_000;
/** A long period has many lines. */
const LONGEST_MS = 10_000;

/**
 * The lines of a period by day. A FAILED or UNCERTAIN whose next line is RECOVERED is none any more, whenever that was; a
 * COLLECTED after a RECOVERED is counted as recovered as well. Of `saved`, the whole minutes.
 */
const countsOf = (schema: string): string => `
  SELECT $3::float8 * floor(at / $3::float8) AS day, kind, count(*)::int AS reports FROM ${schema}.journal line
  WHERE kind IN ('SUBMITTED', 'COLLECTED', 'BILLABLE') AND at BETWEEN $1 AND $2 GROUP BY 1, 2
  UNION ALL
  SELECT $3::float8 * floor(at / $3::float8), kind, count(*)::int FROM ${schema}.journal line
  WHERE kind IN ('FAILED', 'UNCERTAIN') AND at BETWEEN $1 AND $2 AND 'RECOVERED' IS DISTINCT FROM (
    SELECT kind FROM ${schema}.journal later
    WHERE later.report_id = line.report_id AND later.type = line.type AND later.id > line.id ORDER BY later.id LIMIT 1)
  GROUP BY 1, 2
  UNION ALL
  SELECT $3::float8 * floor(at / $3::float8), 'RECOVERED', count(*)::int FROM ${schema}.journal line
  WHERE kind = 'COLLECTED' AND at BETWEEN $1 AND $2 AND 'RECOVERED' = (
    SELECT kind FROM ${schema}.journal earlier
    WHERE earlier.report_id = line.report_id AND earlier.type = line.type AND earlier.id < line.id
    ORDER BY earlier.id DESC LIMIT 1)
  GROUP BY 1
  UNION ALL
  SELECT $3::float8 * floor(at / $3::float8), 'SAVED', sum(reports)::int FROM ${schema}.saved_by_minute
  WHERE at BETWEEN $4 AND $2 GROUP BY 1`;

export function createUsage(database: Database, saved: SavedCount): Usage {
  const { schema } = database;

  async function rows(since: number, until: number): Promise<readonly CountRow[]> {
    await saved.store();
    const minute = Math.floor(since / MINUTE_MS) * MINUTE_MS;
    const bounds = [Math.ceil(since), Math.floor(until), DAY_MS, minute];
    return database.rows<CountRow>(countsOf(schema), bounds, LONGEST_MS);
  }

  return {
    count: async (since, until) => sumOf(await rows(since, until)),

    async countDays(days) {
      const [first, last] = [days[0], days.at(-1)];
      const found = first === undefined || last === undefined ? [] : await rows(first, last + DAY_MS - 1);
      return days.map((day) => sumOf(found.filter((row) => row.day === day)));
    },

    async latest() {
      const [found] = await database.rows<{ at: string | null }>(
        `SELECT max((SELECT max(at) FROM ${schema}.journal WHERE kind = kinds.kind)) AS at
         FROM unnest(ARRAY['SUBMITTED', 'COLLECTED', 'FAILED', 'UNCERTAIN']) AS kinds (kind)`,
      );
      return found?.at == null ? null : Number(found.at);
    },
  };
}

function sumOf(rows: readonly CountRow[]): UsageCounts {
  return usageCounts((kind) => rows.filter((row) => row.kind === kind).reduce((sum, { reports }) => sum + reports, 0));
}
