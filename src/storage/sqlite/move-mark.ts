import type { DatabaseSync } from 'node:sqlite';

/** What a ledger says about the move of its reports to PostgreSQL. */
export interface MoveMark {
  /** Of this move and no other one. */
  readonly id: string;
  /** `moving`: the copy may be unfinished. `moved`: the copy is the ledger now. */
  readonly state: 'moving' | 'moved';
}

/** Of the row that is the mark, in the table of migrations: higher than the number of any of those. */
const MARK_NUMBER = 9_999;
const NAME = /^(moving|moved)-to-postgresql-([0-9a-f-]{36})$/;

/** Whether a row of the migrations is no migration but the mark. */
export function isMoveMark(name: string): boolean {
  return NAME.test(name);
}

/** Null: its reports have not begun to move. */
export function moveMarkOf(db: DatabaseSync): MoveMark | null {
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get()) return null;
  const row = db.prepare('SELECT name FROM migrations WHERE number = ?').get(MARK_NUMBER);
  const [, state, id] = NAME.exec(String(row?.['name'])) ?? [];
  return id === undefined ? null : { id, state: state as MoveMark['state'] };
}

/**
 * Marks the ledger as a breaking migration that no release has: so a server of any release refuses to start with it, also
 * one that knows nothing of moves.
 */
export function markMove(db: DatabaseSync, { id, state }: MoveMark): void {
  db.exec('BEGIN IMMEDIATE');
  db.prepare('INSERT OR REPLACE INTO migrations (number, name, breaking, applied_at) VALUES (?, ?, 1, ?)').run(
    MARK_NUMBER,
    `${state}-to-postgresql-${id}`,
    Date.now(),
  );
  db.exec(`PRAGMA user_version = ${MARK_NUMBER}; COMMIT`);
}

/** Why a server cannot use a ledger with this mark. */
export function faultOfMark({ state }: MoveMark): string {
  return state === 'moving'
    ? 'its reports are being moved to PostgreSQL: run move-ledger again until it is done, then set DATABASE_URL.'
    : 'its reports have been moved to PostgreSQL, where they may have changed since: set DATABASE_URL.';
}
