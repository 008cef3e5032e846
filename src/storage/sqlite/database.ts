import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeDirectory } from '../../lib/make-directory.js';
import type { Account, AccountResult } from '../shared/account.js';
import { claimAccount } from './account.js';
import { lockFor, type Lock } from './lock.js';
import { migrate, MIGRATIONS } from './migrate.js';
import { becomeOwner, requireNoOwner, type Owner } from './owner.js';
import { rememberPlace, type Place } from './place.js';
import { keepPrivate, makePrivate } from './private-file.js';

/** How long to wait for another process to release the ledger: the old and the new process of a restart may overlap. */
const HANDOVER_MS = 5_000;

export interface Database {
  readonly db: DatabaseSync;
  /** Of its file. */
  readonly path: string;
  readonly owner: Owner;
  readonly place: Place;
  /** What became of the account that was given; null if none was. */
  readonly account: AccountResult | null;
  close(): void;
}

export interface DatabaseOptions {
  /** Whose reports they are; not checked if it is not given. */
  readonly account?: Account;
  /** See `claimAccount`. */
  readonly adopt?: boolean;
  /** Opens it to move its reports elsewhere: also if that has begun, but only if there is a ledger. */
  readonly move?: boolean;
}

/**
 * Opens `<directory>/<name>.sqlite` for this process alone, creating it if it does not exist. WAL with synchronous=FULL:
 * a commit returns after the data has been synced to disk. Throws an Error that names DATA_DIR if it cannot be opened.
 */
export function openDatabase(directory: string, name: string, options: DatabaseOptions = {}): Database {
  try {
    if (options.move && !existsSync(join(directory, `${name}.sqlite`))) throw new Error(`there is no ${name}.sqlite.`);
    makeDirectory(directory);
    const lock = lockFor(join(directory, `${name}.lock`), HANDOVER_MS);
    try {
      return open(resolve(directory, `${name}.sqlite`), lock, options);
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`DATA_DIR: the ledger in ${directory} cannot be opened: ${reason}`, { cause: error });
  }
}

function open(path: string, lock: Lock, { account, adopt = false, move = false }: DatabaseOptions): Database {
  makePrivate(path);
  for (const suffix of ['-wal', '-shm']) keepPrivate(path + suffix);
  const db = new DatabaseSync(path, { timeout: HANDOVER_MS });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    requireNoOwner(db, lock.id, HANDOVER_MS);
    migrate(db, MIGRATIONS, { move });
    const claimed = account ? claimAccount(db, account, adopt) : null;
    const owner = becomeOwner(db, lock.id);
    // From now on, waiting for a lock here would stop the event loop; `group-commit.ts` waits instead.
    db.exec('PRAGMA busy_timeout = 0');
    return {
      db,
      path,
      owner,
      place: rememberPlace(path),
      account: claimed,
      close() {
        if (db.isOpen) leave(owner);
        db.close();
        lock.release();
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A ledger that cannot be written any more is closed all the same. */
function leave(owner: Owner): void {
  try {
    owner.leave();
  } catch {
    return;
  }
}
