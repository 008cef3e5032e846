import { randomInt } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { makePrivate } from './private-file.js';

const SQLITE_BUSY = 5;
const LARGEST_ID = 2 ** 31;

/** Keep a reference: a garbage-collected handle would release the lock. */
const locks = new Set<DatabaseSync>();

export interface Lock {
  /** A number that this lock file has and no other one. */
  readonly id: number;
  release(): void;
}

/**
 * Two processes on one embedded ledger would each treat the other's purchases as left over from a crash. The operating
 * system releases this file lock when the process ends, however it ends. The ledger file itself stays readable for
 * backups. Waits up to `patienceMs` milliseconds; throws an Error if another process still has the lock then.
 */
export function lockFor(path: string, patienceMs: number): Lock {
  makePrivate(path);
  const lock = new DatabaseSync(path, { timeout: patienceMs });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    if (idOf(lock) === 0) {
      lock.exec(`PRAGMA application_id = ${randomInt(1, LARGEST_ID)}; COMMIT; BEGIN EXCLUSIVE`);
    }
    locks.add(lock);
    return {
      id: idOf(lock),
      release() {
        lock.close();
        locks.delete(lock);
      },
    };
  } catch (error) {
    lock.close();
    const held = (error as { errcode?: unknown }).errcode === SQLITE_BUSY;
    throw held ? new Error('another process is using it; stop that one, or set another DATA_DIR.') : error;
  }
}

function idOf(lock: DatabaseSync): number {
  return Number(lock.prepare('PRAGMA application_id').get()?.['application_id']);
}
