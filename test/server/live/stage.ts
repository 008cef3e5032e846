import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { AnswersInput, StepFragment } from '../../generated/operations.js';
import { startTestServer, type TestServer, type TestServerOptions } from '../../fixtures/server/server.js';
import { startUpstream, type Upstream } from '../../fixtures/upstream/upstream.js';
import { openSocket, type RawSocket, type SocketOptions } from '../../fixtures/sockets/raw-socket.js';
import { openStream, type RawStream, type StreamOptions } from '../../fixtures/sockets/raw-stream.js';

// These tests spend most of their time waiting.
vi.setConfig({ maxConcurrency: 12 });

/** Different answers for each number. */
export function numbered(number = 5): AnswersInput {
  return { jobTitle: 'Software Developer', country: 'United States', city: 'Seattle', yearsExperience: number };
}

declare module 'vitest' {
  interface TestContext {
    /** This test's own upstream. */
    upstream: Upstream;
    /** Starts a server that uses this test's upstream. */
    start: (options?: Omit<TestServerOptions, 'upstream'>) => Promise<TestServer>;
    /** Opens a socket without a `connection_init`. */
    connect: (server: { readonly url: string }, options?: SocketOptions) => Promise<RawSocket>;
    /** Opens an acknowledged socket. */
    connectAndInit: (server: { readonly url: string }, options?: SocketOptions) => Promise<RawSocket>;
    stream: (server: { readonly url: string }, options: StreamOptions) => Promise<RawStream>;
    /** Runs after the test, before its servers are closed, in reverse order. */
    atEnd: (closer: () => unknown) => void;
  }
}

/** Gives each test its own upstream, and servers, sockets and streams that are closed after it. */
export function useStage(): void {
  const ends = new WeakMap<Upstream, (() => unknown)[]>();

  beforeEach(async (context) => {
    const upstream = await startUpstream();
    const closers: (() => unknown)[] = [];
    ends.set(upstream, closers);
    const connect = async ({ url }: { readonly url: string }, options?: SocketOptions): Promise<RawSocket> => {
      const socket = await openSocket(url, options);
      closers.push(() => socket.raw.terminate());
      return socket;
    };
    Object.assign(context, {
      upstream,
      connect,
      atEnd: (closer: () => unknown) => closers.push(closer),
      async start(options: Omit<TestServerOptions, 'upstream'> = {}) {
        const server = await startTestServer({ ...options, upstream });
        closers.unshift(() => server.close());
        return server;
      },
      async connectAndInit(server: { readonly url: string }, options?: SocketOptions) {
        const socket = await connect(server, options);
        socket.send({ type: 'connection_init' });
        await socket.until(({ type }) => type === 'connection_ack');
        return socket;
      },
      async stream({ url }: { readonly url: string }, options: StreamOptions) {
        const stream = await openStream(url, options);
        closers.push(() => stream.hangUp());
        return stream;
      },
    });
  });

  afterEach(async ({ upstream }) => {
    for (const end of (ends.get(upstream) ?? []).reverse()) await end();
    await upstream.close();
    expect(upstream.violations).toEqual([]);
  });
}

type StatusOnly = Pick<StepFragment, 'type' | 'status'>;

/** The statuses that one of the reports went through, without repetitions. */
export function way(steps: readonly StatusOnly[], type: 'PAY' | 'YOE'): string[] {
  const statuses = steps.filter((step) => step.type === type).map(({ status }) => status);
  return statuses.filter((status, index) => status !== statuses[index - 1]);
}

/** Asserts that these are all events of both reports, from SUBMITTING to the figures. */
export function expectWholeWay(steps: readonly StepFragment[]): void {
  for (const type of ['PAY', 'YOE'] as const) {
    expect(way(steps, type), type).toEqual(['SUBMITTING', 'PENDING', 'READY']);
    const attempts = steps.filter((step) => step.type === type).map(({ attempt }) => attempt);
    expect(attempts, type).toEqual(attempts.toSorted((a, b) => a - b));
  }
  expect(steps.find(({ status }) => status !== 'READY')?.report).toMatchObject({ pay: null, yoe: null });
  const pay = steps.find(({ type, status }) => type === 'PAY' && status === 'READY');
  expect(pay?.report.pay?.basePay?.percentile50).toBe(104_300);
  const yoe = steps.find(({ type, status }) => type === 'YOE' && status === 'READY');
  expect(yoe?.report.yoe?.ranges[0]?.percentile50).toBeGreaterThan(0);
  // The very last event has both.
  expect(steps.at(-1)?.report).toMatchObject({ pay: expect.anything(), yoe: expect.anything() });
}
