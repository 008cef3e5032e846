import type { DatabaseSync } from 'node:sqlite';
import type { LedgerStanding } from '../../datasources/reports/ports.js';

/** Counts what is in the ledger now. `ages`: upper bounds in milliseconds, ascending. */
export function createStanding(db: DatabaseSync): (ages: readonly number[], now: number) => LedgerStanding {
  // A link was found at `since`; later changes of its entry do not make it younger.
  const selectPending = db.prepare(`
    SELECT count(*) AS count FROM entries WHERE state IN ('INTENT', 'SENDING', 'LINKED') AND
      coalesce(CASE WHEN json_valid(data) THEN json_extract(data, '$.since') END, at) > ?`);
  const selectUncertain = db.prepare("SELECT count(*) AS count FROM entries WHERE state = 'UNCERTAIN'");
  const selectSize = db.prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size');
  /** SQLite's integers end before infinity. */
  const youngerThan = (ageMs: number, now: number): number =>
    (selectPending.get(Number.isFinite(ageMs) ? now - ageMs : -1) as { count: number }).count;

  return (ages, now) => {
    const younger = ages.map((ageMs) => youngerThan(ageMs, now));
    return {
      pending: younger.map((count, index) => count - (younger[index - 1] ?? 0)),
      uncertain: (selectUncertain.get() as { count: number }).count,
      bytes: (selectSize.get() as { bytes: number }).bytes,
    };
  };
}
