import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ApiError } from '../../errors.js';

/**
 * `entries` is the source of truth; `data` holds the fields of the entry's state, as JSON. Times are epoch milliseconds.
 * The journal is append-only: `usage` still counts a purchase from it after the entry has been bought again.
 */
const FIRST = `
  CREATE TABLE reports (
    id TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE entries (
    report_id TEXT NOT NULL,
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    expires_at INTEGER,
    data TEXT NOT NULL,
    PRIMARY KEY (report_id, type)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX entries_by_state ON entries (state, expires_at);
  CREATE TABLE bodies (
    report_id TEXT NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (report_id, type)
  ) STRICT;
  CREATE TABLE journal (at INTEGER NOT NULL, kind TEXT NOT NULL, report_id TEXT NOT NULL, type TEXT NOT NULL) STRICT;
  CREATE INDEX journal_by_time ON journal (at, kind);
  CREATE INDEX journal_by_report ON journal (report_id, type);
  CREATE TABLE saved (at INTEGER PRIMARY KEY, reports INTEGER NOT NULL) STRICT;
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** So that counting one kind over a long period does not read the others. */
const JOURNAL_BY_KIND = `
  DROP INDEX journal_by_time;
  CREATE INDEX journal_by_kind ON journal (kind, at);
`;

/** Bodies are now deleted with their entry; before, those of reports that were bought again and given up remained. */
const NO_BODIES_LEFT_BEHIND = `
  DELETE FROM bodies WHERE NOT EXISTS (
    SELECT 1 FROM entries WHERE entries.report_id = bodies.report_id AND entries.type = bodies.type
      AND entries.state = 'COLLECTED');
`;

/** One row per millisecond is too much to keep for long. */
const SAVED_BY_MINUTE = `
  CREATE TABLE saved_by_minute (at INTEGER PRIMARY KEY, reports INTEGER NOT NULL) STRICT;
`;

/** `user_version` is the number of migrations applied. Append only: existing ledgers contain paid reports. */
const MIGRATIONS: readonly string[] = [FIRST, JOURNAL_BY_KIND, NO_BODIES_LEFT_BEHIND, SAVED_BY_MINUTE];

/** How long to wait for another process to release the ledger: the old and the new process of a restart may overlap. */
const HANDOVER_MS = 5_000;
const SQLITE_BUSY = 5;

/** Keep a reference: a garbage-collected handle would release the lock. */
const locks = new Set<DatabaseSync>();

function release(lock: DatabaseSync): void {
  lock.close();
  locks.delete(lock);
}

export interface Database {
  readonly db: DatabaseSync;
  close(): void;
}

/**
 * Opens `<directory>/<name>.sqlite` for this process alone, creating it if it does not exist. WAL with synchronous=FULL:
 * a commit returns after the data has been synced to disk. Throws an Error that names DATA_DIR if it cannot be opened.
 */
export function openDatabase(directory: string, name: string): Database {
  try {
    makeDirectory(directory);
    const lock = lockFor(join(directory, `${name}.lock`));
    locks.add(lock);
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(join(directory, `${name}.sqlite`), { timeout: HANDOVER_MS });
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      migrate(db);
      const opened = db;
      return {
        db: opened,
        close() {
          opened.close();
          release(lock);
        },
      };
    } catch (error) {
      db?.close();
      release(lock);
      throw error;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`DATA_DIR: the ledger in ${directory} cannot be opened: ${reason}`, { cause: error });
  }
}

/** Not `recursive: true`, with which Node never returns if creating a directory fails with ENOENT, as in /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/**
 * Two processes on one embedded ledger would each treat the other's purchases as left over from a crash. The operating
 * system releases this file lock when the process ends, however it ends. The ledger file itself stays readable for
 * backups.
 */
function lockFor(path: string): DatabaseSync {
  const lock = new DatabaseSync(path, { timeout: HANDOVER_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    const held = (error as { errcode?: unknown }).errcode === SQLITE_BUSY;
    throw held ? new Error('another process is using it.') : error;
  }
}

function migrate(db: DatabaseSync): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  const newest = MIGRATIONS.length;
  if (version > newest)
    throw new Error(`it was written by a newer release (schema ${version}; this release uses ${newest}).`);
  if (version === newest) return;
  db.exec(`BEGIN IMMEDIATE; ${MIGRATIONS.slice(version).join('')} PRAGMA user_version = ${newest};`);
  if (version === 0) db.prepare("INSERT INTO meta (key, value) VALUES ('since', ?)").run(Date.now());
  db.exec('COMMIT');
}

export function storeUnavailable(cause: unknown): ApiError {
  return new ApiError(
    'STORE_UNAVAILABLE',
    "This server's report store is unavailable, so nothing can be bought right now. Try again later.",
    {},
    { cause },
  );
}
