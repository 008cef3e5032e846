import type { DatabaseSync } from 'node:sqlite';

const KEY = 'trusted_at';

/** The latest time at which a process trusted its clock: what the next process compares its own clock with. */
export interface TrustedTime {
  /** Epoch ms. Null: the ledger is new. Of a ledger whose last release did not store it: when the last thing happened. */
  readonly storedAt: number | null;
  store(now: number): void;
}

export function createTrustedTime(db: DatabaseSync): TrustedTime {
  const stored = db.prepare('SELECT value FROM meta WHERE key = ?').get(KEY);
  const happened = db.prepare('SELECT max(at) AS at FROM entries').get();
  const latest = stored?.['value'] ?? happened?.['at'] ?? null;
  const upsert = db.prepare(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  return {
    storedAt: latest === null ? null : Number(latest),
    store: (now) => void upsert.run(KEY, Math.ceil(now)),
  };
}
