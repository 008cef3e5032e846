import type { DatabaseSync } from 'node:sqlite';
import { DAY_MS, dayOf } from '../../datasources/reports/charges.js';
import { LedgerLost, type Committed, type Ledger } from '../../datasources/reports/ports.js';
import { leadsToPurchase } from '../../datasources/reports/transition.js';
import { storeUnavailable } from '../../errors.js';
import { createBuyingSwitch } from './buying-switch.js';
import { createCharges } from './charges.js';
import { createEntries, type DamagedRow } from './entries.js';
import { createGroupCommit } from './group-commit.js';
import type { Guard } from './guard.js';
import { createJournal } from './journal.js';
import { createPollingProgress } from '../shared/polling-progress.js';
import { createSavedCount } from './saved-count.js';
import { createStanding } from './standing.js';
import { createSubscribers } from '../shared/subscribers.js';
import { createTrustedTime } from './trusted-time.js';
import { createUncertain } from './uncertain.js';
import { createUsageSums } from './usage-sums.js';
import { createWinners } from './winners.js';

/** Entries pruned per transaction. That takes a few milliseconds, during which nothing else is served. */
const PRUNED_AT_ONCE = 200;

/** A ledger that was written so long ago is still writable, as far as a ping has to know. */
const WRITABLE_FOR_MS = 5_000;

export interface LedgerOptions {
  readonly guard?: Pick<Guard, 'fault'> | undefined;
  /** Called when a subscriber throws. */
  readonly onListenerError?: ((error: unknown) => void) | undefined;
  /** Called once for each row that cannot be read. */
  readonly onDamage?: ((row: DamagedRow) => void) | undefined;
}

/**
 * The ledger on SQLite, for one process; subscribers are notified within it. Closing the ledger stores what is pending; the
 * caller closes the database after it.
 */
export function createSqliteLedger(db: DatabaseSync, options: LedgerOptions = {}): Ledger {
  const { guard, onListenerError = (error) => process.emitWarning(String(error)) } = options;
  const group = createGroupCommit(db);
  const saved = createSavedCount(db, group);
  const journal = createJournal(db, createUsageSums(db));
  const charges = createCharges(db);
  const buying = createBuyingSwitch(db);
  const polling = createPollingProgress();
  const entries = createEntries(db, {
    journal,
    charges,
    buying,
    current: (stored) => polling.current(stored),
    onDamage: options.onDamage,
  });
  const uncertain = createUncertain(db, entries);
  const subscribers = createSubscribers(onListenerError);
  const winners = createWinners();
  const time = createTrustedTime(db);
  /** Nobody else leaves anything behind while this process has the ledger. */
  let adopted = false;
  const standing = createStanding(db);

  /** When a write last succeeded, unless one has failed since. */
  let writtenAt = -Infinity;

  /** In the transaction that it may prevent. It fails alone: what is stored with it may be what was paid for. */
  function unlessFault<T>(work: () => T): T | Error {
    const fault = guard?.fault() ?? null;
    return fault === null ? work() : new LedgerLost(fault);
  }

  async function write<T>(work: () => T | Error): Promise<T> {
    const result = await group.write(work).catch((error: unknown) => {
      writtenAt = -Infinity;
      throw error;
    });
    if (result instanceof Error) throw storeUnavailable(result);
    writtenAt = performance.now();
    return result;
  }

  return {
    since: journal.since,
    trustedAt: time.storedAt,

    read: (id) => attempt(() => entries.read(id)),

    async commit(report, transitions) {
      const again: boolean[] = [];
      const apply = (): readonly Committed[] =>
        entries.apply(report, transitions).map((each, index) => {
          const step = transitions[index];
          again[index] = !each.won && step !== undefined && winners.has(step, each.entry);
          return again[index] ? { won: true, entry: each.entry } : each;
        });
      // What was bought already is always stored, wherever the ledger is.
      const committed = await write(transitions.some(leadsToPurchase) ? () => unlessFault(apply) : apply);
      for (const [index, { won, entry }] of committed.entries()) {
        const step = transitions[index];
        if (!won || !step || again[index]) continue;
        winners.add(step, entry);
        polling.entered(entry);
        subscribers.notify(entry);
      }
      return committed;
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

    mayBuy: () => (guard?.fault() ?? null) === null && buying.isOn(),

    unusualRequests: () => attempt(() => entries.unusualRequests()),

    subscribe: async (id, listener) => subscribers.add(id, listener),

    othersWithLink: (link, own) => attempt(() => entries.othersWithLink(link, own)),

    charged: (charge) => attempt(() => charges.count(charge)),

    buying: () => attempt(() => buying.isOn()),

    setBuying: (enabled) => group.write(() => buying.set(enabled)),

    countSaved: (reports) => saved.add(reports),

    async usage(from, until) {
      return attempt(() => {
        const counts = journal.count(from, until);
        return { ...counts, saved: counts.saved + saved.inMemory(from, until) };
      });
    },

    standing: (ages) => attempt(() => standing(ages, Date.now())),

    async usageByDay(days) {
      return attempt(() => {
        const unsaved = (day: number): number => saved.inMemory(day, day + DAY_MS - 1);
        const counted = journal.countDays(days);
        return counted.map((counts, index) => ({ ...counts, saved: counts.saved + unsaved(days[index] ?? 0) }));
      });
    },

    uncertainCount: () => attempt(() => uncertain.count()),

    uncertain: (after, most) => attempt(() => uncertain.page(after, most)),

    latest: () => attempt(() => journal.latest()),

    trust: (now) => group.write(() => time.store(now)),

    async prune(expiredBefore, refusedBefore = expiredBefore, keeps = () => false) {
      const step = (): number => entries.prune({ expiredBefore, refusedBefore, keeps }, PRUNED_AT_ONCE);
      while ((await write(() => unlessFault(step))) === PRUNED_AT_ONCE);
      await write(() => unlessFault(() => charges.prune(dayOf(expiredBefore))));
    },

    async ping() {
      const found = await attempt(() => unlessFault(() => null));
      if (found !== null) throw storeUnavailable(found);
      if (performance.now() - writtenAt < WRITABLE_FOR_MS) return;
      await write(() =>
        unlessFault(() => {
          db.prepare(
            "INSERT INTO meta (key, value) VALUES ('ping', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
          ).run(Date.now());
        }),
      );
    },

    async close() {
      await saved.close();
      await group.drain();
    },
  };
}

async function attempt<T>(work: () => T): Promise<T> {
  try {
    return work();
  } catch (error) {
    throw storeUnavailable(error);
  }
}
