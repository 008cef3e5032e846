import type { Database } from './connections.js';

const MINUTE_MS = 60_000;
/** How long a count may stay in memory before it is stored. */
const STORE_EVERY_MS = 1_000;

/** Counts reports served without a purchase, by the minute; first in memory, since serving one needs no write. */
export interface SavedCount {
  add(reports: number): void;
  /** Stores what is in memory. */
  store(): Promise<void>;
  close(): Promise<void>;
}

export function createSavedCount(database: Database): SavedCount {
  /** By the start of the minute, epoch ms. */
  let unsaved = new Map<number, number>();
  let last: Promise<void> = Promise.resolve();

  function add(minute: number, reports: number): void {
    if (reports > 0) unsaved.set(minute, (unsaved.get(minute) ?? 0) + reports);
  }

  async function storeOnce(): Promise<void> {
    if (unsaved.size === 0) return;
    const taken = unsaved;
    unsaved = new Map();
    try {
      await database.write(
        `INSERT INTO ${database.schema}.saved_by_minute AS s (at, reports)
         SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS t (at, reports) ORDER BY at
         ON CONFLICT (at) DO UPDATE SET reports = s.reports + excluded.reports`,
        [[...taken.keys()], [...taken.values()]],
      );
    } catch (error) {
      // If it was stored after all it is counted twice, which is less wrong than not at all: nothing is billed by it.
      for (const [minute, reports] of taken) add(minute, reports);
      throw error;
    }
  }

  /** One after another: whoever waits for one finds everything in the database that was counted before. */
  function store(): Promise<void> {
    return (last = last.catch(() => undefined).then(storeOnce));
  }

  const timer = setInterval(() => void store().catch(() => undefined), STORE_EVERY_MS).unref();

  return {
    add: (reports) => add(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS, reports),
    store,
    async close() {
      clearInterval(timer);
      await store().catch(() => undefined);
    },
  };
}
