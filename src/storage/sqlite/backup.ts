import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import type { EntryIn } from '../../datasources/reports/ledger.js';
import { next } from '../../datasources/reports/next.js';
import { makeDirectory } from '../../lib/make-directory.js';
import type { ReportType } from '../../model/report.js';
import { readState } from '../shared/damage.js';
import { dataOf } from '../shared/entry-data.js';
import { damagesOf, ledgersIn, withSnapshot } from './snapshot.js';

/** Pages copied between two syncs, so that the disk is never busy with one large sync when the server needs a small one. */
const PAGES_AT_ONCE = 1_024;

export interface LedgerCopy {
  readonly from: string;
  readonly to: string;
  readonly bytes: number;
  /** Number of rows by table. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Copies every ledger in `dataDir` into the new directory `target`, each as it is at one moment, while a server may be
 * running. The target appears only when all copies are complete, checked and on disk. Throws an Error that says what is in
 * the way: there is no ledger, the target exists, the disk is full, or a ledger is damaged. `freeBytes` says how many bytes
 * can still be written to the file system of a directory.
 */
export async function backUp(
  dataDir: string,
  target: string,
  freeBytes: (directory: string) => number = freeBytesOf,
): Promise<readonly LedgerCopy[]> {
  const ledgers = ledgersIn(dataDir);
  if (existsSync(target))
    throw new Error(`${target} exists, and a backup never overwrites anything. Name a new directory.`);
  const parent = dirname(resolve(target));
  makeDirectory(parent);
  const unfinished = mkdtempSync(join(parent, `${basename(target)}.unfinished-`));
  try {
    const copies: LedgerCopy[] = [];
    for (const from of ledgers) {
      const to = join(unfinished, basename(from));
      const rows = await copyLedger(from, to, freeBytes);
      copies.push({ from, to: join(target, basename(from)), bytes: statSync(to).size, rows });
    }
    sync(unfinished);
    renameSync(unfinished, target);
    sync(parent);
    return copies;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

async function copyLedger(
  from: string,
  to: string,
  freeBytes: (directory: string) => number,
): Promise<LedgerCopy['rows']> {
  try {
    const copied = await withSnapshot(from, async (db) => {
      const rows = rowsOf(db);
      requireSpace(db, dirname(to), freeBytes(dirname(to)));
      // The snapshot that is open on `db` stays, so that writes of the server do not start the copying again.
      await backup(db, to, { rate: PAGES_AT_ONCE, progress: () => sync(to) });
      return rows;
    });
    finish(to, copied);
    return copied;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${from} could not be backed up: ${reason}`, { cause: error });
  }
}

/** Makes the copy a single file that can be restored safely, and checks it. */
function finish(path: string, expected: LedgerCopy['rows']): void {
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA journal_mode = DELETE');
    const damages = damagesOf(db);
    if (damages.length > 0) throw new Error(`the copy is damaged, and so may be the ledger: ${damages[0]}`);
    const rows = rowsOf(db);
    for (const [table, count] of Object.entries(expected)) {
      if (rows[table] !== count) throw new Error(`the copy has ${rows[table] ?? 0} rows of ${count} in ${table}.`);
    }
    leaveNothingToBuy(db);
    leaveNoOwner(db);
  } finally {
    db.close();
  }
  chmodSync(path, 0o600);
  sync(path);
}

/**
 * A server that starts buys what is claimed and not sent. By the time a copy is restored, the server it was taken from may
 * have sent it: so the copy has it as sent, with an unknown outcome.
 */
function leaveNothingToBuy(db: DatabaseSync): void {
  const intents = db.prepare("SELECT * FROM entries WHERE state = 'INTENT'").all() as unknown as IntentRow[];
  const update = db.prepare('UPDATE entries SET state = ?, version = ?, data = ? WHERE report_id = ? AND type = ?');
  for (const { report_id: reportId, type, version, at, data } of intents) {
    const read = readState(data, at);
    if (!('state' in read)) continue;
    const intent = { reportId, type, version, at, ...read.state } as EntryIn<'INTENT'>;
    const sending = next(intent, { kind: 'send' }, at);
    if (sending) update.run(sending.state, sending.version, dataOf(sending), reportId, type);
  }
}

/** The server that is running does not own the copy: the next one need not ask for it. */
function leaveNoOwner(db: DatabaseSync): void {
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'owner'").get()) db.exec('UPDATE owner SET lock = NULL');
}

interface IntentRow {
  readonly report_id: string;
  readonly type: ReportType;
  readonly version: number;
  readonly at: number;
  readonly data: string;
}

function rowsOf(db: DatabaseSync): Record<string, number> {
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
  if (!tables.some(({ name }) => name === 'entries')) throw new Error('it is not a ledger, or an empty one.');
  return Object.fromEntries(
    tables.map(({ name }) => {
      const table = String(name);
      return [table, Number(db.prepare(`SELECT count(*) AS rows FROM "${table}"`).get()?.['rows'])];
    }),
  );
}

function requireSpace(db: DatabaseSync, directory: string, free: number): void {
  const size = db.prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size').get();
  const needed = Number(size?.['bytes']);
  if (free < needed) {
    throw new Error(`it needs ${needed} bytes, and the disk of ${dirname(directory)} has ${free} left.`);
  }
}

/** The bytes that an ordinary user can still write to the file system of this directory. */
export function freeBytesOf(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** Waits until a file or the entries of a directory are on disk. */
function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
