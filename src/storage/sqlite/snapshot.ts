import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The ledgers in a directory, as paths: the real one, the simulated one or both. Throws an Error if there is none. */
export function ledgersIn(directory: string): readonly string[] {
  const files = globSync('*.sqlite', { cwd: directory }).sort();
  if (files.length === 0) {
    const reason = existsSync(directory) ? 'has no *.sqlite file' : 'does not exist';
    throw new Error(`There is no ledger in ${directory}: it ${reason}.`);
  }
  return files.map((file) => join(directory, file));
}

/**
 * Runs `work` on the ledger as it is at one moment, also while a server writes to it, which it does not hold up: in WAL
 * mode, a reader and the writer do not wait for each other. Nothing is written.
 */
export async function withSnapshot<T>(path: string, work: (db: DatabaseSync) => T | Promise<T>): Promise<T> {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    db.exec('BEGIN');
    return await work(db);
  } finally {
    db.close();
  }
}

/** What SQLite finds wrong with the file itself; empty if nothing. */
export function damagesOf(db: DatabaseSync): readonly string[] {
  const found = db.prepare('PRAGMA integrity_check').all();
  return found.map((row) => String(row['integrity_check'])).filter((finding) => finding !== 'ok');
}
