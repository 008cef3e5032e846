import type { ReportType } from '../../model/report.js';
import { dayOf } from '../../datasources/reports/charges.js';
import { SENT_KEPT_MS } from '../../datasources/reports/sent-purchases.js';
import type { Database } from './connections.js';

/** What may be pruned: see `Ledger.prune`. */
export interface Prunable {
  readonly expiredBefore: number;
  readonly refusedBefore: number;
  readonly keeps: (id: string) => boolean;
}

interface PrunableRow {
  readonly report_id: string;
  readonly type: ReportType;
  readonly version: number;
}

/** So many are locked for a few milliseconds. */
const AT_ONCE = 200;
/** The largest time that the database has. */
const ANY_TIME = Number.MAX_SAFE_INTEGER;

/** Ends early if another process is pruning. */
export async function prune(database: Database, { expiredBefore, refusedBefore, keeps }: Prunable): Promise<void> {
  const { schema } = database;
  const bounds = [expiredBefore, refusedBefore].map((time) => Math.floor(Math.min(time, ANY_TIME)));
  for (;;) {
    const found = await database.rows<PrunableRow>(`SELECT * FROM ${schema}.prunable($1, $2, $3)`, [
      ...bounds,
      AT_ONCE,
    ]);
    if (found.length === 0) break;
    const ids = found.map(({ report_id }) => report_id);
    const [done] = await database.rows<{ pruned: boolean }>(
      `SELECT ${schema}.prune_entries($1, $2, $3, $4, $5) AS pruned`,
      [ids, found.map(({ type }) => type), found.map(({ version }) => version), ids.filter(keeps), Date.now()],
    );
    if (!done?.pruned) return;
  }
  await database.rows(`DELETE FROM ${schema}.charges WHERE day < $1`, [dayOf(expiredBefore)]);
  const sentBefore = Math.floor(Math.min(expiredBefore, Date.now()) - SENT_KEPT_MS);
  await database.rows(`DELETE FROM ${schema}.purchases WHERE sent_at < $1`, [sentBefore]);
}
