import type { Database } from './connections.js';

export interface Times {
  /** When counting started, epoch ms. */
  readonly since: number;
  /** The latest time at which a process trusted its clock, epoch ms. Null: the ledger is new. */
  readonly trustedAt: number | null;
}

export async function readTimes(database: Database): Promise<Times> {
  const { schema } = database;
  const [found] = await database.rows<{ since: string | null; trusted_at: string | null }>(
    `SELECT (SELECT value FROM ${schema}.meta WHERE key = 'since') AS since,
       coalesce((SELECT value FROM ${schema}.meta WHERE key = 'trusted_at'), (SELECT max(at) FROM ${schema}.journal))
         AS trusted_at`,
  );
  const trustedAt = found?.trusted_at ?? null;
  return { since: Number(found?.since ?? 0), trustedAt: trustedAt === null ? null : Number(trustedAt) };
}

export async function storeTrustedTime(database: Database, now: number): Promise<void> {
  await database.rows(
    `INSERT INTO ${database.schema}.meta VALUES ('trusted_at', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    [Math.ceil(now)],
  );
}
