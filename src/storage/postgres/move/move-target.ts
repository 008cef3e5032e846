import pg, { type ClientBase } from 'pg';
import type { Account } from '../../shared/account.js';
import { FORMATS } from '../../shared/formats.js';
import type { MovedRow, MovedTableName } from '../../shared/moved-tables.js';
import { claimAccount } from '../account.js';
import { Client } from '../client.js';
import { migrate } from '../migrate.js';
import { checkServer } from '../start-checks.js';
import { checkTable, copyTable } from './copy-table.js';
import { TARGET_TABLES } from './target-tables.js';

/** The schema into which an embedded ledger is moved. */
export interface MoveTarget {
  /** The move that it holds a copy of; null: none. */
  readonly move: { readonly id: string; readonly isFinished: boolean } | null;
  /** Throws an Error if a server uses the schema, or if that holds anything but this copy. */
  requireFree(): Promise<void>;
  /** Keeps servers away from now on. The same errors. */
  begin(id: string): Promise<void>;
  /** Copies what is missing. */
  copy(source: RowSource): Promise<void>;
  /** Compares every row, and returns how many there are by table. Throws an Error that names the first that is not equal. */
  check(source: RowSource): Promise<Readonly<Record<string, number>>>;
  /** The copy is the ledger from now on. */
  finish(meta: Iterable<MovedRow>): Promise<void>;
  close(): Promise<void>;
}

/** Every row of a table in the order of its key, from the one after `after` on. */
interface RowSource {
  rows(table: MovedTableName, after: readonly (string | number)[] | null): Iterable<MovedRow>;
}

interface MoveRow {
  readonly id: string;
  readonly finished: boolean;
}

export interface MoveTargetOptions {
  /** Of PostgreSQL itself, or of a pooler that keeps a session on its connection. */
  readonly url: string;
  /** Where the password is, if it is not in the URL. */
  readonly passwordFile?: string | null;
  readonly schema: string;
  readonly account: Account;
}

/** Brings the schema to this release's version. Throws an Error that names DATABASE_URL or DATABASE_SCHEMA if it cannot be used. */
export async function openMoveTarget({
  url,
  passwordFile = null,
  schema,
  account,
}: MoveTargetOptions): Promise<MoveTarget> {
  const pool = new pg.Pool({ ...{ passwordFile }, connectionString: url, max: 1, keepAlive: true, Client });
  pool.on('error', () => undefined);
  const client = await pool.connect();
  const close = async (): Promise<void> => {
    client.release(true);
    await pool.end();
  };
  try {
    await checkServer(client);
    await migrate(client, schema);
    await claimAccount(client, pg.escapeIdentifier(schema), account, false);
    await client.query(`SET search_path TO ${pg.escapeIdentifier(schema)}`);
    const { rows } = await client.query<MoveRow>('SELECT id, finished_at IS NOT NULL AS finished FROM moves');
    const move = rows[0] ? { id: rows[0].id, isFinished: rows[0].finished } : null;
    return { move, ...createTarget(client, move !== null), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function createTarget(client: ClientBase, isOwn: boolean): Omit<MoveTarget, 'move' | 'close'> {
  let begun = '';

  async function requireFree(): Promise<void> {
    const { rowCount } = await client.query('SELECT FROM members WHERE lease_until > clock_timestamp() LIMIT 1');
    if (rowCount) throw new Error('DATABASE_SCHEMA: a server is using the schema: stop it first.');
    if (!isOwn) await requireEmpty(client);
  }

  return {
    requireFree,

    async begin(id) {
      await client.query('BEGIN');
      try {
        // Whoever joins waits, and then sees that it must not.
        await client.query('LOCK TABLE members IN SHARE ROW EXCLUSIVE MODE');
        await requireFree();
        await client.query('DELETE FROM members');
        // An embedded ledger has everything that its release writes.
        await client.query('SELECT admit_formats($1)', [FORMATS]);
        await client.query('INSERT INTO moves (id) VALUES ($1) ON CONFLICT DO NOTHING', [id]);
        await client.query('COMMIT');
        begun = id;
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    },

    async copy(source) {
      for (const table of TARGET_TABLES)
        await copyTable(client, table, (after) => source.rows(table.source, after), begun);
    },

    async check(source) {
      const counts: Record<string, number> = {};
      for (const table of TARGET_TABLES) {
        counts[table.table] = await checkTable(client, table, (after) => source.rows(table.source, after), begun);
      }
      return counts;
    },

    async finish(meta) {
      await client.query('BEGIN');
      for (const { key, value } of meta) {
        await client.query(
          'INSERT INTO meta AS m VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
          [key, value],
        );
      }
      for (const table of ['journal', 'settlements']) {
        await client.query(
          `SELECT setval(pg_get_serial_sequence('${table}', 'id'), greatest(max(id), 1), max(id) IS NOT NULL) FROM ${table}`,
        );
      }
      await client.query('UPDATE moves SET finished_at = clock_timestamp()');
      await client.query('COMMIT');
      await client.query('ANALYZE');
    },
  };
}

async function requireEmpty(client: ClientBase): Promise<void> {
  for (const table of new Set(TARGET_TABLES.map((target) => target.table))) {
    const { rowCount } = await client.query(`SELECT FROM ${table} LIMIT 1`);
    if (rowCount)
      throw new Error(
        `the schema holds another ledger: its table ${table} is not empty. Name another DATABASE_SCHEMA.`,
      );
  }
}
