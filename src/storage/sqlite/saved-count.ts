import type { SavedByMinute } from './saved-by-minute.js';
import { minuteOf } from '../shared/usage-spans.js';

/** How long a count may stay in memory before it is stored. */
const FLUSH_MS = 1_000;

/** Counts reports served without a purchase, by the minute. Kept in memory first, since serving one needs no write. */
export interface SavedCount {
  add(reports: number): void;
  /** Resolves when each count is in memory or stored, and not being stored; at once, mostly. */
  settled(): Promise<void>;
  /** What is not stored yet of every minute of which `since` ≤ t ≤ `until` (epoch ms) contains any part. */
  inMemory(since: number, until: number): number;
  close(): Promise<void>;
}

/** `store` rejects if it has stored nothing. */
export function createSavedCount(store: (counts: SavedByMinute) => Promise<void>): SavedCount {
  /** Number of reports by the minute in which they were served (its start, epoch ms). */
  const unsaved = new Map<number, number>();
  let storing: Promise<void> | null = null;

  function add(minute: number, reports: number): void {
    if (reports > 0) unsaved.set(minute, (unsaved.get(minute) ?? 0) + reports);
  }

  /** What could not be stored is in memory again. */
  async function flush(): Promise<void> {
    const taken = [...unsaved];
    unsaved.clear();
    await store(taken).catch(() => {
      for (const [minute, reports] of taken) add(minute, reports);
    });
    storing = null;
  }

  async function settled(): Promise<void> {
    await storing;
  }

  function inMemory(since: number, until: number): number {
    const from = minuteOf(since);
    const within = [...unsaved].filter(([minute]) => minute >= from && minute <= until);
    return within.reduce((total, [, reports]) => total + reports, 0);
  }

  const flushing = setInterval(() => {
    if (unsaved.size > 0) storing ??= flush();
  }, FLUSH_MS).unref();

  return {
    add: (reports) => add(minuteOf(Date.now()), reports),
    settled,
    inMemory,
    async close() {
      clearInterval(flushing);
      await settled();
      if (unsaved.size > 0) await flush();
    },
  };
}
