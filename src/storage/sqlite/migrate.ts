import type { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { misfitOf, readMigrations, type AppliedMigration, type Migration } from '../../lib/migration-files.js';
import { faultOfMark, isMoveMark, moveMarkOf } from './move-mark.js';

/** Every migration of this release, in order. */
export const MIGRATIONS = readMigrations(join(import.meta.dirname, 'migrations'));

/**
 * Brings the ledger to this release's schema, in one transaction. Throws an Error if a newer release has changed it in a way
 * that this one cannot work with, or if its reports have moved and it is not opened to `move` them; a ledger with non-breaking
 * migrations that are not known here is used as it is.
 */
export function migrate(db: DatabaseSync, migrations: readonly Migration[] = MIGRATIONS, { move = false } = {}): void {
  const mark = moveMarkOf(db);
  if (mark && !move) throw new Error(faultOfMark(mark));
  const present = appliedMigrations(db, migrations);
  const misfit = misfitOf(present, migrations);
  if (misfit) throw new Error(misfit);
  const pending = migrations.filter(({ number }) => !present.some((applied) => applied.number === number));
  if (pending.length === 0) return;
  db.exec('BEGIN IMMEDIATE');
  db.exec(`
    CREATE TABLE IF NOT EXISTS migrations (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL, breaking INTEGER NOT NULL, applied_at INTEGER
    ) STRICT`);
  const record = db.prepare(
    'INSERT INTO migrations (number, name, breaking, applied_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  // Those of a release that did not record them; when it applied them is not known.
  for (const { number, name, breaking } of present) record.run(number, name, Number(breaking), null);
  for (const { number, name, breaking, sql } of pending) {
    db.exec(sql);
    record.run(number, name, Number(breaking), Date.now());
  }
  // For releases older than the table: they refuse a number that is higher than they know.
  const breaking = [...present, ...pending].filter((migration) => migration.breaking).map(({ number }) => number);
  db.exec(`PRAGMA user_version = ${Math.max(0, ...breaking)}; COMMIT`);
}

/** The migrations that the ledger has, in order; those without a record are the first `user_version` ones. */
export function appliedMigrations(db: DatabaseSync, migrations: readonly Migration[] = MIGRATIONS): AppliedMigration[] {
  const recorded = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get();
  if (recorded) {
    return db
      .prepare('SELECT number, name, breaking FROM migrations ORDER BY number')
      .all()
      .map(({ number, name, breaking }) => ({ number: Number(number), name: String(name), breaking: breaking !== 0 }))
      .filter(({ name }) => !isMoveMark(name));
  }
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  const known = migrations.slice(0, version);
  return known.length === version ? known : [...known, { number: version, name: `number ${version}`, breaking: true }];
}
