import type { DatabaseSync } from 'node:sqlite';
import type { Ledger } from '../../datasources/reports/ports.js';
import { storeUnavailable } from './database.js';
import { createEntries } from './entries.js';
import { createGroupCommit } from './group-commit.js';
import { createJournal } from './journal.js';
import { createPollingProgress } from './polling-progress.js';
import { createSavedCount } from './saved-count.js';
import { createSubscribers } from './subscribers.js';

/** Entries pruned per transaction. That takes a few milliseconds, during which nothing else is served. */
const PRUNED_AT_ONCE = 200;

/**
 * The ledger on SQLite, for one process; subscribers are notified within it. `onListenerError` is called when a subscriber
 * throws. Closing the ledger stores what is pending; the caller closes the database after it.
 */
export function createSqliteLedger(
  db: DatabaseSync,
  onListenerError: (error: unknown) => void = (error) => process.emitWarning(String(error)),
): Ledger {
  const group = createGroupCommit(db);
  const saved = createSavedCount(db, group);
  const journal = createJournal(db);
  const polling = createPollingProgress();
  const entries = createEntries(db, journal, (stored) => polling.current(stored));
  const subscribers = createSubscribers(onListenerError);
  const since = Number(db.prepare("SELECT value FROM meta WHERE key = 'since'").get()?.['value']);

  return {
    since,

    read: (id) => attempt(() => entries.read(id)),

    async commit(report, transitions) {
      const committed = await group.write(() => entries.apply(report, transitions));
      for (const { won, entry } of committed) {
        if (!won) continue;
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

    unfinished: () => attempt(() => entries.unfinished()),

    unusualRequests: () => attempt(() => entries.unusualRequests()),

    subscribe: async (id, listener) => subscribers.add(id, listener),

    countSaved: (reports) => saved.add(reports),

    async usage(from, until) {
      await saved.store();
      return attempt(() => ({ ...journal.count(from, until), saved: saved.sum(from, until) }));
    },

    async prune(now) {
      while ((await group.write(() => entries.prune(now, PRUNED_AT_ONCE))) === PRUNED_AT_ONCE);
    },

    async ping() {
      await group.write(() =>
        db
          .prepare("INSERT INTO meta (key, value) VALUES ('ping', ?) ON CONFLICT DO UPDATE SET value = excluded.value")
          .run(Date.now()),
      );
    },

    async close() {
      await saved.close();
      group.flush();
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
