import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { storeUnavailable } from '../../errors.js';

export interface GroupCommit {
  /**
   * Runs `work` in a transaction shared with everything else written in this turn of the event loop. While another program
   * is writing to the ledger, it waits a second without holding up anything else, then rejects with STORE_UNAVAILABLE.
   */
  write<T>(work: () => T): Promise<T>;
  /** Resolves when nothing waits to be written any more. */
  drain(): Promise<void>;
}

interface Waiting {
  /** When it gives up, by the monotonic clock. */
  readonly until: number;
  run(): void;
  resolve(): void;
  reject(error: unknown): void;
}

const PATIENCE_MS = 1_000;
const TRY_AGAIN_MS = 20;
/** Writes of one transaction. More of them are several, between which the event loop turns. */
const MOST_AT_ONCE = 200;
/** The lowest byte of all of SQLite's codes for "locked by another connection". */
const SQLITE_BUSY = 5;
/** The same for what it has against a value: too big, violates a constraint, of another type. */
const SQLITE_VALUE = [18, 19, 20];

/**
 * One transaction, and so one disk sync, for everything written in one turn of the event loop. Each promise resolves
 * after the commit. If the commit fails, every promise of it rejects with STORE_UNAVAILABLE and nothing is written; if only
 * something that was to be written is at fault, not the disk, each is written in a transaction of its own instead.
 * The connection must not wait for locks itself (`busy_timeout`), since that would stop the event loop.
 */
export function createGroupCommit(db: DatabaseSync): GroupCommit {
  const waiting: Waiting[] = [];

  /** Never throws: the original failure is the one to report, and a closed or broken database has nothing to roll back. */
  function rollBack(): void {
    try {
      if (db.isTransaction) db.exec('ROLLBACK');
    } catch {
      return;
    }
  }

  function commit(group: readonly Waiting[]): void {
    try {
      for (const work of group) work.run();
      db.exec('COMMIT');
    } catch (error) {
      rollBack();
      if (group.length > 1 && !isOfDisk(error)) return group.forEach(commitAlone);
      for (const work of group) work.reject(storeUnavailable(error));
      return;
    }
    for (const work of group) work.resolve();
  }

  function commitAlone(work: Waiting): void {
    try {
      db.exec('BEGIN IMMEDIATE');
    } catch (error) {
      return work.reject(storeUnavailable(error));
    }
    commit([work]);
  }

  function giveUp(count: number, error: unknown): void {
    for (const work of waiting.splice(0, count)) work.reject(storeUnavailable(error));
  }

  function flush(): void {
    if (waiting.length === 0) return;
    try {
      db.exec('BEGIN IMMEDIATE');
    } catch (error) {
      if (!isBusy(error)) return giveUp(waiting.length, error);
      const now = performance.now();
      const patient = waiting.findIndex(({ until }) => until > now);
      giveUp(patient === -1 ? waiting.length : patient, error);
      if (waiting.length > 0) setTimeout(flush, TRY_AGAIN_MS);
      return;
    }
    commit(waiting.splice(0, MOST_AT_ONCE));
    if (waiting.length > 0) setImmediate(flush);
  }

  return {
    write: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        let result: T;
        if (waiting.length === 0) setImmediate(flush);
        const until = performance.now() + PATIENCE_MS;
        waiting.push({ until, run: () => (result = work()), resolve: () => resolve(result), reject });
      }),

    async drain() {
      while (waiting.length > 0) await pause(TRY_AGAIN_MS);
    },
  };
}

function isBusy(error: unknown): boolean {
  return codeOf(error) === SQLITE_BUSY;
}

/** Whether nothing else could be written either. */
function isOfDisk(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && !SQLITE_VALUE.includes(code);
}

/** Null: it is not SQLite's. */
function codeOf(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : null;
}
