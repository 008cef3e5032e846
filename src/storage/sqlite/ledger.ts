import { EventEmitter } from 'node:events';
import type { DatabaseSync } from 'node:sqlite';
import type {
  Committed,
  Entry,
  EntryIn,
  JournalKind,
  Ledger,
  ReportKey,
  ReportRecord,
  ReportsRequest,
  ReportType,
  Transition,
  UsageCounts,
} from '../../datasources/reports/ports.js';
import { storeUnavailable } from './database.js';
import { createGroupCommit } from './group-commit.js';
import { createSavedCount } from './saved-count.js';

/** Entries pruned per transaction. That takes a few milliseconds, during which nothing else is served. */
const PRUNED_AT_ONCE = 200;

interface EntryRow {
  report_id: string;
  type: ReportType;
  version: number;
  at: number;
  data: string;
}

/**
 * The ledger on SQLite, for one process; subscribers are notified through an in-process emitter. `onListenerError` is
 * called when a subscriber throws.
 */
export function createSqliteLedger(
  db: DatabaseSync,
  onListenerError: (error: unknown) => void = (error) => process.emitWarning(String(error)),
): Ledger {
  const group = createGroupCommit(db);
  const saved = createSavedCount(db, group);
  const events = new EventEmitter({ captureRejections: false }).setMaxListeners(0);
  /** Polling progress by report and type. Kept in memory only: it is not worth a disk write. */
  const polling = new Map<string, EntryIn<'LINKED'>>();

  const selectReport = db.prepare('SELECT request FROM reports WHERE id = ?');
  const selectEntries = db.prepare('SELECT * FROM entries WHERE report_id = ?');
  const selectEntry = db.prepare('SELECT * FROM entries WHERE report_id = ? AND type = ?');
  const insertReport = db.prepare(
    'INSERT INTO reports (id, request, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const upsertEntry = db.prepare(`
    INSERT INTO entries (report_id, type, version, state, at, expires_at, data) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET version = excluded.version, state = excluded.state, at = excluded.at,
      expires_at = excluded.expires_at, data = excluded.data`);
  const selectBody = db.prepare('SELECT body FROM bodies WHERE report_id = ? AND type = ?');
  const upsertBody = db.prepare(
    'INSERT INTO bodies (report_id, type, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
  );
  const deleteBody = db.prepare('DELETE FROM bodies WHERE report_id = ? AND type = ?');
  const selectExpired = db.prepare(
    "SELECT report_id, type FROM entries WHERE state IN ('COLLECTED', 'REJECTED', 'FAILED') AND expires_at <= ? LIMIT ?",
  );
  const expireEntry = db.prepare(`
    UPDATE entries SET state = 'ABSENT', version = version + 1, at = ?, expires_at = NULL,
      data = '{"state":"ABSENT","failure":null}' WHERE report_id = ? AND type = ?`);
  const insertJournal = db.prepare('INSERT INTO journal (at, kind, report_id, type) VALUES (?, ?, ?, ?)');
  const since = Number(db.prepare("SELECT value FROM meta WHERE key = 'since'").get()?.['value']);

  function entryOf(row: EntryRow): Entry {
    const { report_id: reportId, type, version, at, data } = row;
    const stored = { reportId, type, version, at, ...JSON.parse(data) } as Entry;
    const progress = polling.get(keyOf(stored));
    return progress?.version === version ? progress : stored;
  }

  function read(id: string): ReportRecord | null {
    const report = selectReport.get(id) as { request: string } | undefined;
    if (!report) return null;
    const rows = selectEntries.all(id) as unknown as EntryRow[];
    return { id, request: JSON.parse(report.request) as ReportsRequest, entries: rows.map(entryOf) };
  }

  function apply({ before, after, journal, body }: Transition): Committed {
    const row = selectEntry.get(before.reportId, before.type) as unknown as EntryRow | undefined;
    if ((row?.version ?? 0) !== before.version) return { won: false, entry: row ? entryOf(row) : before };
    const { reportId, type, version, at, ...data } = after;
    // The columns are INTEGER and STRICT: a fractional time would make the write fail.
    const expiresAt = 'expiresAt' in after ? Math.ceil(after.expiresAt) : null;
    upsertEntry.run(reportId, type, version, after.state, Math.ceil(at), expiresAt, JSON.stringify(data));
    if (body !== undefined) upsertBody.run(reportId, type, body);
    else if (before.state === 'COLLECTED') deleteBody.run(reportId, type);
    for (const kind of journal) insertJournal.run(Math.ceil(at), kind, reportId, type);
    return { won: true, entry: after };
  }

  /**
   * An expired entry becomes ABSENT with a new version, so that a transition made from the old version fails. Returns how
   * many were pruned, at most PRUNED_AT_ONCE.
   */
  function pruneSome(now: number): number {
    const expired = selectExpired.all(now, PRUNED_AT_ONCE) as { report_id: string; type: string }[];
    for (const { report_id, type } of expired) {
      expireEntry.run(now, report_id, type);
      deleteBody.run(report_id, type);
    }
    return expired.length;
  }

  /** A listener's error must not undo a commit. */
  function notify(entry: Entry): void {
    for (const listener of events.listeners(entry.reportId) as ((entry: Entry) => void)[]) {
      try {
        listener(entry);
      } catch (error) {
        onListenerError(error);
      }
    }
  }

  return {
    since,

    read: (id) => attempt(() => read(id)),

    async commit(report: ReportKey, transitions) {
      const committed = await group.write(() => {
        insertReport.run(report.id, JSON.stringify(report.request), Date.now());
        return transitions.map(apply);
      });
      for (const { won, entry } of committed) {
        if (!won) continue;
        if (entry.state !== 'LINKED') polling.delete(keyOf(entry));
        notify(entry);
      }
      return committed;
    },

    async progress(entry) {
      polling.set(keyOf(entry), entry);
      notify(entry);
    },

    body: (entry) =>
      attempt(() => {
        const row = selectBody.get(entry.reportId, entry.type) as { body: string } | undefined;
        return row?.body ?? null;
      }),

    unsettled: () =>
      attempt(() => {
        const ids = db
          .prepare("SELECT DISTINCT report_id FROM entries WHERE state IN ('INTENT', 'SENDING', 'LINKED', 'UNCERTAIN')")
          .all() as { report_id: string }[];
        return ids.map(({ report_id }) => read(report_id)).filter((record) => record !== null);
      }),

    async subscribe(id, listener) {
      events.on(id, listener);
      return () => events.off(id, listener);
    },

    countSaved: (reports) => saved.add(reports),

    async usage(from, until) {
      await saved.store();
      return attempt(() => ({ ...countUsage(db, from, until), saved: saved.sum(from, until) }));
    },

    async prune(now) {
      while ((await group.write(() => pruneSome(now))) === PRUNED_AT_ONCE);
      await saved.compact(now);
    },

    async ping() {
      await group.write(() =>
        db
          .prepare("INSERT INTO meta (key, value) VALUES ('ping', ?) ON CONFLICT DO UPDATE SET value = excluded.value")
          .run(Date.now()),
      );
    },

    async close() {
      await saved.close();
      group.flush();
    },
  };
}

function keyOf({ reportId, type }: Entry): string {
  return `${reportId}:${type}`;
}

async function attempt<T>(work: () => T): Promise<T> {
  try {
    return work();
  } catch (error) {
    throw storeUnavailable(error);
  }
}

function countUsage(db: DatabaseSync, since: number, until: number): Omit<UsageCounts, 'saved'> {
  const counted = db.prepare('SELECT count(*) AS reports FROM journal WHERE kind = ? AND at >= ? AND at <= ?');
  const count = (kind: JournalKind): number => Number(counted.get(kind, since, until)?.['reports']);
  // A purchase whose next entry is RECOVERED is no longer uncertain, whenever it was recovered.
  const uncertain = db
    .prepare(
      `SELECT count(*) AS reports FROM journal AS doubt WHERE kind = 'UNCERTAIN' AND at >= ? AND at <= ? AND 'RECOVERED' IS NOT (
        SELECT kind FROM journal AS later WHERE later.report_id = doubt.report_id AND later.type = doubt.type
          AND later.rowid > doubt.rowid ORDER BY later.rowid LIMIT 1)`,
    )
    .get(since, until);
  return {
    submitted: count('SUBMITTED'),
    collected: count('COLLECTED'),
    billable: count('BILLABLE'),
    failed: count('FAILED'),
    uncertain: Number(uncertain?.['reports']),
  };
}
