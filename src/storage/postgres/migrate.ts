import { join } from 'node:path';
import { escapeIdentifier, type PoolClient } from 'pg';
import { misfitOf, readMigrations, type AppliedMigration, type Migration } from '../../lib/migration-files.js';
import { LedgerUnusable } from './failures.js';

/** Every migration of this release, in order. */
const MIGRATIONS = readMigrations(join(import.meta.dirname, 'migrations'));

/** Whoever waits for it tells `DatabaseAway`, and tries again. */
const LONGEST_LOCK_MS = 5_000;

/**
 * Creates the schema if there is none, and brings it to this release's version in one transaction; one process at a time.
 * Other releases go on beside that: migrations only add, unless they are called breaking. Throws `LedgerUnusable` if a newer
 * release has changed the schema in a way that this one cannot work with.
 */
export async function migrate(
  client: PoolClient,
  schema: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  await client.query('BEGIN');
  try {
    // A migration takes as long as it takes; another process that migrates is waited for from outside.
    await client.query(`SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = ${LONGEST_LOCK_MS}`);
    await client.query('SELECT pg_advisory_xact_lock(3, hashtext($1))', [schema]);
    if (!(await exists(client, schema))) await client.query(`CREATE SCHEMA ${escapeIdentifier(schema)}`);
    await client.query(`SET LOCAL search_path TO ${escapeIdentifier(schema)}`);
    await client.query(`
      CREATE TABLE IF NOT EXISTS migrations (
        number integer PRIMARY KEY, name text NOT NULL, breaking boolean NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    const { rows } = await client.query<AppliedMigration>(
      'SELECT number, name, breaking FROM migrations ORDER BY number',
    );
    const misfit = misfitOf(rows, migrations);
    if (misfit) throw new LedgerUnusable(misfit);
    for (const { number, name, breaking, sql } of migrations.filter((each) => !isIn(rows, each))) {
      await client.query(sql);
      await client.query('INSERT INTO migrations VALUES ($1, $2, $3)', [number, name, breaking]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function isIn(applied: readonly AppliedMigration[], { number }: Migration): boolean {
  return applied.some((each) => each.number === number);
}

/** Whoever may not create schemas can use one that somebody else has created. */
async function exists(client: PoolClient, schema: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  return rowCount === 1;
}
