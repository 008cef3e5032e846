import { setTimeout as delay } from 'node:timers/promises';
import { ApolloClient, ApolloLink, gql as apolloGql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { cacheExchange, Client as UrqlClient, fetchExchange, subscriptionExchange } from '@urql/core';
import { OperationTypeNode } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient, type Client as WsClient, type ClientOptions, type Sink } from 'graphql-ws';
import { describe, it, type TestContext } from 'vitest';
import { WebSocket } from 'ws';
import {
  FollowAnswersDocument,
  FollowIdDocument,
  FullReportDocument,
  RequestReportDocument,
  type FollowAnswersSubscription,
  type FollowIdSubscription,
  type StepFragment,
} from '../../generated/operations.js';
import { OWN_HOST } from '../../fixtures/sockets/loopback.js';
import { gate, pending, type Upstream } from '../../fixtures/upstream/upstream.js';
import type { TestServer } from '../../fixtures/server/server.js';
import { expectWholeWay, way } from './whole-way.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useServers } from '../../fixtures/server/use-servers.js';

const answers = numbered();
const followed = { query: String(FollowAnswersDocument), variables: { answers } };

describe.concurrent('common clients follow a report until it is ready', () => {
  useServers();

  it('graphql-ws', async ({ start, upstream, atEnd, expect }) => {
    const letGo = holdPurchase(upstream);
    const client = wsClient(await start(), atEnd);
    const steps: StepFragment[] = [];
    for await (const { data, errors } of client.iterate<FollowAnswersSubscription>(followed)) {
      expect(errors).toBeUndefined();
      if (data) steps.push(data.reportStatus);
      if (steps.length === 2) letGo();
    }
    expectWholeWay(steps);
    expect(upstream.bought()).toBe(2);
  });

  it('graphql-sse', async ({ start, upstream, atEnd, expect }) => {
    const letGo = holdPurchase(upstream);
    const { url } = await start();
    const client = createSseClient({ url: `${url}/graphql/stream`, retryAttempts: 0 });
    atEnd(() => client.dispose());
    const steps: StepFragment[] = [];
    for await (const { data, errors } of client.iterate<FollowAnswersSubscription>(followed)) {
      expect(errors).toBeUndefined();
      if (data) steps.push(data.reportStatus);
      if (steps.length === 2) letGo();
    }
    expectWholeWay(steps);
    expect(upstream.bought()).toBe(2);
  });

  it('Apollo Client, with queries over HTTP', async ({ start, upstream, atEnd, expect }) => {
    const letGo = holdPurchase(upstream);
    const server = await start();
    const client = new ApolloClient({
      cache: new InMemoryCache(),
      link: ApolloLink.split(
        ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
        new GraphQLWsLink(wsClient(server, atEnd)),
        new HttpLink({ uri: `${server.url}/graphql` }),
      ),
    });
    atEnd(() => client.stop());
    const steps: StepFragment[] = [];
    await new Promise<void>((resolve, reject) => {
      client
        .subscribe<FollowAnswersSubscription>({
          query: apolloGql(String(FollowAnswersDocument)),
          variables: { answers },
          fetchPolicy: 'no-cache',
        })
        .subscribe({
          next({ data, error }) {
            if (error) return reject(new Error(error.message));
            if (data) steps.push(data.reportStatus);
            if (steps.length === 2) letGo();
          },
          error: reject,
          complete: resolve,
        });
    });
    expectWholeWay(steps);
    const { data } = await client.query({ query: apolloGql(String(FullReportDocument)), variables: { answers } });
    expect(data).toMatchObject({ report: { status: { pay: 'READY', yoe: 'READY' } } });
    expect(upstream.bought()).toBe(2);
  });

  it('urql, with queries over HTTP', async ({ start, upstream, atEnd, expect }) => {
    const letGo = holdPurchase(upstream);
    const server = await start();
    const socket = wsClient(server, atEnd);
    const client = new UrqlClient({
      url: `${server.url}/graphql`,
      preferGetMethod: false,
      exchanges: [
        cacheExchange,
        fetchExchange,
        subscriptionExchange({
          forwardSubscription: ({ query = '', variables }) => ({
            subscribe: (sink) => ({
              unsubscribe: socket.subscribe({ query, variables: variables ?? {} }, sink as Sink),
            }),
          }),
        }),
      ],
    });
    const steps: StepFragment[] = [];
    await new Promise<void>((resolve, reject) => {
      client
        .subscription<FollowAnswersSubscription>(String(FollowAnswersDocument), { answers })
        .subscribe(({ data, error, hasNext }) => {
          if (error) return reject(error);
          // urql repeats the last result when the subscription completes.
          if (!hasNext) return resolve();
          if (data) steps.push(data.reportStatus);
          if (steps.length === 2) letGo();
        });
    });
    expectWholeWay(steps);
    const { data, error } = await client.query(String(FullReportDocument), { answers });
    expect(error).toBeUndefined();
    expect(data).toMatchObject({ report: { status: { pay: 'READY', yoe: 'READY' } } });
    expect(upstream.bought()).toBe(2);
  });
});

describe.concurrent('common clients', () => {
  useServers();

  it('run queries and mutations over graphql-ws', async ({ start, upstream, atEnd, expect }) => {
    const client = wsClient(await start(), atEnd);
    const run = async (query: unknown) => {
      const { value, done } = await client.iterate({ query: String(query), variables: { answers } }).next();
      expect(done).toBe(false);
      return value;
    };
    expect(await run(RequestReportDocument)).toMatchObject({ data: { requestReport: { id: expect.any(String) } } });
    expect(await run(FullReportDocument)).toMatchObject({
      data: { report: { pay: { basePay: { percentile50: 104_300 } }, yoe: { ranges: expect.any(Array) } } },
    });
    expect(upstream.bought()).toBe(2);
  });

  it('run queries and mutations over graphql-sse', async ({ start, upstream, atEnd, expect }) => {
    const { url } = await start();
    const client = createSseClient({ url: `${url}/graphql/stream`, retryAttempts: 0 });
    atEnd(() => client.dispose());
    for (const [query, field] of [
      [RequestReportDocument, 'requestReport'],
      [FullReportDocument, 'report'],
    ] as const) {
      const results = [];
      for await (const result of client.iterate({ query: String(query), variables: { answers } })) results.push(result);
      expect(results).toMatchObject([{ data: { [field]: { id: expect.any(String) } } }]);
    }
    expect(upstream.bought()).toBe(2);
  });

  it('can end one of two subscriptions on a socket', async ({ start, upstream, atEnd, expect }) => {
    upstream.script.poll('pay').otherwise(pending(100));
    const client = wsClient(await start(), atEnd, { lazyCloseTimeout: 0 });
    const follow = { query: String(FollowAnswersDocument), variables: { answers, types: ['PAY'] } };
    const [leaver, stayer] = [client.iterate(follow), client.iterate(follow)];
    await Promise.all([leaver.next(), stayer.next()]);
    await leaver.return?.();
    expect(await leaver.next()).toMatchObject({ done: true });
    for (let event = 0; event < 4; event++) expect(await stayer.next()).toMatchObject({ done: false });
    await stayer.return?.();
  });
});

describe.concurrent('a client that reconnects after a server restart', () => {
  useServers();

  it('resumes following by answers without another purchase: graphql-ws', async (context) => {
    const { upstream, atEnd, expect } = context;
    const { client, restart } = await aboutToRestart(context, (server) => wsClient(server, atEnd));
    const steps: StepFragment[] = [];
    let restarted: Promise<unknown> | undefined;
    for await (const { data } of client.iterate<FollowAnswersSubscription>(followed)) {
      if (data) steps.push(data.reportStatus);
      if (steps.some(({ attempt }) => attempt > 0)) restarted ??= restart();
    }
    await restarted;
    expect(way(steps, 'PAY').slice(-2)).toEqual(['PENDING', 'READY']);
    expect(way(steps, 'YOE').at(-1)).toBe('READY');
    expect(steps.findLast(({ type }) => type === 'PAY')?.report.pay?.basePay?.percentile50).toBe(104_300);
    expect([upstream.bought('pay'), upstream.bought('yoe')]).toEqual([1, 1]);
  });

  it('resumes following by answers without another purchase: graphql-sse', async (context) => {
    const { upstream, atEnd, expect } = context;
    const { client, restart } = await aboutToRestart(context, ({ url }) => {
      const client = createSseClient({
        url: `${url}/graphql/stream`,
        retryAttempts: 500,
        retry: () => delay(200),
      });
      atEnd(() => client.dispose());
      return client;
    });
    const steps: StepFragment[] = [];
    let restarted: Promise<unknown> | undefined;
    for await (const { data } of client.iterate<FollowAnswersSubscription>(followed)) {
      if (data) steps.push(data.reportStatus);
      if (steps.some(({ attempt }) => attempt > 0)) restarted ??= restart();
    }
    await restarted;
    expect(way(steps, 'PAY').slice(-2), 'not completed by the server stop').toEqual(['PENDING', 'READY']);
    expect([upstream.bought('pay'), upstream.bought('yoe')]).toEqual([1, 1]);
  });

  it('resumes following by id without another purchase', async (context) => {
    const { upstream, atEnd, expect } = context;
    const { client, server, restart } = await aboutToRestart(context, (server) => wsClient(server, atEnd));
    const { data } = await server.run(RequestReportDocument, { answers });
    const byId = { query: String(FollowIdDocument), variables: { id: data?.requestReport?.id } };
    const steps: StepFragment[] = [];
    let restarted: Promise<unknown> | undefined;
    for await (const { data } of client.iterate<FollowIdSubscription>(byId)) {
      if (data) steps.push(data.reportStatusById);
      if (steps.some(({ attempt }) => attempt > 0)) restarted ??= restart();
    }
    await restarted;
    expect(way(steps, 'PAY').slice(-2)).toEqual(['PENDING', 'READY']);
    expect([upstream.bought('pay'), upstream.bought('yoe')]).toEqual([1, 1]);
  });
});

/** Holds the submission, so that the first event is SUBMITTING. */
function holdPurchase(upstream: Upstream): () => void {
  const held = gate();
  upstream.script.submit.push(held);
  return () => held.release();
}

function wsClient({ url }: TestServer, atEnd: TestContext['atEnd'], options: Partial<ClientOptions> = {}): WsClient {
  const client = createWsClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 500,
    retryWait: () => delay(200),
    // By default it does not retry a refused connection.
    shouldRetry: () => true,
    ...options,
  });
  atEnd(() => client.dispose());
  return client;
}

/** A report that stays PENDING until the server has been stopped and started again on the same port and ledger. */
async function aboutToRestart<C>({ start, upstream }: TestContext, connect: (server: TestServer) => C) {
  upstream.script.poll('pay').otherwise(pending(200));
  // No other process takes its port meanwhile.
  const server = await start({ env: { HOST: OWN_HOST } });
  const client = connect(server);
  return {
    server,
    client,
    async restart() {
      await server.stop();
      // The restarted server polls immediately, so wait until the retry hint has passed.
      await delay(250);
      upstream.script.poll('pay').otherwise();
      await start({ dataDir: server.dataDir, env: { HOST: OWN_HOST, PORT: new URL(server.url).port } });
    },
  };
}
