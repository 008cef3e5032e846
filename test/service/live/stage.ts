import { createClient, type Client } from 'graphql-ws';
import pino from 'pino';
import { afterEach, beforeEach, expect } from 'vitest';
import { WebSocket } from 'ws';
import type { AnswersInput } from '../../generated/operations.js';
import {
  startTestServer,
  type ResponseError,
  type TestServer,
  type TestServerOptions,
} from '../../fixtures/server/server.js';
import { startUpstream, type Upstream } from '../../fixtures/upstream/upstream.js';

export type ReportType = 'PAY' | 'YOE';
export const BOTH: readonly ReportType[] = ['PAY', 'YOE'];

export interface LiveEvent {
  readonly reportId: string;
  readonly type: ReportType;
  readonly status: 'NOT_REQUESTED' | 'SUBMITTING' | 'PENDING' | 'READY' | 'FAILED';
  readonly at: string;
  readonly attempt: number;
  readonly retryAfterMs: number | null;
  readonly failure: { readonly code: string; readonly message: string; readonly issues: readonly object[] } | null;
  readonly report: {
    readonly id: string;
    readonly status: { readonly pay: string; readonly yoe: string };
    readonly pay: { readonly basePay: { readonly percentile50: number } } | null;
    readonly yoe: { readonly ranges: readonly { readonly name: string }[] } | null;
  };
}

const FIELDS = `{
  reportId type status at attempt retryAfterMs
  failure { code message issues { answerId answerValue message code } }
  report { id status { pay yoe } pay { basePay { percentile50 } } yoe { ranges { name } } }
}`;
export const FOLLOW = `subscription Follow($answers: AnswersInput!, $types: [ReportType!]! = [PAY, YOE]) {
  reportStatus(answers: $answers, types: $types) ${FIELDS}
}`;
export const FOLLOW_KNOWN = `subscription FollowKnown($id: ID!, $types: [ReportType!]! = [PAY, YOE]) {
  reportStatusById(id: $id, types: $types) ${FIELDS}
}`;
export const REPORT = `query Report($answers: AnswersInput!, $waitMs: Int) {
  report(answers: $answers) {
    id status { pay yoe } pay(waitMs: $waitMs) { basePay { percentile50 } } yoe(waitMs: $waitMs) { ranges { name } }
  }
}`;
export const PAY_ONLY = 'query Pay($answers: AnswersInput!) { report(answers: $answers) { id pay { collectedAt } } }';
export const YOE_ONLY = 'query Yoe($answers: AnswersInput!) { report(answers: $answers) { id yoe { collectedAt } } }';
export const REQUEST = `mutation Request($answers: AnswersInput!, $types: [ReportType!]! = [PAY, YOE]) {
  requestReport(answers: $answers, types: $types) { id }
}`;

/** Different answers for each number. */
export function numbered(number: number): AnswersInput {
  return { jobTitle: 'Software Developer', country: 'United States', averageSizeCompetitor: number };
}

/** One subscription and everything it received. */
export interface Follower {
  readonly events: LiveEvent[];
  /** Errors in results and of the operation itself. */
  readonly errors: ResponseError[];
  /** The number of completions, which must not exceed one. */
  completions: number;
  readonly ended: Promise<void>;
  /** Resolves with the first matching event, past or future. */
  seen(such: (event: LiveEvent) => boolean): Promise<LiveEvent>;
  leave(): void;
}

export type FollowVariables = { answers?: AnswersInput; id?: string; types?: readonly ReportType[] };

/** Follows by answers or by id, depending on the variables. `onEvent` is called once the event is in `events`. */
export function follow(
  client: Client,
  variables: FollowVariables,
  onEvent: (event: LiveEvent) => void = () => {},
): Follower {
  const end = Promise.withResolvers<void>();
  const waiting = new Set<(event: LiveEvent) => void>();
  const follower: Follower = {
    events: [],
    errors: [],
    completions: 0,
    ended: end.promise,
    seen: (such) =>
      new Promise((resolve) => {
        const look = (event: LiveEvent): void => {
          if (!such(event)) return;
          waiting.delete(look);
          resolve(event);
        };
        waiting.add(look);
        follower.events.forEach(look);
      }),
    leave: () => {},
  };
  const query = 'id' in variables ? FOLLOW_KNOWN : FOLLOW;
  follower.leave = client.subscribe<{ reportStatus?: LiveEvent; reportStatusById?: LiveEvent }>(
    { query, variables },
    {
      next({ data, errors }) {
        follower.errors.push(...((errors ?? []) as unknown as ResponseError[]));
        const event = data?.reportStatus ?? data?.reportStatusById;
        if (!event) return;
        follower.events.push(event);
        onEvent(event);
        for (const look of [...waiting]) look(event);
      },
      error(error) {
        const errors = Array.isArray(error) ? (error as ResponseError[]) : [{ message: String(error), extensions: {} }];
        follower.errors.push(...errors);
        end.resolve();
      },
      complete() {
        follower.completions += 1;
        end.resolve();
      },
    },
  );
  return follower;
}

export function is(type: ReportType, status: LiveEvent['status']): (event: LiveEvent) => boolean {
  return (event) => event.type === type && event.status === status;
}

/** The received events as strings such as `PAY PENDING 1`. */
export function eventsOf({ events }: Follower): string[] {
  return events.map(({ type, status, attempt }) => `${type} ${status} ${attempt}`);
}

export function twice<T>(value: T): [T, T] {
  return [value, value];
}

/** Opens a separate socket, which stays open until the test closes it. */
export function connect(server: TestServer): Client {
  return createClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => {},
  });
}

declare module 'vitest' {
  interface TestContext {
    /** This test's own upstream, with one pending poll per link, and a server and sockets for it. */
    live: { upstream: Upstream; server: TestServer; client: Client; connect: () => Client };
  }
}

/**
 * Gives each test a scripted upstream, a server and a socket; fails it if the upstream recorded a violation. A poll that a
 * test holds does not time out.
 */
export function useLiveStage(options: Omit<TestServerOptions, 'upstream'> = {}): void {
  beforeEach(async (context) => {
    const upstream = await startUpstream();
    const overrides = { log: pino({ level: 'silent' }), timeouts: { poll: 120_000 } };
    const server = await startTestServer({ overrides, ...options, upstream });
    const clients: Client[] = [];
    const open = (): Client => {
      const client = connect(server);
      clients.push(client);
      return client;
    };
    Object.assign(context, { live: { upstream, server, client: open(), connect: open } });
    return async () => {
      for (const client of clients) client.terminate();
      await upstream.close();
      await server.close();
    };
  });
  afterEach(({ live }) => {
    expect(live.upstream.violations).toEqual([]);
    expect(live.upstream.maxOpenPollsPerLink).toBeLessThanOrEqual(1);
  });
}
