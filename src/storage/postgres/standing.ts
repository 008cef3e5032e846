import type { LedgerStanding } from '../../datasources/reports/ports.js';
import type { Database } from './connections.js';
import type { Uncertain } from './uncertain.js';

/** Counts what is in the ledger now. `ages`: upper bounds in milliseconds, ascending. */
export function createStanding(
  database: Database,
  uncertain: Uncertain,
): (ages: readonly number[], now: number) => Promise<LedgerStanding> {
  const { schema, schemaName } = database;
  return async (ages, now) => {
    const bounds = ages.map((ageMs) => (Number.isFinite(ageMs) ? Math.floor(now - ageMs) : -1));
    const [[size], pending, doubts] = await Promise.all([
      database.rows<{ bytes: string }>(
        `SELECT sum(pg_total_relation_size(c.oid)) AS bytes FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = $1 AND c.relkind = 'r'`,
        [schemaName],
      ),
      database.rows<{ younger: number }>(
        `SELECT (SELECT count(*)::int FROM ${schema}.entries
           WHERE owner IS NOT NULL AND pending_since > bound) AS younger
         FROM unnest($1::bigint[]) WITH ORDINALITY AS b (bound, number) ORDER BY number`,
        [bounds],
      ),
      uncertain.count(),
    ]);
    return {
      pending: pending.map(({ younger }, index) => younger - (pending[index - 1]?.younger ?? 0)),
      uncertain: doubts,
      bytes: Number(size?.bytes ?? 0),
    };
  };
}
