import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import { createApp, type App, type Overrides } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import type { TypedDocumentString } from '../generated/operations.js';
import type { Upstream } from './upstream.js';

export interface ResponseError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

export interface Response<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: T | null;
  readonly errors: readonly ResponseError[];
}

export interface TestServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly app: App;
  readonly dataDir: string;
  /** Every line logged so far, as text. */
  readonly logged: readonly string[];
  run<T, V>(document: TypedDocumentString<T, V> | string, variables?: V, signal?: AbortSignal): Promise<Response<T>>;
  /** Ends the server; its ledger stays until the test's end, for another server to open. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface TestServerOptions {
  /** Settings on top of the test's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Without one, the embedded simulator answers. */
  readonly upstream?: Upstream;
  /** The directory of a server that was stopped. */
  readonly dataDir?: string;
  readonly overrides?: Overrides;
}

/** A whole server on a free port, as `npm start` makes it, with a ledger and a log of its own. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'jobalyzer-')));
  const logged: string[] = [];
  const config = readConfig({ PORT: '0', DATA_DIR: dataDir, ...upstreamSettings(options.upstream), ...options.env });
  const app = await createApp(config, { log: captureLog(logged), ...options.overrides });
  const url = await app.listen();

  return {
    url,
    app,
    dataDir,
    logged,
    run: (document, variables, signal) => post(`${url}/graphql`, document, variables, signal),
    stop: () => app.close(),
    async close() {
      await app.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function upstreamSettings(upstream: Upstream | undefined): Record<string, string> {
  if (!upstream) return {};
  return {
    JOBALYZER_URL: upstream.url,
    JOBALYZER_AUTH_URL: upstream.url,
    JOBALYZER_CLIENT_ID: upstream.options.clientId,
    JOBALYZER_CLIENT_SECRET: upstream.options.clientSecret,
    AUTH_MODE: 'none',
  };
}

function captureLog(lines: string[]): Logger {
  return pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
}

export async function post<T, V>(
  url: string,
  document: TypedDocumentString<T, V> | string,
  variables?: V,
  signal?: AbortSignal,
): Promise<Response<T>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' },
    body: JSON.stringify({ query: document, variables }),
    signal: signal ?? null,
  });
  const body = (await response.json()) as { data?: T; errors?: ResponseError[] };
  return { status: response.status, headers: response.headers, data: body.data ?? null, errors: body.errors ?? [] };
}
