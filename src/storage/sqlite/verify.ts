import type { DatabaseSync } from 'node:sqlite';
import type { State } from '../../datasources/reports/ledger.js';
import { chargesOf, type JournalKind } from '../../datasources/reports/transition.js';
import { parseJson } from '../../lib/json.js';
import { reportId } from '../../model/report-id.js';
import { ReportType, type ReportsRequest } from '../../model/report.js';
import { stateOf } from '../shared/entry-data.js';
import { misfitOf } from '../../lib/migration-files.js';
import { appliedMigrations, MIGRATIONS } from './migrate.js';
import { damagesOf, withSnapshot } from './snapshot.js';
import { OUTCOMES } from '../shared/sent-rows.js';
import { faultOfJournal, faultOfState, JOURNAL_KINDS } from '../shared/stored-state.js';

export interface Verified {
  readonly reports: number;
  readonly entries: number;
  readonly bodies: number;
  /** How often `report` was called. */
  readonly problems: number;
}

interface EntryRow {
  readonly report_id: string;
  readonly type: string;
  readonly version: number;
  readonly state: string;
  readonly expires_at: number | null;
  readonly data: string;
  readonly requested: number;
  readonly stored: number;
  /** How many entries its report has. */
  readonly types: number;
  /** Whether what it stands for stands for something itself; null: it is no alias. */
  readonly deep: number | null;
}

interface BodyRow {
  readonly report_id: string;
  readonly type: string;
  readonly body: string;
  readonly state: string | null;
}

interface JournalRow {
  readonly line: number;
  readonly kind: string;
  readonly report_id: string;
  readonly type: string;
  readonly known: number;
}

interface ChargesRow {
  readonly client: string;
  readonly day: string;
  readonly reports: number;
}

interface PurchaseRow {
  readonly purchase_id: string;
  readonly type: string;
  readonly report_id: string;
  readonly request: string;
  readonly outcome: string | null;
  /** Whether its report has ever had an entry. */
  readonly known: number;
}

interface CountRow {
  readonly at: number;
  readonly reports: number;
}

/**
 * Checks a ledger, of a running server or a backup, as it is at one moment: the file, its migrations, every row, and that
 * the tables agree. Calls `report` with each problem, as a sentence that names the row.
 */
export async function verifyLedger(path: string, report: (problem: string) => void): Promise<Verified> {
  const counts = { reports: 0, entries: 0, bodies: 0, problems: 0 };
  const complain = (problem: string): void => {
    counts.problems += 1;
    report(problem);
  };
  try {
    await withSnapshot(path, (db) => {
      damagesOf(db).forEach((damage) => complain(`The file is damaged: ${damage}.`));
      const applied = appliedMigrations(db);
      if (applied.length === 0) return complain('It is not a ledger, or an empty one.');
      const misfit = misfitOf(applied, MIGRATIONS);
      if (misfit) return complain(`This release cannot use it: ${misfit}`);
      counts.reports = verifyReports(db, complain);
      counts.entries = verifyEntries(db, complain);
      counts.bodies = verifyBodies(db, complain);
      verifyJournal(db, complain);
      verifyCounts(db, complain);
      verifyCharges(db, complain);
      verifyPurchases(db, complain);
    });
  } catch (error) {
    complain(`It could not be read to its end: ${error instanceof Error ? error.message : String(error)}.`);
  }
  return counts;
}

type Complain = (problem: string) => void;

function verifyReports(db: DatabaseSync, complain: Complain): number {
  let rows = 0;
  for (const { id, request } of rowsOf<{ id: string; request: string }>(db, 'SELECT id, request FROM reports')) {
    rows += 1;
    const actual = parsed(() => reportId(JSON.parse(request) as ReportsRequest));
    if (actual === null) complain(`Report ${id}: its request cannot be read.`);
    else if (actual !== id) complain(`Report ${id}: its answers are those of report ${actual}.`);
  }
  return rows;
}

function verifyEntries(db: DatabaseSync, complain: Complain): number {
  const entries = rowsOf<EntryRow>(
    db,
    `
    SELECT *, EXISTS (SELECT 1 FROM reports WHERE id = report_id) AS requested,
      (SELECT count(*) FROM entries AS own WHERE own.report_id = entries.report_id) AS types,
      CASE WHEN state = 'ALIAS' AND json_valid(data) THEN EXISTS (SELECT 1 FROM entries AS other
        WHERE other.report_id = json_extract(entries.data, '$.standsFor') AND other.state = 'ALIAS') END AS deep,
      EXISTS (SELECT 1 FROM bodies WHERE bodies.report_id = entries.report_id AND bodies.type = entries.type) AS stored
    FROM entries`,
  );
  const journal = db.prepare(
    'SELECT kind, count(*) AS lines FROM journal WHERE report_id = ? AND type = ? GROUP BY kind',
  );
  let rows = 0;
  for (const row of entries) {
    rows += 1;
    const lines = journal.all(row.report_id, row.type).map(({ kind, lines }) => [kind, lines] as [JournalKind, number]);
    for (const fault of faultsOfEntry(row, Object.fromEntries(lines))) {
      complain(`Entry ${row.report_id} ${row.type}: ${fault}.`);
    }
  }
  return rows;
}

function faultsOfEntry(row: EntryRow, journal: Partial<Record<JournalKind, number>>): readonly string[] {
  const faults: (string | null)[] = [
    row.requested || row.state === 'ABSENT' ? null : 'has no report',
    row.type in ReportType ? null : 'has a type that does not exist',
    row.version >= 1 ? null : `has the version ${row.version}`,
  ];
  const state = parsed(() => stateOf(row.data));
  if (!state) return [...faults, 'has data that cannot be read'].filter((fault) => fault !== null);
  const faultOfData = faultOfState(state);
  faults.push(faultOfData);
  if (faultOfData === null) faults.push(faultOfColumns(row, state), faultOfJournal(state, journal));
  return faults.filter((fault) => fault !== null);
}

function faultOfColumns(row: EntryRow, state: State): string | null {
  if (row.state !== state.state) return `is ${row.state} by its column and ${state.state} by its data`;
  const expiresAt = 'expiresAt' in state ? Math.ceil(state.expiresAt) : null;
  if (row.expires_at !== expiresAt) return `expires at ${row.expires_at} by its column and at ${expiresAt} by its data`;
  if (state.state === 'ALIAS' && row.deep) return `stands for ${state.standsFor}, which stands for another one itself`;
  // The other one may have become something else, by a late response.
  if (state.state === 'ALIAS' && row.types < 2)
    return `stands for ${state.standsFor}, but the other entry of its id is missing`;
  return state.state === 'COLLECTED' && !row.stored ? 'is COLLECTED, but its body is missing' : null;
}

/** A report, or a response without a usable one, which stays while its link is polled and after it was given up. */
const STATES_WITH_BODIES: readonly State['state'][] = ['COLLECTED', 'LINKED', 'FAILED'];

function verifyBodies(db: DatabaseSync, complain: Complain): number {
  const bodies = rowsOf<BodyRow>(
    db,
    `
    SELECT report_id, type, body, (SELECT state FROM entries
      WHERE entries.report_id = bodies.report_id AND entries.type = bodies.type) AS state FROM bodies`,
  );
  let rows = 0;
  for (const { report_id: id, type, body, state } of bodies) {
    rows += 1;
    if (state === 'COLLECTED' && parsed(() => parseJson(body)) === null)
      complain(`Body ${id} ${type}: it is not JSON.`);
    if (!(STATES_WITH_BODIES as readonly (string | null)[]).includes(state))
      complain(`Body ${id} ${type}: its entry is ${state ?? 'missing'}.`);
  }
  return rows;
}

function verifyJournal(db: DatabaseSync, complain: Complain): void {
  const lines = rowsOf<JournalRow>(
    db,
    `
    SELECT rowid AS line, kind, report_id, type, EXISTS (SELECT 1 FROM entries
      WHERE entries.report_id = journal.report_id AND entries.type = journal.type) AS known FROM journal`,
  );
  for (const { line, kind, report_id: id, type, known } of lines) {
    if (!JOURNAL_KINDS.includes(kind)) complain(`Journal line ${line}: its kind is ${kind}.`);
    if (!known) complain(`Journal line ${line}: there is no entry ${id} ${type}.`);
  }
}

function verifyCounts(db: DatabaseSync, complain: Complain): void {
  const since = db.prepare("SELECT value FROM meta WHERE key = 'since'").get();
  if (!since) complain('It does not say since when it counts.');
  for (const table of ['saved', 'saved_by_minute']) {
    if (!db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table)) continue;
    for (const { at, reports } of rowsOf<CountRow>(db, `SELECT at, reports FROM ${table} WHERE reports < 1`)) {
      complain(`Table ${table}: it has ${reports} reports at ${at}.`);
    }
  }
}

/** Every purchase that keeps a charge must be among those that its budget counts. What is counted may be more: it was bought. */
function verifyCharges(db: DatabaseSync, complain: Complain): void {
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'charges'").get()) return;
  const kept = new Map<string, number>();
  for (const { data } of rowsOf<{ data: string }>(db, 'SELECT data FROM entries')) {
    const charges = parsed(() => chargesOf(stateOf(data))) ?? [];
    for (const { client, day } of charges) {
      const key = JSON.stringify([client, day]);
      kept.set(key, (kept.get(key) ?? 0) + 1);
    }
  }
  for (const { client, day, reports } of rowsOf<ChargesRow>(db, 'SELECT * FROM charges')) {
    const purchases = kept.get(JSON.stringify([client, day])) ?? 0;
    if (reports < purchases) {
      complain(`Charges of ${client} on ${day}: they are ${reports}, but ${purchases} purchases are charged to them.`);
    }
  }
}

function verifyPurchases(db: DatabaseSync, complain: Complain): void {
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'purchases'").get()) return;
  const purchases = rowsOf<PurchaseRow>(
    db,
    `
    SELECT purchase_id, type, report_id, request, outcome, EXISTS (SELECT 1 FROM entries
      WHERE entries.report_id = purchases.report_id AND entries.type = purchases.type) AS known FROM purchases`,
  );
  for (const { purchase_id: id, type, report_id: report, request, outcome, known } of purchases) {
    const name = `Purchase ${id} ${type}`;
    if (!known) complain(`${name}: there is no entry ${report} ${type}.`);
    if (parsed(() => parseJson(request)) === null) complain(`${name}: its request is not JSON.`);
    if (outcome !== null && !(OUTCOMES as readonly string[]).includes(outcome)) {
      complain(`${name}: its outcome is ${outcome}.`);
    }
  }
}

/** One row at a time: a ledger may be larger than memory. The columns are STRICT, so they have the types of the schema. */
function rowsOf<Row>(db: DatabaseSync, sql: string): Iterable<Row> {
  return db.prepare(sql).iterate() as Iterable<unknown> as Iterable<Row>;
}

/** Null if it throws. */
function parsed<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
