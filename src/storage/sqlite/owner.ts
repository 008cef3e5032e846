import { randomInt } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

const ASK_EVERY_MS = 50;
const LARGEST_QUESTION = 2 ** 47;

interface OwnerRow {
  readonly epoch: number;
  readonly lock: number | null;
  readonly question: number | null;
  readonly answer: number | null;
}

/** This process as the one that writes to the ledger. */
export interface Owner {
  /** The number of times that the ledger had been taken over when this process did. */
  readonly epoch: number;
  /** Whether no other process has taken the ledger over. */
  isCurrent(): boolean;
  /** Whether a process that found another lock file wants to know if this one lives. To be asked every second or so. */
  isAsked(): boolean;
  /** Lets it know. */
  answer(): void;
  /** The next process need not ask. */
  leave(): void;
}

/**
 * The lock file can be removed, and then a second process locks a new one. So the owner is also recorded in the ledger
 * itself, with the number of its lock file. Whoever holds that very lock file knows that the owner is gone. Whoever holds
 * another one asks, and throws an Error if the owner answers within `patienceMs` milliseconds. No clock is compared, and no
 * process id, which mean nothing across containers.
 */
export function requireNoOwner(db: DatabaseSync, lockId: number, patienceMs: number): void {
  const recorded = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'owner'").get();
  if (!recorded || [null, lockId].includes(ownerIn(db).lock)) return;
  const question = randomInt(1, LARGEST_QUESTION);
  db.prepare('UPDATE owner SET question = ?').run(question);
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += ASK_EVERY_MS) {
    sleep(ASK_EVERY_MS);
    const { lock, answer } = ownerIn(db);
    if (lock === null) return;
    if (answer === question) throw new Error('another process is using it, whose lock file was removed.');
  }
}

/** Makes this process the owner; whoever was it before no longer is. */
export function becomeOwner(db: DatabaseSync, lockId: number): Owner {
  db.prepare('UPDATE owner SET epoch = epoch + 1, lock = ?, question = NULL, answer = NULL').run(lockId);
  return ownerSince(db, ownerIn(db).epoch);
}

/** This process as the owner that it became, for any of its connections. */
export function ownerSince(db: DatabaseSync, epoch: number): Owner {
  const select = db.prepare('SELECT * FROM owner');
  const answer = db.prepare('UPDATE owner SET answer = question WHERE epoch = ?');
  const current = (): OwnerRow => select.get() as unknown as OwnerRow;

  return {
    epoch,
    isCurrent: () => current().epoch === epoch,
    isAsked() {
      const asked = current();
      return asked.epoch === epoch && asked.question !== asked.answer;
    },
    answer: () => void answer.run(epoch),
    leave: () => void db.prepare('UPDATE owner SET lock = NULL WHERE epoch = ?').run(epoch),
  };
}

function ownerIn(db: DatabaseSync): OwnerRow {
  return db.prepare('SELECT * FROM owner').get() as unknown as OwnerRow;
}

/** Blocks: nothing else happens before the ledger is open. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
