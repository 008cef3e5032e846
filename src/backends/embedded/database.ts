import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ApiError } from '../../errors.js';

/**
 * Entries are the truth; `data` is the state's own part of one, as JSON. Times are epoch milliseconds. The journal is
 * never rewritten: `usage` counts from it long after an entry has been bought anew.
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

/** Counting one kind over years must not read the others. */
const JOURNAL_BY_KIND = `
  DROP INDEX journal_by_time;
  CREATE INDEX journal_by_kind ON journal (kind, at);
`;

/** Bodies now go with their entry; before, those of reports that were bought anew and given up stayed behind. */
const NO_BODIES_LEFT_BEHIND = `
  DELETE FROM bodies WHERE NOT EXISTS (
    SELECT 1 FROM entries WHERE entries.report_id = bodies.report_id AND entries.type = bodies.type
      AND entries.state = 'COLLECTED');
`;

/** A row for every millisecond that somebody was served in is too much to keep for long. */
const SAVED_BY_MINUTE = `
  CREATE TABLE saved_by_minute (at INTEGER PRIMARY KEY, reports INTEGER NOT NULL) STRICT;
`;

/** `user_version` counts those that a ledger has been through. Only ever added to: ledgers of paid reports exist. */
const MIGRATIONS: readonly string[] = [FIRST, JOURNAL_BY_KIND, NO_BODIES_LEFT_BEHIND, SAVED_BY_MINUTE];

/** How long to wait for a process that is just leaving the ledger: a restart may overlap by a moment. */
const HANDOVER_MS = 5_000;
const SQLITE_BUSY = 5;

/** A lock that nothing refers to would be collected, and so let go of, under the ledger's feet. */
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
 * Opens `<directory>/<name>.sqlite` for this process alone, creating it where there is none. WAL with synchronous=FULL:
 * what is committed has been handed to the disk. Throws an Error naming DATA_DIR where that cannot be.
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

/** Not Node's own recursion, which never ends where a directory is refused as if its parent were missing, as in /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/**
 * Two processes on one embedded ledger would each take the other's purchases for remains of a crash. The lock is a
 * file lock of the operating system's, so it ends with its process however that ends; the ledger itself stays readable
 * for a backup.
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
  if (version > newest) throw new Error(`it was written by a newer release (schema ${version}, here ${newest}).`);
  if (version === newest) return;
  db.exec(`BEGIN IMMEDIATE; ${MIGRATIONS.slice(version).join('')} PRAGMA user_version = ${newest};`);
  if (version === 0) db.prepare("INSERT INTO meta (key, value) VALUES ('since', ?)").run(Date.now());
  db.exec('COMMIT');
}

export function storeUnavailable(cause: unknown): ApiError {
  return new ApiError(
    'STORE_UNAVAILABLE',
    'The ledger of reports cannot be reached, so nothing is bought just now.',
    {},
    { cause },
  );
}
