import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { AnswersInput } from '../generated/operations.js';
import { startTestServer, type Response, type TestServer, type TestServerOptions } from '../helpers/server.js';
import { startUpstream, type RequestKind, type Upstream } from '../helpers/upstream.js';

// These tests wait more than they work.
vi.setConfig({ maxConcurrency: 12 });

export const SEATTLE: AnswersInput = {
  jobTitle: 'Software Developer',
  country: 'United States',
  state: 'Washington',
  city: 'Seattle',
};

/** Answers nobody else asks about, one for each number. */
export function numbered(number: number): AnswersInput {
  return { ...SEATTLE, yearsExperience: number };
}

export type ServerOptions = Omit<TestServerOptions, 'upstream'>;

declare module 'vitest' {
  interface TestContext {
    /** This test's own upstream. */
    upstream: Upstream;
    /** Starts a server that asks this test's upstream. */
    start: (options?: ServerOptions) => Promise<TestServer>;
    /** Stops a server, and starts another on what it left. */
    restart: (server: TestServer, options?: ServerOptions) => Promise<TestServer>;
  }
}

/**
 * Gives each test of this file or group a scripted upstream of its own, and servers that are closed at its end. A test
 * also fails if its upstream was asked anything a well-behaved client would not ask.
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
    // Whatever is still held ends with the upstream, and so does not hold up the servers' own end.
    await upstream.close();
    for (const server of servers.get(upstream) ?? []) await server.close();
    expectManners(upstream);
  });
}

/** Fails if this upstream was asked anything a well-behaved client would not ask. */
export function expectManners({ violations }: Upstream): void {
  expect(violations).toEqual([]);
}

/** The codes of an answer's errors by the paths they stand at, such as `{ 'report.pay': 'REPORT_FAILED' }`. */
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
