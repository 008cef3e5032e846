import type { DatabaseSync } from 'node:sqlite';
import { LedgerLost } from '../../datasources/reports/ports.js';
import type { LearnedId, Look } from '../../datasources/reports/sent-purchases.js';
import { storeUnavailable } from '../../errors.js';
import type { WrittenAlias } from './aliases.js';
import { createBuyingSwitch } from './buying-switch.js';
import { createCharges } from './charges.js';
import { createEntries, type DamagedRow, type Prunable } from './entries.js';
import { createGroupCommit } from './group-commit.js';
import { createJournal } from './journal.js';
import { createKeptPurchases } from './kept-purchases.js';
import { createSavedByMinute, type SavedByMinute } from './saved-by-minute.js';
import { createTrustedTime } from './trusted-time.js';
import { createUsageSums } from './usage-sums.js';
import type { StepResult, WrittenReport, WrittenStep } from './written-step.js';

/**
 * All that is written to the ledger while it is open. A method resolves when its work is on disk, in the order of the calls,
 * and throws STORE_UNAVAILABLE if it is not stored. Arguments and results can be passed between threads.
 */
export interface LedgerWriter {
  /**
   * As `Ledger.commit` does for the report with this id and request (as text), without notifying anybody. What leads to a
   * purchase is not stored in a ledger that is lost.
   */
  commit(id: string, request: string, steps: readonly WrittenStep[]): Promise<readonly StepResult[]>;
  /** The same for `Ledger.commitAs`. */
  commitAs(bought: WrittenReport, asked: WrittenReport): Promise<WrittenAlias>;
  setBuying(enabled: boolean): Promise<void>;
  /** Adds to the counts of reports served without a purchase. */
  addSaved(counts: SavedByMinute): Promise<void>;
  /** Stores that the clock was trusted at this time (epoch ms). */
  trust(now: number): Promise<void>;
  /** Removes entries: see `Entries.prune`. Resolves to how many. */
  prune(which: Prunable, most: number): Promise<number>;
  /** Forgets what was charged before this day. */
  pruneCharges(day: string): Promise<void>;
  /** Forgets at most `most` purchases that were sent before this time (epoch ms); resolves to how many. */
  prunePurchases(sentBefore: number, most: number): Promise<number>;
  /** See `SentPurchases`. */
  learn(learned: readonly LearnedId[]): Promise<void>;
  /** The same. */
  looked(looks: readonly Look[]): Promise<void>;
  /** Writes something, and so finds out whether anything can be written that leads to a purchase. */
  ping(): Promise<void>;
  /** Lets another process that asks know that this one has the ledger. */
  answer(): Promise<void>;
  /** Why nothing can be written any more, until the next start; null if it can. */
  fault(): string | null;
  /** Resolves when everything is stored that was to be written before. */
  close(): Promise<void>;
}

export interface WriterOptions {
  /** Why nothing may be bought into this ledger now; null if it may. Asked in the transaction that it may prevent. */
  readonly fault: () => string | null;
  /** Lets the process that asks know that this one lives. */
  readonly answer: () => void;
  /** Called for each row that cannot be read, as often as it is met. */
  readonly onDamage: (row: DamagedRow) => void;
}

/** Writes on this thread, and so stops it for as long as the disk takes. `db` must not wait for locks: see `group-commit.ts`. */
export function createWriter(db: DatabaseSync, { fault, answer, onDamage }: WriterOptions): LedgerWriter {
  const group = createGroupCommit(db);
  const buying = createBuyingSwitch(db);
  const charges = createCharges(db);
  const journal = createJournal(db, createUsageSums(db));
  const purchases = createKeptPurchases(db);
  const entries = createEntries(db, { journal, charges, buying, purchases, current: (stored) => stored, onDamage });
  const saved = createSavedByMinute(db);
  const time = createTrustedTime(db);
  const upsertPing = db.prepare(
    "INSERT INTO meta (key, value) VALUES ('ping', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );

  /**
   * `unlessLost`: it fails, alone, in a ledger that is lost; what is stored with it may be what was paid for. Every commit takes
   * this one way, on which no later one can overtake it.
   */
  async function write<T>(work: () => T, { unlessLost }: { readonly unlessLost: boolean }): Promise<T> {
    const result = await group.write(() => {
      const found = unlessLost ? fault() : null;
      return found === null ? { stored: work() } : { found };
    });
    if ('found' in result) throw storeUnavailable(new LedgerLost(result.found));
    return result.stored;
  }

  const unlessLost = <T>(work: () => T): Promise<T> => write(work, { unlessLost: true });

  return {
    commit: (id, request, steps) =>
      // What was bought already is always stored, wherever the ledger is.
      write(() => entries.apply(id, request, steps), { unlessLost: steps.some((step) => step.leadsToPurchase) }),
    commitAs: (bought, asked) => unlessLost(() => entries.applyAs(bought, asked)),
    setBuying: (enabled) => group.write(() => buying.set(enabled)),
    addSaved: (counts) => group.write(() => saved.add(counts)),
    trust: (now) => group.write(() => time.store(now)),
    prune: (which, most) => unlessLost(() => entries.prune(which, most)),
    pruneCharges: (day) => unlessLost(() => charges.prune(day)),
    prunePurchases: (sentBefore, most) => unlessLost(() => purchases.prune(sentBefore, most)),
    learn: (learned) => group.write(() => purchases.learn(learned)),
    looked: (looks) => group.write(() => purchases.looked(looks)),
    ping: () => unlessLost(() => void upsertPing.run(Date.now())),
    answer: () => group.write(answer),
    fault: () => null,
    close: () => group.drain(),
  };
}
