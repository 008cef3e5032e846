import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { UsageCounts } from '../../model/usage.js';
import type { Entry } from '../../datasources/reports/ledger.js';
import type { JournalKind, Settlement } from '../../datasources/reports/transition.js';
import { usageCounts } from '../shared/usage-counts.js';
import { minuteOf, nextMinuteOf } from '../shared/usage-spans.js';
import type { UsageSums } from './usage-sums.js';

/** What was purchased, and how it ended: appended to with each transition and never rewritten. */
export interface Journal {
  /** When counting started, epoch ms. */
  readonly since: number;
  /** Called inside the transaction that stores the entry. */
  add(purchase: JournalEntry, kinds: readonly JournalKind[]): void;
  /** The same for what a person decided, which is not counted. */
  settle(entry: Pick<Entry, 'at' | 'reportId' | 'type'>, settlement: Settlement): void;
  /** Counts from `since` to `until`, both inclusive, epoch ms; of `saved` the whole minutes, as far as stored. */
  count(since: number, until: number): UsageCounts;
  /** The same of these UTC days, each by its beginning (epoch ms), in ascending order. */
  countDays(days: readonly number[]): readonly UsageCounts[];
  /** The latest time in it, epoch ms; null if it is empty. Later than now if the clock was set back. */
  latest(): number | null;
}

/** `client`: whose purchase it was; null if that is not known. */
type JournalEntry = Pick<Entry, 'at' | 'reportId' | 'type'> & { readonly client: string | null };

export function createJournal(db: DatabaseSync, sums: UsageSums): Journal {
  const insert = db.prepare('INSERT INTO journal (at, kind, report_id, type, client) VALUES (?, ?, ?, ?, ?)');
  const insertSettlement = db.prepare(
    'INSERT INTO settlements (at, kind, report_id, type, client, note) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const selectCount = db.prepare('SELECT count(*) AS reports FROM journal WHERE kind = ? AND at >= ? AND at <= ?');
  const sameReport = (one: string, other: string): string =>
    `${one}.report_id = ${other}.report_id AND ${one}.type = ${other}.type`;
  // A purchase whose next line is RECOVERED is no longer uncertain or failed, whenever it was recovered.
  const isLost = (line: string): string => `'RECOVERED' IS NOT (
      SELECT kind FROM journal AS later WHERE ${sameReport('later', line)}
        AND later.rowid > ${line}.rowid ORDER BY later.rowid LIMIT 1)`;
  const selectFailed = db.prepare(`
    SELECT count(*) AS reports FROM journal AS line WHERE kind = 'FAILED' AND at >= ? AND at <= ? AND ${isLost('line')}`);
  // Nor is, of the others, one of the first as many as are RESOLVED.
  const selectUncertain = db.prepare(`
    SELECT count(*) AS reports FROM journal AS line WHERE kind = 'UNCERTAIN' AND at >= ? AND at <= ? AND ${isLost('line')}
      AND (SELECT count(*) FROM journal AS resolved WHERE ${sameReport('resolved', 'line')} AND resolved.kind = 'RESOLVED')
        <= (SELECT count(*) FROM journal AS older WHERE ${sameReport('older', 'line')} AND older.rowid < line.rowid
          AND older.kind = 'UNCERTAIN' AND ${isLost('older')})`);
  const selectRecovered = db.prepare(`
    SELECT count(*) AS reports FROM journal AS found WHERE kind = 'COLLECTED' AND at >= ? AND at <= ? AND 'RECOVERED' IS (
      SELECT kind FROM journal AS earlier WHERE ${sameReport('earlier', 'found')}
        AND earlier.rowid < found.rowid AND earlier.kind <> 'RESOLVED' ORDER BY earlier.rowid DESC LIMIT 1)`);
  const selects: Partial<Record<JournalKind, StatementSync>> = {
    FAILED: selectFailed,
    UNCERTAIN: selectUncertain,
    // The reports that were collected after all.
    RECOVERED: selectRecovered,
  };
  // By kind, as the index is.
  const selectLatest = db.prepare(`
    SELECT max((SELECT max(at) FROM journal WHERE kind = kinds.kind)) AS at
    FROM (SELECT 'SUBMITTED' AS kind UNION ALL SELECT 'COLLECTED' UNION ALL SELECT 'FAILED' UNION ALL SELECT 'UNCERTAIN') AS kinds`);
  const since = Number(db.prepare("SELECT value FROM meta WHERE key = 'since'").get()?.['value']);

  /** The lines of a part of a minute, one by one. */
  function countEach(from: number, until: number): (kind: JournalKind) => number {
    if (from > until) return () => 0;
    return (kind) => {
      const found = selects[kind]?.get(from, until) ?? selectCount.get(kind, from, until);
      return Number(found?.['reports']);
    };
  }

  return {
    since: Number.isSafeInteger(since) ? since : 0,

    add({ at, reportId, type, client }, kinds) {
      for (const kind of kinds) insert.run(Math.ceil(at), kind, reportId, type, client);
    },

    settle({ at, reportId, type }, { kind, client, note }) {
      insertSettlement.run(Math.ceil(at), kind, reportId, type, client, note);
    },

    countDays(days) {
      const found = sums.sumDays(days[0] ?? 0, days.at(-1) ?? 0);
      return days.map((day) => usageCounts((kind) => found.get(day)?.get(kind) ?? 0));
    },

    // The sums of whole minutes, less what lies in the first and the last one but outside of the period.
    count(from, until) {
      const [start, end] = [minuteOf(from), nextMinuteOf(until)];
      const sum = sums.sum(start, end);
      const before = countEach(start, from - 1);
      const after = countEach(until + 1, end - 1);
      return usageCounts((kind) => (sum.get(kind) ?? 0) - (kind === 'SAVED' ? 0 : before(kind) + after(kind)));
    },

    latest() {
      const at = selectLatest.get()?.['at'] ?? null;
      return at === null ? null : Number(at);
    },
  };
}
