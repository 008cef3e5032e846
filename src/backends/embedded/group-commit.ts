import type { DatabaseSync } from 'node:sqlite';
import { storeUnavailable } from './database.js';

export interface GroupCommit {
  /** Runs `work` inside a transaction shared with whatever else is written in this turn of the event loop. */
  write<T>(work: () => T): Promise<T>;
  /** Writes what is waiting at once. */
  flush(): void;
}

interface Waiting {
  run(): void;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * One transaction, and so one wait for the disk, for all that is written in one turn of the event loop. Each promise
 * resolves after the commit; if the commit fails, all of that turn reject with STORE_UNAVAILABLE and nothing was written.
 */
export function createGroupCommit(db: DatabaseSync): GroupCommit {
  let waiting: Waiting[] = [];

  /** The failure that led here is the one to tell; a database that is closed or broken has nothing to roll back. */
  function rollBack(): void {
    try {
      if (db.isTransaction) db.exec('ROLLBACK');
    } catch {
      return;
    }
  }

  function flush(): void {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    try {
      db.exec('BEGIN IMMEDIATE');
      for (const work of group) work.run();
      db.exec('COMMIT');
    } catch (error) {
      rollBack();
      for (const work of group) work.reject(storeUnavailable(error));
      return;
    }
    for (const work of group) work.resolve();
  }

  return {
    flush,
    write: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        let result: T;
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ run: () => (result = work()), resolve: () => resolve(result), reject });
      }),
  };
}
