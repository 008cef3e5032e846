import { escapeIdentifier, type PoolClient, type QueryResultRow } from 'pg';
import { storeUnavailable } from '../../errors.js';
import { OutcomeUnknown } from '../../datasources/reports/ports.js';
import { patientDeadline } from '../../lib/patient-deadline.js';
import { openPool, type BoundedPool } from './pool.js';

type Parameters = readonly unknown[];

/** The database, as far as this process reaches it. Whatever it cannot do is an `ApiError` STORE_UNAVAILABLE. */
export interface Database {
  /** In front of every name of a table or function, quoted: poolers between here and there keep no `search_path`. */
  readonly schema: string;
  /** The name of the schema, as a value. */
  readonly schemaName: string;
  /** Reads, and writes that may be repeated: a connection that breaks is replaced once. */
  rows<R extends QueryResultRow>(sql: string, parameters?: Parameters, timeoutMs?: number): Promise<R[]>;
  /** Writes once. If it is unknown whether that has happened, the cause of the error is `OutcomeUnknown`. */
  write<R extends QueryResultRow>(sql: string, parameters: Parameters): Promise<R[]>;
  /** The same as `rows`, on a connection of its own, which never waits behind work: for leases. */
  control<R extends QueryResultRow>(sql: string, parameters: Parameters, timeoutMs: number): Promise<R[]>;
  /** Runs `run` on one connection. Throws what it throws, and what the driver throws if there is no connection, or no answer in time. */
  withClient<T>(timeoutMs: number, run: (client: PoolClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly url: string;
  /** Where the password is, if it is not in the URL. */
  readonly passwordFile?: string | null;
  readonly schema: string;
  /** How many connections there are for work; there are two more, for leases and for notifications. */
  readonly connections: number;
}

/** A caller is told within two seconds: so long it waits for a connection and an answer together. */
const ANSWER_MS = 1_900;

export function openConnections({ url, passwordFile = null, schema, connections }: ConnectionOptions): Database {
  const work = openPool(url, connections, { passwordFile });
  // Kept while it is idle: when the database has no connection left, its leases must not end.
  const control = openPool(url, 1, { passwordFile, idleTimeoutMillis: 0 });

  function once<R extends QueryResultRow>(pool: BoundedPool, sql: string, values: Parameters): Query<R> {
    return (signal) =>
      pool.run(signal, async (client) => {
        const { rows } = await client.query<R>({ text: sql, values: [...values] });
        return rows;
      });
  }

  return {
    schema: escapeIdentifier(schema),
    schemaName: schema,
    rows: (sql, parameters = [], timeoutMs = ANSWER_MS) => bounded(timeoutMs, twice(once(work, sql, parameters))),
    write: (sql, parameters) => bounded(ANSWER_MS, once(work, sql, parameters)),
    control: (sql, parameters, timeoutMs) => bounded(timeoutMs, twice(once(control, sql, parameters))),
    async withClient(timeoutMs, run) {
      const deadline = patientDeadline(timeoutMs);
      return work.hold(deadline.signal, run).finally(() => deadline.close());
    },
    close: async () => void (await Promise.all([work.end(), control.end()])),
  };
}

type Query<R> = (signal: AbortSignal) => Promise<R[]>;

function twice<R>(query: Query<R>): Query<R> {
  return (signal) =>
    query(signal).catch((error: unknown) => {
      if (!(error instanceof OutcomeUnknown) || signal.aborted) throw error;
      return query(signal);
    });
}

/** Answers that arrived while the process was frozen or busy are read before anything counts as late. */
async function bounded<R>(timeoutMs: number, query: Query<R>): Promise<R[]> {
  const deadline = patientDeadline(timeoutMs);
  try {
    return await query(deadline.signal);
  } catch (error) {
    throw storeUnavailable(error);
  } finally {
    deadline.close();
  }
}
