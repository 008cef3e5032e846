import { randomUUID } from 'node:crypto';
import { MOVED_TABLES, type MovedRow, type MovedTableName } from '../shared/moved-tables.js';
import type { Account } from '../shared/account.js';
import { openDatabase } from './database.js';
import { markMove, moveMarkOf, type MoveMark } from './move-mark.js';

/** An embedded ledger whose reports are moved to PostgreSQL. Nobody else can open it meanwhile. */
export interface MoveSource {
  /** What it said when it was opened; null: its move has not begun. */
  readonly mark: MoveMark | null;
  /** Of its move, also of one that has not begun. */
  readonly id: string;
  /** Marks it, so that no server uses it any more. */
  begin(): void;
  /** Every row of a table in the order of its key, from the one after `after` on. Only a few are in memory. */
  rows(table: MovedTableName, after: readonly (string | number)[] | null): Iterable<MovedRow>;
  /** The copy is the ledger now. */
  finish(): void;
  close(): void;
}

/** SQLite numbers these lines itself. */
const NUMBERED: readonly MovedTableName[] = ['journal', 'settlements'];

/** Throws an Error that names DATA_DIR if there is no ledger of that name, if a server has it open, or if it is of another account. */
export function openMoveSource(directory: string, name: string, account: Account): MoveSource {
  const database = openDatabase(directory, name, { account, move: true });
  const { db } = database;
  const mark = moveMarkOf(db);
  const id = mark?.id ?? randomUUID();
  return {
    mark,
    id,
    begin: () => markMove(db, { id, state: 'moving' }),

    rows(table, after) {
      const { key, columns } = MOVED_TABLES[table];
      const sql = (column: string): string => (column === 'id' && NUMBERED.includes(table) ? 'rowid' : column);
      const keys = key.map(sql).join(', ');
      const select = `SELECT ${columns.map((column) => `${sql(column)} AS ${column}`).join(', ')} FROM ${table}`;
      const rest = after ? `WHERE (${keys}) > (${key.map(() => '?').join(', ')})` : '';
      return db
        .prepare(`${select} ${rest} ORDER BY ${keys}`)
        .iterate(...(after ?? [])) as Iterable<unknown> as Iterable<MovedRow>;
    },

    finish: () => markMove(db, { id, state: 'moved' }),
    close: () => database.close(),
  };
}
