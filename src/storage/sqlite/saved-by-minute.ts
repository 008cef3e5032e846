import type { DatabaseSync } from 'node:sqlite';

/** Numbers of reports, each with the minute in which they were served (its start, epoch ms). */
export type SavedByMinute = readonly (readonly [minute: number, reports: number])[];

/** The stored counts of reports served without a purchase. To be called inside a transaction. */
export function createSavedByMinute(db: DatabaseSync): { add(counts: SavedByMinute): void } {
  const insert = db.prepare(
    'INSERT INTO saved_by_minute (at, reports) VALUES (?, ?) ON CONFLICT DO UPDATE SET reports = reports + excluded.reports',
  );
  return {
    add(counts) {
      for (const [minute, reports] of counts) insert.run(minute, reports);
    },
  };
}
