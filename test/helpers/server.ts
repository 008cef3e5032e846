import { rm } from 'node:fs/promises';
import pino, { type Logger } from 'pino';
import { createApp, type App, type Overrides } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import type { TypedDocumentString } from '../generated/operations.js';
import { newDirectory } from './directory.js';
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
  /** Without a trailing slash. */
  readonly url: string;
  readonly app: App;
  readonly dataDir: string;
  /** Every line logged so far, as text. */
  readonly logged: readonly string[];
  run<T, V>(document: TypedDocumentString<T, V> | string, variables?: V, signal?: AbortSignal): Promise<Response<T>>;
  /** Stops the server but keeps its data directory, for another server to open. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface TestServerOptions {
  /** Settings in addition to the defaults for tests. */
  readonly env?: Readonly<Record<string, string>>;
  /** The default is the embedded simulator. */
  readonly upstream?: Upstream;
  /** The data directory of a stopped server. */
  readonly dataDir?: string;
  readonly overrides?: Overrides;
}

/** Starts a complete server on a free port, as `npm start` does, with its own ledger and log. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? (await newDirectory()).path;
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
