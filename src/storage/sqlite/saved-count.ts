import type { DatabaseSync } from 'node:sqlite';
import type { GroupCommit } from './group-commit.js';

/** How long a count may stay in memory before it is stored. */
const FLUSH_MS = 1_000;
const MINUTE_MS = 60_000;
/** Older counts are merged into one row per minute. */
const EXACT_FOR_MS = 60 * MINUTE_MS;

/** Counts reports served without a purchase. Kept in memory first, since serving one needs no write. */
export interface SavedCount {
  add(reports: number): void;
  /** Stores the counts in memory. Throws STORE_UNAVAILABLE and keeps them if that fails. */
  store(): Promise<void>;
  /** The stored count for `since` ≤ t ≤ `until` (epoch ms). */
  sum(since: number, until: number): number;
  /** Merges old rows into one per minute. `now` in epoch ms. */
  compact(now: number): Promise<void>;
  close(): Promise<void>;
}

export function createSavedCount(db: DatabaseSync, group: GroupCommit): SavedCount {
  /** Number of reports by the time they were served (epoch ms). */
  const unsaved = new Map<number, number>();
  const insert = db.prepare(
    'INSERT INTO saved (at, reports) VALUES (?, ?) ON CONFLICT DO UPDATE SET reports = reports + excluded.reports',
  );
  const sumOf = db.prepare(`
    SELECT (SELECT coalesce(sum(reports), 0) FROM saved WHERE at >= :since AND at <= :until)
      + (SELECT coalesce(sum(reports), 0) FROM saved_by_minute WHERE at >= :since AND at <= :until) AS reports`);
  const oldest = db.prepare('SELECT min(at) AS at FROM saved');
  const addMinute = db.prepare(`
    INSERT INTO saved_by_minute (at, reports) SELECT :minute, sum(reports) FROM saved WHERE at < :next
    ON CONFLICT DO UPDATE SET reports = reports + excluded.reports`);
  const removeBefore = db.prepare('DELETE FROM saved WHERE at < ?');

  function add(at: number, reports: number): void {
    if (reports > 0) unsaved.set(at, (unsaved.get(at) ?? 0) + reports);
  }

  /** Takes the counts inside the transaction, so that a concurrent caller waits for the same write. */
  async function store(): Promise<void> {
    if (unsaved.size === 0) return;
    let taken: [at: number, reports: number][] = [];
    try {
      await group.write(() => {
        taken = [...unsaved];
        unsaved.clear();
        for (const [at, reports] of taken) insert.run(at, reports);
      });
    } catch (error) {
      for (const [at, reports] of taken) add(at, reports);
      throw error;
    }
  }

  /** Merges the oldest minute; false if there is none that is old enough. */
  function compactOne(before: number): boolean {
    const at = oldest.get()?.['at'];
    if (typeof at !== 'number') return false;
    const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    const next = minute + MINUTE_MS;
    if (next > before) return false;
    addMinute.run({ minute, next });
    removeBefore.run(next);
    return true;
  }

  const flushing = setInterval(() => void store().catch(() => undefined), FLUSH_MS).unref();

  return {
    add: (reports) => add(Date.now(), reports),
    store,
    sum: (since, until) => Number(sumOf.get({ since, until })?.['reports']),
    async compact(now) {
      while (await group.write(() => compactOne(now - EXACT_FOR_MS)));
    },
    async close() {
      clearInterval(flushing);
      await store().catch(() => undefined);
    },
  };
}
