import type { DatabaseSync } from 'node:sqlite';
import type { GroupCommit } from './group-commit.js';
import { minuteOf } from './usage-sums.js';

/** How long a count may stay in memory before it is stored. */
const FLUSH_MS = 1_000;

/** Counts reports served without a purchase, by the minute. Kept in memory first, since serving one needs no write. */
export interface SavedCount {
  add(reports: number): void;
  /** What is not stored yet of every minute of which `since` ≤ t ≤ `until` (epoch ms) contains any part. */
  inMemory(since: number, until: number): number;
  close(): Promise<void>;
}

export function createSavedCount(db: DatabaseSync, group: GroupCommit): SavedCount {
  /** Number of reports by the minute in which they were served (its start, epoch ms). */
  const unsaved = new Map<number, number>();
  const insert = db.prepare(
    'INSERT INTO saved_by_minute (at, reports) VALUES (?, ?) ON CONFLICT DO UPDATE SET reports = reports + excluded.reports',
  );

  function add(minute: number, reports: number): void {
    if (reports > 0) unsaved.set(minute, (unsaved.get(minute) ?? 0) + reports);
  }

  /** Takes the counts inside the transaction, so that each of them is in memory or stored. Keeps them if that fails. */
  async function store(): Promise<void> {
    if (unsaved.size === 0) return;
    let taken: [minute: number, reports: number][] = [];
    try {
      await group.write(() => {
        taken = [...unsaved];
        unsaved.clear();
        for (const [minute, reports] of taken) insert.run(minute, reports);
      });
    } catch (error) {
      for (const [minute, reports] of taken) add(minute, reports);
      throw error;
    }
  }

  function inMemory(since: number, until: number): number {
    const from = minuteOf(since);
    const within = [...unsaved].filter(([minute]) => minute >= from && minute <= until);
    return within.reduce((total, [, reports]) => total + reports, 0);
  }

  const flushing = setInterval(() => void store().catch(() => undefined), FLUSH_MS).unref();

  return {
    add: (reports) => add(minuteOf(Date.now()), reports),
    inMemory,
    async close() {
      clearInterval(flushing);
      await store().catch(() => undefined);
    },
  };
}
