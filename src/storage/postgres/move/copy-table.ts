import type { ClientBase } from 'pg';
import type { MovedRow } from '../../shared/moved-tables.js';
import type { TargetTable, Value } from './target-tables.js';

/** The rows of a table in the order of its key, from the one after `after` on. */
export type RowsAfter = (after: readonly (string | number)[] | null) => Iterable<MovedRow>;

const ROWS_AT_ONCE = 500;
const BYTES_AT_ONCE = 4_000_000;

/** Copies the rows that the table does not have yet; those of its key are in order, so it is known where it ends. */
export async function copyTable(client: ClientBase, target: TargetTable, rows: RowsAfter, move: string): Promise<void> {
  const { table, columns, key } = target;
  const names = Object.keys(columns);
  const arrays = Object.values(columns).map((type, index) => `$${index + 1}::${type}[]`);
  const insert = `INSERT INTO ${table} (${names.join(', ')}) OVERRIDING SYSTEM VALUE SELECT * FROM unnest(${arrays.join(', ')})`;
  const { rows: last } = await client.query<Record<string, string | number>>(
    `SELECT ${key.join(', ')} FROM ${table} ORDER BY ${key.map((column) => `${column} DESC`).join(', ')} LIMIT 1`,
  );
  const after = last[0] ? keyOf(target, last[0]) : null;

  let batch: (readonly Value[])[] = [];
  let bytes = 0;
  const store = async (): Promise<void> => {
    if (batch.length === 0) return;
    await client.query(
      insert,
      names.map((_, column) => batch.map((values) => values[column])),
    );
    batch = [];
    bytes = 0;
  };
  for (const row of rows(after)) {
    const values = target.values(row, move);
    if (!values) continue;
    batch.push(values);
    bytes += values.reduce<number>((sum, value) => sum + sizeOf(value), 0);
    if (batch.length >= ROWS_AT_ONCE || bytes >= BYTES_AT_ONCE) await store();
  }
  await store();
}

/** Compares every row with its source, and returns how many there are. Throws an Error that names the first difference. */
export async function checkTable(
  client: ClientBase,
  target: TargetTable,
  rows: RowsAfter,
  move: string,
): Promise<number> {
  const copies = copiesIn(client, target);
  let count = 0;
  for (const row of rows(null)) {
    const values = target.values(row, move);
    if (!values) continue;
    const { value: copy } = await copies.next();
    requireEqual(target, values, copy);
    count += 1;
  }
  const { value: more } = await copies.next();
  if (more) throw new Error(`${nameOf(target, Object.values(more))} is not in the ledger that was copied.`);
  return count;
}

async function* copiesIn(client: ClientBase, target: TargetTable): AsyncGenerator<Record<string, Value>, undefined> {
  const { table, columns, key } = target;
  const parameters = key.map((column, index) => `$${index + 1}::${columns[column]}`);
  for (let after: readonly (string | number)[] | null = null; ;) {
    const rest: string = after ? `WHERE (${key.join(', ')}) > (${parameters.join(', ')})` : '';
    const { rows } = await client.query<Record<string, Value>>(
      `SELECT ${Object.keys(columns).join(', ')} FROM ${table} ${rest} ORDER BY ${key.join(', ')} LIMIT ${ROWS_AT_ONCE}`,
      after ? [...after] : [],
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_AT_ONCE) return undefined;
    after = keyOf(target, last);
  }
}

function requireEqual(target: TargetTable, values: readonly Value[], copy: Record<string, Value> | undefined): void {
  const { columns, comparable = (_, value) => value } = target;
  if (!copy) throw new Error(`${nameOf(target, values)} is missing in the copy.`);
  for (const [index, column] of Object.keys(columns).entries()) {
    const [own, copied] = [values[index] ?? null, copy[column] ?? null].map((value) => comparable(column, value));
    // PostgreSQL's driver returns large numbers as text.
    if (own !== copied && (own === null || copied === null || String(own) !== String(copied))) {
      throw new Error(`${nameOf(target, values)} has another ${column} in the copy.`);
    }
  }
}

function nameOf({ table, columns, key }: TargetTable, values: readonly Value[]): string {
  const names = Object.keys(columns);
  return `The row ${key.map((column) => String(values[names.indexOf(column)])).join(' ')} of ${table}`;
}

function keyOf({ key, columns }: TargetTable, row: Record<string, Value>): readonly (string | number)[] {
  return key.map((column) => (columns[column] === 'bigint' ? Number(row[column]) : String(row[column])));
}

function sizeOf(value: Value): number {
  return typeof value === 'string' || Buffer.isBuffer(value) ? value.length : 8;
}
