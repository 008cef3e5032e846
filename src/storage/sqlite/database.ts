import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ApiError } from '../../errors.js';
import { makeDirectory } from '../../lib/make-directory.js';
import { migrate } from './migrate.js';

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

export function storeUnavailable(cause: unknown): ApiError {
  return new ApiError(
    'STORE_UNAVAILABLE',
    "This server's report store is unavailable, so nothing can be bought right now. Try again later.",
    {},
    { cause },
  );
}
