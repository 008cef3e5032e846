import pg, { type Pool, type PoolClient, type QueryResultRow } from 'pg';
import { storeUnavailable } from '../../errors.js';
import { OutcomeUnknown } from '../../datasources/reports/ports.js';
import { isRefusal } from './failures.js';

type Parameters = readonly unknown[];

/** The database, as far as this process reaches it. Whatever it cannot do is an `ApiError` STORE_UNAVAILABLE. */
export interface Database {
  /** In front of every name of a table or function: poolers between here and there keep no `search_path`. */
  readonly schema: string;
  /** Reads, and writes that may be repeated: a connection that breaks is replaced once. */
  rows<R extends QueryResultRow>(sql: string, parameters?: Parameters, timeoutMs?: number): Promise<R[]>;
  /** Writes once. If it is unknown whether that has happened, the cause of the error is `OutcomeUnknown`. */
  write<R extends QueryResultRow>(sql: string, parameters: Parameters): Promise<R[]>;
  /** The same as `rows`, on a connection of its own, which never waits behind work: for leases. */
  control<R extends QueryResultRow>(sql: string, parameters: Parameters, timeoutMs: number): Promise<R[]>;
  /** Runs `run` on one connection. Throws what it throws, and what the driver throws if there is no connection. */
  withClient<T>(run: (client: PoolClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly schema: string;
  /** How many connections there are for work; there are two more, for leases and for notifications. */
  readonly connections: number;
}

/** A caller is told within two seconds: so long it waits for a connection and an answer together. */
const CONNECT_MS = 900;
const ANSWER_MS = 1_900;

export function openConnections({ url, schema, connections }: ConnectionOptions): Database {
  const work = openPool(url, connections);
  const control = openPool(url, 1);

  async function query<R extends QueryResultRow>(
    pool: Pool,
    text: string,
    values: Parameters,
    timeoutMs: number,
  ): Promise<R[]> {
    const client = await pool.connect();
    try {
      const { rows } = await client.query<R>({ text, values: [...values], query_timeout: timeoutMs } as pg.QueryConfig);
      client.release();
      return rows;
    } catch (error) {
      client.release(isRefusal(error) ? undefined : true);
      throw isRefusal(error)
        ? error
        : new OutcomeUnknown('The connection was lost before the answer came.', { cause: error });
    }
  }

  async function twice<R extends QueryResultRow>(
    pool: Pool,
    sql: string,
    values: Parameters,
    timeoutMs: number,
  ): Promise<R[]> {
    const startedAt = performance.now();
    return query<R>(pool, sql, values, timeoutMs).catch((error: unknown) => {
      const leftMs = timeoutMs - (performance.now() - startedAt);
      if (!(error instanceof OutcomeUnknown) || leftMs < timeoutMs / 2) throw error;
      return query<R>(pool, sql, values, leftMs);
    });
  }

  return {
    schema,
    rows: (sql, parameters = [], timeoutMs = ANSWER_MS) => attempt(() => twice(work, sql, parameters, timeoutMs)),
    write: (sql, parameters) => attempt(() => query(work, sql, parameters, ANSWER_MS)),
    control: (sql, parameters, timeoutMs) => attempt(() => twice(control, sql, parameters, timeoutMs)),
    async withClient(run) {
      const client = await work.connect();
      try {
        return await run(client);
      } finally {
        client.release();
      }
    },
    close: async () => void (await Promise.all([work.end(), control.end()])),
  };
}

function openPool(url: string, max: number): Pool {
  const pool = new pg.Pool({ connectionString: url, max, connectionTimeoutMillis: CONNECT_MS, keepAlive: true });
  // An idle connection that breaks is replaced when one is needed.
  pool.on('error', () => undefined);
  // One that breaks while somebody has it fails what is asked of it; without a listener, it would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeUnavailable(error);
  }
}
