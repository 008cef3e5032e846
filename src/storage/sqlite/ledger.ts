import type { DatabaseSync } from 'node:sqlite';
import { DAY_MS, dayOf } from '../../datasources/reports/charges.js';
import { LedgerLost, type Committed, type Ledger, type ReportRecord } from '../../datasources/reports/ports.js';
import { SENT_KEPT_MS } from '../../datasources/reports/sent-purchases.js';
import type { Transition } from '../../datasources/reports/transition.js';
import { storeUnavailable } from '../../errors.js';
import { createPollingProgress } from '../shared/polling-progress.js';
import { createSubscribers } from '../shared/subscribers.js';
import { createBuyingSwitch } from './buying-switch.js';
import { createCharges } from './charges.js';
import { createEntries, type DamagedRow } from './entries.js';
import type { Guard } from './guard.js';
import { createJournal } from './journal.js';
import { createKeptPurchases } from './kept-purchases.js';
import { createSavedCount } from './saved-count.js';
import { createStanding } from './standing.js';
import { createTrustedTime } from './trusted-time.js';
import { createUncertain } from './uncertain.js';
import { createUsageSums } from './usage-sums.js';
import { createWinners } from './winners.js';
import type { LedgerWriter } from './writer.js';
import { committedOf, writtenReport, writtenStep, type StepResult } from './written-step.js';

/** Entries pruned per transaction. That takes a few milliseconds, during which nothing else is written. */
const PRUNED_AT_ONCE = 200;

/** A ledger that was written so long ago is still writable, as far as a ping has to know. */
const WRITABLE_FOR_MS = 5_000;

export interface LedgerOptions {
  readonly guard?: Pick<Guard, 'fault'> | undefined;
  /** Called when a subscriber throws. */
  readonly onListenerError?: ((error: unknown) => void) | undefined;
  /** Called for each row that cannot be read, as often as it is met. */
  readonly onDamage?: ((row: DamagedRow) => void) | undefined;
}

/**
 * The ledger on SQLite, for one process; subscribers are notified within it. It reads from `db`, and sees what the writer
 * has stored as soon as that is on disk. Closing the ledger closes the writer; the caller closes the database after it.
 */
export function createSqliteLedger(db: DatabaseSync, writer: LedgerWriter, options: LedgerOptions = {}): Ledger {
  const { guard, onListenerError = (error) => process.emitWarning(String(error)) } = options;
  const saved = createSavedCount((counts) => writer.addSaved(counts));
  const journal = createJournal(db, createUsageSums(db));
  const charges = createCharges(db);
  const buying = createBuyingSwitch(db);
  const polling = createPollingProgress();
  const purchases = createKeptPurchases(db);
  const entries = createEntries(db, {
    journal,
    charges,
    buying,
    purchases,
    current: (stored) => polling.current(stored),
    onDamage: options.onDamage ?? (() => undefined),
  });
  const uncertain = createUncertain(db, entries);
  const subscribers = createSubscribers(onListenerError);
  const winners = createWinners();
  const time = createTrustedTime(db);
  /** Nobody else leaves anything behind while this process has the ledger. */
  let adopted = false;
  const standing = createStanding(db);

  /** When a write last succeeded, unless a read or a write has failed since. */
  let writtenAt = -Infinity;

  async function written<T>(writing: Promise<T>): Promise<T> {
    try {
      const result = await writing;
      writtenAt = performance.now();
      return result;
    } catch (error) {
      writtenAt = -Infinity;
      throw error;
    }
  }

  async function read(id: string): Promise<ReportRecord | null> {
    try {
      return await attempt(() => entries.read(id));
    } catch (error) {
      writtenAt = -Infinity;
      throw error;
    }
  }

  /** Tells what has won, and returns the entries as they are now. */
  function announced(transitions: readonly Transition[], results: readonly StepResult[]): readonly Committed[] {
    return transitions.map((step, index) => {
      const committed = committedOf(step, results[index] as StepResult);
      if (!committed.won) {
        const entry = polling.current(committed.entry);
        return winners.has(step, entry) ? { won: true, entry } : { ...committed, entry };
      }
      winners.add(step, committed.entry);
      polling.entered(committed.entry);
      subscribers.notify(committed.entry);
      return committed;
    });
  }

  return {
    purchases: {
      between: (from, until, after, most) => attempt(() => purchases.between(from, until, after, most)),
      sought: (after, most) => attempt(() => purchases.sought(after, most)),
      nextLook: () => attempt(() => purchases.nextLook()),
      withIds: (ids) => attempt(() => purchases.withIds(ids)),
      learn: (learned) => written(writer.learn(learned)),
      looked: (looks) => written(writer.looked(looks)),
      // Nobody else has the ledger.
      readsLog: async () => true,
    },
    since: journal.since,
    trustedAt: time.storedAt,

    read,

    async commit({ id, request }, transitions) {
      const steps = transitions.map(writtenStep);
      return announced(transitions, await written(writer.commit(id, JSON.stringify(request), steps)));
    },

    async commitAs(report, claims, alias) {
      const outcome = await written(
        writer.commitAs(writtenReport(report, claims), writtenReport(alias.report, alias.steps)),
      );
      const { results, aliases } = outcome;
      const committed = results
        ? announced(claims, results)
        : claims.map(({ before }) => ({ won: false, entry: before }));
      // Whoever follows the asked id finds the claims there.
      for (const entry of aliases ?? []) subscribers.notify(entry);
      return { committed, aliases };
    },

    async progress(entry) {
      polling.set(entry);
      subscribers.notify(entry);
    },

    body: (entry) => attempt(() => entries.body(entry)),

    async adopt() {
      const found = adopted ? [] : await attempt(() => entries.unfinished());
      adopted = true;
      return found;
    },

    handOver: async () => undefined,

    // No other process reads it, and what a release must know to open it is in its migrations.
    canWrite: () => true,
    mayBuy: () => (guard?.fault() ?? null) === null && buying.isOn(),

    unusualRequests: () => attempt(() => entries.unusualRequests()),

    subscribe: async (id, listener) => subscribers.add(id, listener),

    othersWithLink: (link, own) => attempt(() => entries.othersWithLink(link, own)),

    charged: (charge) => attempt(() => charges.count(charge)),

    buying: () => attempt(() => buying.isOn()),

    setBuying: (enabled) => written(writer.setBuying(enabled)),

    countSaved: (reports) => saved.add(reports),

    async usage(from, until) {
      await saved.settled();
      return atOnce(db, () => {
        const counts = journal.count(from, until);
        return { ...counts, saved: counts.saved + saved.inMemory(from, until) };
      });
    },

    standing: (ages) => atOnce(db, () => standing(ages, Date.now())),

    async usageByDay(days) {
      await saved.settled();
      return atOnce(db, () => {
        const unsaved = (day: number): number => saved.inMemory(day, day + DAY_MS - 1);
        const counted = journal.countDays(days);
        return counted.map((counts, index) => ({ ...counts, saved: counts.saved + unsaved(days[index] ?? 0) }));
      });
    },

    uncertainCount: () => attempt(() => uncertain.count()),

    uncertain: (after, most) => atOnce(db, () => uncertain.page(after, most)),

    latest: () => attempt(() => journal.latest()),

    trust: (now) => written(writer.trust(now)),

    async prune(expiredBefore, refusedBefore = expiredBefore, keeps = () => false) {
      const before = { expiredBefore, refusedBefore };
      let pruned = PRUNED_AT_ONCE;
      while (pruned === PRUNED_AT_ONCE) {
        const found = await attempt(() => entries.prunable(before, PRUNED_AT_ONCE));
        const reports = new Map(found.map(({ id }) => [id, keeps(id)]));
        pruned = await written(writer.prune({ ...before, keeps: reports }, PRUNED_AT_ONCE));
      }
      await written(writer.pruneCharges(dayOf(expiredBefore)));
      const sentBefore = Math.floor(Math.min(expiredBefore, Date.now()) - SENT_KEPT_MS);
      while ((await written(writer.prunePurchases(sentBefore, PRUNED_AT_ONCE))) === PRUNED_AT_ONCE);
    },

    async ping() {
      const failed = writer.fault() !== null;
      const found = failed ? null : await attempt(() => guard?.fault() ?? null);
      if (found !== null) throw storeUnavailable(new LedgerLost(found));
      if (failed || performance.now() - writtenAt >= WRITABLE_FOR_MS) await written(writer.ping());
    },

    async close() {
      await saved.close();
      await writer.close();
    },
  };
}

/** What several statements read is as it was at one moment, whatever is written meanwhile. */
function atOnce<T>(db: DatabaseSync, read: () => T): Promise<T> {
  return attempt(() => {
    db.exec('BEGIN');
    try {
      return read();
    } finally {
      db.exec('COMMIT');
    }
  });
}

async function attempt<T>(work: () => T): Promise<T> {
  try {
    return work();
  } catch (error) {
    throw storeUnavailable(error);
  }
}
