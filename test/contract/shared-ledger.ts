import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';
import type { ReportKey } from '../../src/model/report.js';
import { openPostgresBackend, type PostgresBackend, type PostgresOptions } from '../../src/storage/postgres/backend.js';

export const SCHEMA = 'jobalyzer';

export interface SharedOptions extends Partial<PostgresOptions> {
  readonly leaseMs?: number;
  readonly listenUrl?: string;
  readonly schema?: string;
}

/** A backend as one of several processes has it. It is closed after the test. */
export async function openShared(url: string, options: SharedOptions = {}): Promise<PostgresBackend> {
  const { leaseMs = 60_000, listenUrl = null, schema = SCHEMA, ...others } = options;
  const backend = await openPostgresBackend(
    { url, listenUrl, schema, connections: 3, leaseMs },
    { release: 'test', patienceMs: 120_000, ...others },
  );
  onTestFinished(async () => {
    await backend.queue.close();
    await backend.ledger.close();
  });
  return backend;
}

/** Begins a poll that does not end by itself. Resolves to its signal once it is under way. */
export function pollOf({ queue }: PostgresBackend, { id }: ReportKey): Promise<AbortSignal> {
  return new Promise((resolve) => {
    queue.start(async (_key, signal) => {
      resolve(signal);
      await new Promise((end) => signal.addEventListener('abort', end));
      return null;
    });
    queue.schedule({ id, type: 'PAY' }, 0);
  });
}

/** Executes a statement of which no process knows. */
export async function execute(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Between a process and its database. */
export interface Wire {
  readonly url: string;
  /** The next statement that contains this is executed, and the connection is lost before its answer arrives. */
  cutAfter(statement: string): void;
  /** How often that has happened. */
  cuts(): number;
}

export async function openWire(url: string): Promise<Wire> {
  const { port, hostname } = new URL(url);
  const sockets = new Set<Socket>();
  let wanted: string | null = null;
  let cuts = 0;
  const server = createServer((client) => {
    const database = connect(Number(port), hostname);
    let isCut = false;
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        database.destroy();
      });
    }
    client.on('data', (sent) => {
      if (wanted !== null && sent.includes(wanted)) {
        wanted = null;
        isCut = true;
      }
      database.write(sent);
    });
    database.on('data', (answered) => {
      if (!isCut) return void client.write(answered);
      cuts += 1;
      client.destroy();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const own = new URL(url);
  own.port = String((server.address() as AddressInfo).port);
  return { url: own.href, cutAfter: (statement) => void (wanted = statement), cuts: () => cuts };
}
