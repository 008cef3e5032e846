import type { DatabaseSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import { pruned, type Entry, type EntryIn } from '../../datasources/reports/ledger.js';
import type { ReportKey, ReportType } from '../../model/report.js';
import type { CollectionKey, PurchaseRefusal, ReportRecord } from '../../datasources/reports/ports.js';
import { createAliases, type WrittenAlias } from './aliases.js';
import type { BuyingSwitch } from './buying-switch.js';
import type { Charges } from './charges.js';
import { dataOf } from '../shared/entry-data.js';
import { asUncertain, readRequest, readState } from '../shared/damage.js';
import type { Journal } from './journal.js';
import type { KeptPurchases } from './kept-purchases.js';
import type { StepResult, WrittenReport, WrittenStep } from './written-step.js';

/** Reports, their entries and their bodies as rows. Synchronous; whatever writes is called inside a transaction. */
export interface Entries {
  read(id: string): ReportRecord | null;
  /** The same, null also if the report is damaged. */
  readUndamaged(id: string): ReportRecord | null;
  /** Of each report the entries to be resumed. */
  unfinished(): readonly ReportRecord[];
  unusualRequests(): readonly ReportKey[];
  body(entry: EntryIn<'COLLECTED'>): string | null;
  othersWithLink(link: string, own: CollectionKey): readonly CollectionKey[];
  /** Applies the steps that lead from the current version. `request`: that of the report, as it is stored with the first. */
  apply(id: string, request: string, steps: readonly WrittenStep[]): readonly StepResult[];
  /** See `Ledger.commitAs`. */
  applyAs(bought: WrittenReport, asked: WrittenReport): WrittenAlias;
  /** At most `most` entries that may be pruned. */
  prunable(before: PruneTimes, most: number): readonly CollectionKey[];
  /** Removes at most `most` entries, with their bodies, and reports that are left without one; returns how many entries. */
  prune(which: Prunable, most: number): number;
}

/** See `Ledger.prune`; epoch ms. */
interface PruneTimes {
  readonly expiredBefore: number;
  readonly refusedBefore: number;
}

/** What may be pruned: the entries of these reports, as far as they expired long enough ago. */
export interface Prunable extends PruneTimes {
  /** By id, whether the report is kept even if it is left without an entry. */
  readonly keeps: ReadonlyMap<string, boolean>;
}

/** The data of an entry that was pruned; the same text is in the index of those that were given up. */
const PRUNED = '{"state":"ABSENT","failure":null}';

/** A row that cannot be read. It stays as it is, and what it stands for is not bought again by itself. */
export interface DamagedRow {
  readonly table: 'reports' | 'entries';
  readonly reportId: string;
  /** Null: the row is the report itself. */
  readonly type: ReportType | null;
  /** What is wrong with it, as the end of a sentence about the row. */
  readonly fault: string;
}

/** An upstream that gives every report the same link must not make each purchase read all of them. */
const MOST_WITH_ONE_LINK = 10;

/** Characters of what was written last that are remembered. */
const MOST_WRITTEN = 1_000_000;

interface EntryRow {
  report_id: string;
  type: ReportType;
  version: number;
  state: string;
  at: number;
  data: string;
}

export interface EntriesOptions {
  readonly journal: Journal;
  readonly charges: Charges;
  readonly buying: BuyingSwitch;
  readonly purchases: Pick<KeptPurchases, 'keep'>;
  /** The entry as it is now, given the one that is stored. */
  readonly current: (stored: Entry) => Entry;
  /** Called for each damaged row, as often as it is met. */
  readonly onDamage: (row: DamagedRow) => void;
}

export function createEntries(
  db: DatabaseSync,
  { journal, charges, buying, purchases, current, onDamage }: EntriesOptions,
): Entries {
  const selectReport = db.prepare('SELECT request FROM reports WHERE id = ?');
  const selectEntries = db.prepare('SELECT * FROM entries WHERE report_id = ?');
  const selectEntry = db.prepare('SELECT * FROM entries WHERE report_id = ? AND type = ?');
  const selectUnfinished = db.prepare(`
    SELECT report_id, type FROM entries WHERE state IN ('INTENT', 'SENDING', 'LINKED', 'UNCERTAIN') OR (
      state = 'FAILED' AND CASE WHEN json_valid(data) THEN
        json_extract(data, '$.followed') IS NULL AND json_extract(data, '$.doubt') IS NOT NULL END)`);
  const selectUnusual = db.prepare(
    "SELECT id, request FROM reports WHERE request GLOB '*[^ -~]*' OR request LIKE '%  %'",
  );
  const selectExpired = db.prepare(`
    SELECT report_id, type, version FROM entries WHERE state IN ('COLLECTED', 'FAILED') AND expires_at <= ?
    UNION ALL SELECT report_id, type, version FROM entries WHERE state = 'REJECTED' AND expires_at <= ?
    UNION ALL SELECT report_id, type, version FROM entries WHERE state = 'ABSENT' AND data <> '${PRUNED}' AND at <= ?
    LIMIT ?`);
  const deleteReport = db.prepare(`
    DELETE FROM reports WHERE id = ? AND NOT EXISTS (
      SELECT 1 FROM entries WHERE report_id = id AND (state <> 'ABSENT' OR data <> '${PRUNED}'))`);
  const insertReport = db.prepare(
    'INSERT INTO reports (id, request, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const upsertEntry = db.prepare(`
    INSERT INTO entries (report_id, type, version, state, at, expires_at, data) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET version = excluded.version, state = excluded.state, at = excluded.at,
      expires_at = excluded.expires_at, data = excluded.data`);
  const selectLinked = db.prepare(`
    SELECT report_id AS id, type FROM entries WHERE (report_id, type) IS NOT (?, ?) AND
      CASE WHEN json_valid(data) THEN coalesce(json_extract(data, '$.link'), json_extract(data, '$.followed.link')) END = ?
    LIMIT ${MOST_WITH_ONE_LINK}`);
  const selectBody = db.prepare('SELECT body FROM bodies WHERE report_id = ? AND type = ?');
  const upsertBody = db.prepare(
    'INSERT INTO bodies (report_id, type, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
  );
  const deleteBody = db.prepare('DELETE FROM bodies WHERE report_id = ? AND type = ?');
  const insertDamaged = db.prepare(`
    INSERT INTO damaged_entries (report_id, type, version, state, at, data, replaced_at) VALUES (?, ?, ?, ?, ?, ?, ?)`);

  /** By report and type, the data that was written last. */
  const written = new LRUCache<string, string>({ maxSize: MOST_WRITTEN, sizeCalculation: ({ length }) => length });

  function entryOf({ report_id: reportId, type, version, at, data }: EntryRow): Entry {
    const read = readState(data, at);
    if ('state' in read) return current({ reportId, type, version, at, ...read.state });
    onDamage({ table: 'entries', reportId, type, fault: read.fault });
    return { reportId, type, version, at, ...asUncertain(at) };
  }

  /** Null if the report does not exist. Throws an Error if its request cannot be read. */
  function read(id: string): ReportRecord | null {
    const report = selectReport.get(id) as { request: string } | undefined;
    if (!report) return null;
    const request = readRequest(report.request);
    if (request === null) {
      const fault = 'its request cannot be read';
      onDamage({ table: 'reports', reportId: id, type: null, fault });
      throw new Error(`Report ${id} in the ledger is damaged: ${fault}.`);
    }
    const rows = selectEntries.all(id) as unknown as EntryRow[];
    return { id, request, entries: rows.map(entryOf) };
  }

  /** Null also if the report is damaged: the others go on. */
  function readUndamaged(id: string): ReportRecord | null {
    const report = selectReport.get(id) as { request: string } | undefined;
    if (report && readRequest(report.request) !== null) return read(id);
    const fault = report ? 'its request cannot be read' : 'it is missing, but its entries are there';
    onDamage({ table: 'reports', reportId: id, type: null, fault });
    return null;
  }

  /** Keeps a damaged row that is about to be replaced, and ends its purchase in the journal if that was in progress. */
  function setAside({ report_id: reportId, type, version, state, at, data }: EntryRow, fault: string): void {
    onDamage({ table: 'entries', reportId, type, fault });
    insertDamaged.run(reportId, type, version, state, at, data, Date.now());
    if (state === 'LINKED') journal.add({ reportId, type, at: Date.now(), client: null }, ['UNCERTAIN']);
  }

  /** Charges a claim, unless it is refused. */
  function admit({ leadsToPurchase, charge }: WrittenStep): PurchaseRefusal | null {
    if (!leadsToPurchase) return null;
    if (!buying.isOn()) return { reason: 'stopped' };
    const exhausted = charge && charges.charge(charge);
    return exhausted && { reason: 'budget', ...exhausted };
  }

  /** What is wrong with a row that cannot be read; null if it can, as what this process has written last. */
  function faultIn({ report_id: id, type, data, at }: EntryRow): string | null {
    if (written.get(`${id}:${type}`) === data) return null;
    const read = readState(data, at);
    return 'state' in read ? null : read.fault;
  }

  /** What the step leads from. `forgotten`: it was pruned with its report. */
  function presentOf(reportId: string, { type, from }: WrittenStep) {
    const row = selectEntry.get(reportId, type) as unknown as EntryRow | undefined;
    const forgotten = from === 0 && row?.data === PRUNED && !selectReport.get(reportId);
    return { row, forgotten, isCurrent: forgotten || (row?.version ?? 0) === from };
  }

  function applyOne(reportId: string, step: WrittenStep): StepResult {
    const { type, state, at, expiresAt, data, body } = step;
    const { row, forgotten, isCurrent } = presentOf(reportId, step);
    const present = forgotten ? undefined : row;
    if (!isCurrent) return { won: false, entry: row ? entryOf(row) : null };
    const refused = admit(step);
    if (refused) return { won: false, entry: present ? entryOf(present) : null, refused };
    if (step.refund) charges.refund(step.refund);
    const fault = present ? faultIn(present) : null;
    if (present && fault !== null) setAside(present, fault);
    // Versions go on from those of a report that was forgotten: somebody may still hold one of them.
    const version = step.version + (forgotten && row ? row.version : 0);
    upsertEntry.run(reportId, type, version, state, at, expiresAt, data);
    written.set(`${reportId}:${type}`, data);
    if (body !== null) upsertBody.run(reportId, type, body);
    // Also that of a response without a report, which was set aside.
    else if (state === 'INTENT' || state === 'ALIAS') deleteBody.run(reportId, type);
    const purchase = { reportId, type, at };
    journal.add({ ...purchase, client: step.client }, step.journal);
    if (step.settlement) journal.settle(purchase, step.settlement);
    if (step.purchase) purchases.keep(reportId, type, step.purchase);
    return { won: true, version };
  }

  function apply(id: string, request: string, steps: readonly WrittenStep[]): readonly StepResult[] {
    const results = steps.map((step) => applyOne(id, step));
    // Also where one is lost to a pruned entry, whose report has been forgotten: it is read, and claimed again.
    if (results.some((result) => result.won || (result.entry?.version ?? 0) > 0))
      insertReport.run(id, request, Date.now());
    return results;
  }

  /** It becomes ABSENT. */
  function forget({ reportId, type, version }: Pick<Entry, 'reportId' | 'type' | 'version'>): void {
    const entry = pruned({ reportId, type, version }, Date.now());
    upsertEntry.run(reportId, type, entry.version, entry.state, entry.at, null, dataOf(entry));
    deleteBody.run(reportId, type);
  }

  const aliases = createAliases(db, {
    entriesOf: (id) => (selectEntries.all(id) as unknown as EntryRow[]).map(entryOf),
    isCurrent: (id, step) => presentOf(id, step).isCurrent,
    apply: ({ id, request, steps }) => apply(id, request, steps),
    forget(entry) {
      forget(entry);
      deleteReport.run(entry.reportId);
    },
  });

  function expired({ expiredBefore, refusedBefore }: PruneTimes, most: number): readonly EntryRow[] {
    return selectExpired.all(expiredBefore, refusedBefore, refusedBefore, most) as unknown as EntryRow[];
  }

  return {
    read,
    readUndamaged,

    unfinished() {
      const rows = selectUnfinished.all() as { report_id: string; type: ReportType }[];
      const typesById = Map.groupBy(rows, ({ report_id }) => report_id);
      return [...typesById].flatMap(([id, left]) => {
        const record = readUndamaged(id);
        const types = left.map(({ type }) => type);
        return record ? { ...record, entries: record.entries.filter(({ type }) => types.includes(type)) } : [];
      });
    },

    unusualRequests() {
      const rows = selectUnusual.all() as { id: string; request: string }[];
      return rows.flatMap(({ id, request }) => {
        const read = readRequest(request);
        return read ? [{ id, request: read }] : [];
      });
    },

    body({ reportId, type }) {
      const row = selectBody.get(reportId, type) as { body: string } | undefined;
      return row?.body ?? null;
    },

    othersWithLink(link, { id, type }) {
      return selectLinked
        .all(id, type, link)
        .map((row) => ({ id: String(row['id']), type: row['type'] as ReportType }));
    },

    apply,

    applyAs: (bought, asked) => aliases.apply(bought, asked),

    prunable: (before, most) => expired(before, most).map(({ report_id: id, type }) => ({ id, type })),

    prune({ keeps, ...before }, most) {
      const rows = expired(before, most).filter(({ report_id: id }) => keeps.has(id));
      for (const { report_id: reportId, type, version } of rows) {
        forget({ reportId, type, version });
        if (keeps.get(reportId) === false && deleteReport.run(reportId).changes > 0) aliases.end(reportId);
      }
      return rows.length;
    },
  };
}
