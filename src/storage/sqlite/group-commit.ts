import type { DatabaseSync } from 'node:sqlite';
import { storeUnavailable } from './database.js';

export interface GroupCommit {
  /** Runs `work` in a transaction shared with everything else written in this turn of the event loop. */
  write<T>(work: () => T): Promise<T>;
  /** Commits pending writes immediately. */
  flush(): void;
}

interface Waiting {
  run(): void;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * One transaction, and so one disk sync, for everything written in one turn of the event loop. Each promise resolves
 * after the commit. If the commit fails, every promise of that turn rejects with STORE_UNAVAILABLE and nothing is written.
 */
export function createGroupCommit(db: DatabaseSync): GroupCommit {
  let waiting: Waiting[] = [];

  /** Never throws: the original failure is the one to report, and a closed or broken database has nothing to roll back. */
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
