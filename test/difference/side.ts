import { rm } from 'node:fs/promises';
import { Client } from 'undici';
import type { Overrides } from '../../src/app.ts';
import { upstreamSettings } from '../fixtures/server/settings.ts';
import { startUpstream, type Upstream } from '../fixtures/upstream/upstream.ts';
import type { Product } from './product.ts';
import { openSockets, type Sockets } from './sockets.ts';

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [name: string]: unknown;
}

/** One server with its own upstream and its own copy of a ledger. */
export interface Side {
  readonly upstream: Upstream;
  readonly http: Client;
  readonly sockets: Sockets;
  /** Every line that was logged and not taken yet. */
  readonly lines: LogLine[];
  /** How many purchases were sent. */
  readonly submits: () => number;
  close(): Promise<void>;
}

export interface SideOptions {
  readonly product: Product;
  readonly dataDir: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly overrides?: Overrides;
  /** The version in the links of what is bought, by which they differ from those of another upstream. */
  readonly linkVersion: 'v1' | 'v2';
  /** Whether the data directory outlives it. */
  readonly keep?: boolean;
  /** Called before the server starts. */
  readonly prepare?: (upstream: Upstream) => void;
}

export async function startSide(options: SideOptions): Promise<Side> {
  const { product, dataDir, settings, overrides, linkVersion, keep = false, prepare } = options;
  const upstream = await startUpstream({ pendingPolls: 0, linkVersion });
  let submits = 0;
  upstream.onRequest(({ kind }) => void (submits += Number(kind === 'submit')));
  prepare?.(upstream);
  const lines: LogLine[] = [];
  const log = product.createLog('info', { write: (line) => void lines.push(JSON.parse(line) as LogLine) });
  const config = product.readConfig({
    PORT: '0',
    DATA_DIR: dataDir,
    RATE_LIMIT_MAX: '1000000',
    // Each side has an upstream of its own.
    LEDGER_ADOPT: 'true',
    ...upstreamSettings(upstream.url, upstream.options),
    ...settings,
  });
  // A thread has a clock of its own, which nobody stops.
  const app = await product.createApp(config, { log, ledgerThread: false, pressure: { lagMs: () => 0 }, ...overrides });
  const url = await app.listen();
  const http = new Client(url);
  const sockets = openSockets(url);

  return {
    upstream,
    http,
    sockets,
    lines,
    submits: () => submits,
    async close() {
      sockets.close();
      await http.destroy();
      // First, so that nothing that is still polled holds up the server.
      await upstream.close();
      await app.close();
      if (!keep) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
