import type { DatabaseSync } from 'node:sqlite';
import type { UsageCounts } from '../../model/usage.js';
import type { Entry } from '../../datasources/reports/ledger.js';
import type { JournalKind } from '../../datasources/reports/transition.js';

/** What was purchased, and how it ended: appended to with each transition and never rewritten. */
export interface Journal {
  /** When counting started, epoch ms. */
  readonly since: number;
  /** Called inside the transaction that stores the entry. */
  add(purchase: JournalEntry, kinds: readonly JournalKind[]): void;
  /** Counts from `since` to `until`, both inclusive, epoch ms. */
  count(since: number, until: number): Omit<UsageCounts, 'saved'>;
  /** The latest time in it, epoch ms; null if it is empty. Later than now if the clock was set back. */
  latest(): number | null;
}

/** `client`: whose purchase it was; null if that is not known. */
type JournalEntry = Pick<Entry, 'at' | 'reportId' | 'type'> & { readonly client: string | null };

export function createJournal(db: DatabaseSync): Journal {
  const insert = db.prepare('INSERT INTO journal (at, kind, report_id, type, client) VALUES (?, ?, ?, ?, ?)');
  const selectCount = db.prepare('SELECT count(*) AS reports FROM journal WHERE kind = ? AND at >= ? AND at <= ?');
  // A purchase whose next entry is RECOVERED is no longer uncertain or failed, whenever it was recovered.
  const selectLost = db.prepare(`
    SELECT count(*) AS reports FROM journal AS lost WHERE kind = ? AND at >= ? AND at <= ? AND 'RECOVERED' IS NOT (
      SELECT kind FROM journal AS later WHERE later.report_id = lost.report_id AND later.type = lost.type
        AND later.rowid > lost.rowid ORDER BY later.rowid LIMIT 1)`);
  const selectRecovered = db.prepare(`
    SELECT count(*) AS reports FROM journal AS found WHERE kind = 'COLLECTED' AND at >= ? AND at <= ? AND 'RECOVERED' IS (
      SELECT kind FROM journal AS earlier WHERE earlier.report_id = found.report_id AND earlier.type = found.type
        AND earlier.rowid < found.rowid ORDER BY earlier.rowid DESC LIMIT 1)`);
  // By kind, as the index is.
  const selectLatest = db.prepare(`
    SELECT max((SELECT max(at) FROM journal WHERE kind = kinds.kind)) AS at
    FROM (SELECT 'SUBMITTED' AS kind UNION ALL SELECT 'COLLECTED' UNION ALL SELECT 'FAILED' UNION ALL SELECT 'UNCERTAIN') AS kinds`);
  const since = Number(db.prepare("SELECT value FROM meta WHERE key = 'since'").get()?.['value']);

  return {
    since: Number.isSafeInteger(since) ? since : 0,

    add({ at, reportId, type, client }, kinds) {
      for (const kind of kinds) insert.run(Math.ceil(at), kind, reportId, type, client);
    },

    count(from, until) {
      const count = (kind: JournalKind): number => Number(selectCount.get(kind, from, until)?.['reports']);
      const lost = (kind: 'FAILED' | 'UNCERTAIN'): number => Number(selectLost.get(kind, from, until)?.['reports']);
      return {
        submitted: count('SUBMITTED'),
        collected: count('COLLECTED'),
        billable: count('BILLABLE'),
        failed: lost('FAILED'),
        uncertain: lost('UNCERTAIN'),
        recovered: Number(selectRecovered.get(from, until)?.['reports']),
      };
    },

    latest() {
      const at = selectLatest.get()?.['at'] ?? null;
      return at === null ? null : Number(at);
    },
  };
}
