import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { AnswersInput } from '../generated/operations.js';
import { startTestServer, type Response, type TestServer, type TestServerOptions } from '../fixtures/server/server.js';
import { startUpstream, type RequestKind, type Upstream } from '../fixtures/upstream/upstream.js';

// These tests spend most of their time waiting.
vi.setConfig({ maxConcurrency: 12 });

export const SEATTLE: AnswersInput = {
  jobTitle: 'Software Developer',
  country: 'United States',
  state: 'Washington',
  city: 'Seattle',
};

/** Different answers for each number. */
export function numbered(number: number): AnswersInput {
  return { ...SEATTLE, yearsExperience: number };
}

export type ServerOptions = Omit<TestServerOptions, 'upstream'>;

declare module 'vitest' {
  interface TestContext {
    /** This test's own upstream. */
    upstream: Upstream;
    /** Starts a server that uses this test's upstream. */
    start: (options?: ServerOptions) => Promise<TestServer>;
    /** Stops a server and starts another with its data directory. */
    restart: (server: TestServer, options?: ServerOptions) => Promise<TestServer>;
  }
}

/**
 * Gives each test of this file or group its own scripted upstream, and servers that are closed after it. A test also
 * fails if its upstream recorded a violation.
 */
export function useStage(): void {
  const servers = new WeakMap<Upstream, TestServer[]>();

  beforeEach(async (context) => {
    const upstream = await startUpstream({ pendingPolls: 0 });
    const started: TestServer[] = [];
    servers.set(upstream, started);
    const start = async (options: ServerOptions = {}): Promise<TestServer> => {
      const server = await startTestServer({ ...options, upstream });
      started.push(server);
      return server;
    };
    Object.assign(context, {
      upstream,
      start,
      restart: async (server: TestServer, options: ServerOptions = {}) => {
        await server.stop();
        return start({ ...options, dataDir: server.dataDir });
      },
    });
  });

  afterEach(async ({ upstream }) => {
    // Closing the upstream first ends requests that are still held, which would delay closing the servers.
    await upstream.close();
    for (const server of servers.get(upstream) ?? []) await server.close();
    expectNoViolations(upstream);
  });
}

/** Fails if this upstream recorded a violation. */
export function expectNoViolations({ violations }: Upstream): void {
  expect(violations).toEqual([]);
}

/** The error codes of a response by path, such as `{ 'report.pay': 'REPORT_FAILED' }`. */
export function codes({ errors }: Response<unknown>): Record<string, unknown> {
  return Object.fromEntries(errors.map(({ path, extensions }) => [path?.join('.') ?? '', extensions['code']]));
}

/** Resolves when this many requests of a kind have arrived, counted from the upstream's start. */
export async function arrivals(upstream: Upstream, kind: RequestKind, atLeast: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (upstream.count(kind) >= atLeast) resolve();
  };
  const stop = upstream.onRequest(look);
  look();
  await promise.finally(stop);
}

/** The objects logged so far. */
export function logOf({ logged }: TestServer): Record<string, unknown>[] {
  return logged.map((line) => JSON.parse(line) as Record<string, unknown>);
}
