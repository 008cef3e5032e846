import { hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import {
  Client as UrqlClient,
  createRequest,
  fetchExchange,
  stringifyDocument,
  subscriptionExchange,
} from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { OperationTypeNode, print, type DocumentNode } from 'graphql';
import { createClient as createWsClient, type Client as WsClient, type Sink } from 'graphql-ws';
import { describe, it, type TestContext } from 'vitest';
import { WebSocket } from 'ws';
import {
  FollowAnswersDocument,
  FullReportDocument,
  RequestReportDocument,
  type FollowAnswersSubscription,
  type FullReportQuery,
  type FullReportQueryVariables,
  type StepFragment,
} from '../../generated/operations.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { newDirectory } from '../../fixtures/directory.js';
import { logOf } from '../../fixtures/server/responses.js';
import type { TestServer } from '../../fixtures/server/server.js';
import { useServers } from '../../fixtures/server/use-servers.js';

const answers = numbered();
const QUERY = String(FullReportDocument);
const APOLLO_QUERY: TypedDocumentNode<FullReportQuery, FullReportQueryVariables> = gql(QUERY);
const MUTATION = String(RequestReportDocument);
const SUBSCRIPTION = String(FollowAnswersDocument);
const MISSED = { errors: ['PERSISTED_QUERY_NOT_FOUND'] };
const SERVED = { operation: 'FullReport', errors: [] };
const FOLLOWED = { operation: 'FollowAnswers', errors: [] };

describe.concurrent('clients with automatic persisted queries', () => {
  useServers({ pendingPolls: 0 });

  it('Apollo Client sends the hash, then once the text, then hashes', async (context) => {
    const { start, upstream, expect } = context;
    const server = await start();
    const client = apollo(context, server, new PersistedQueryLink({ sha256: (text) => hash('sha256', text) }));
    for (let round = 0; round < 2; round++) {
      const { data } = await client.query({ query: APOLLO_QUERY, variables: { answers } });
      expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    }
    expect(operations(server)).toMatchObject([MISSED, SERVED, SERVED]);
    const mutation = await client.mutate({ mutation: gql(MUTATION), variables: { answers } });
    expect(mutation.error).toBeUndefined();
    expect((await apolloSteps(client)).at(-1)?.status).toBe('READY');
    expect(operations(server).at(-1)).toMatchObject(FOLLOWED);
    expect(upstream.bought()).toBe(2);
  });

  it('Apollo Client asks by GET where that is wanted, for what is stored', async (context) => {
    const { start, expect } = context;
    const server = await start();
    await server.run(FullReportDocument, { answers });
    const link = new PersistedQueryLink({ sha256: (text) => hash('sha256', text), useGETForHashedQueries: true });
    const client = apollo(context, server, link);
    for (let round = 0; round < 2; round++) {
      const { data } = await client.query({ query: APOLLO_QUERY, variables: { answers } });
      expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    }
    expect(operations(server).slice(1)).toMatchObject([MISSED, SERVED, SERVED]);
  });

  it('urql does the same, also for its subscriptions', async (context) => {
    const { start, upstream, expect } = context;
    const server = await start();
    const client = urql(context, server);
    for (let round = 0; round < 2; round++) {
      const { data, error } = await client.query<FullReportQuery>(QUERY, { answers });
      expect(error).toBeUndefined();
      expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    }
    expect(operations(server)).toMatchObject([MISSED, SERVED, SERVED]);
    for (let round = 0; round < 2; round++) {
      expect((await urqlSteps(client)).at(-1)?.status).toBe('READY');
    }
    expect(operations(server).slice(3)).toMatchObject([MISSED, FOLLOWED, FOLLOWED]);
    expect(upstream.bought()).toBe(2);
  });
});

describe.concurrent('clients of a server with a safelist', () => {
  useServers({ pendingPolls: 0 });

  it('Apollo Client sends the ids of its manifest, and is refused for anything else', async (context) => {
    const { start, expect } = context;
    const server = await start({ env: { SAFELIST_FILE: await manifestOf(context, apolloText) } });
    const generateHash = (document: DocumentNode): string => `id-${hash('sha256', print(document))}`;
    const client = apollo(context, server, new PersistedQueryLink({ generateHash }));
    const { data } = await client.query({ query: APOLLO_QUERY, variables: { answers } });
    expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    expect((await apolloSteps(client)).at(-1)?.status).toBe('READY');
    expect(operations(server)).toMatchObject([SERVED, FOLLOWED]);

    const other = client.query({
      query: gql`
        {
          reportById(id: "x") {
            id
          }
        }
      `,
    });
    await expect(other).rejects.toMatchObject({ errors: [{ extensions: { code: 'OPERATION_NOT_LISTED' } }] });
    expect(operations(server)).toHaveLength(3);
  });

  it('urql sends hashes without a text, and is refused for anything else', async (context) => {
    const { start, expect } = context;
    const server = await start({ env: { SAFELIST_FILE: await manifestOf(context, urqlText) } });
    const client = urql(context, server, { enforcePersistedQueries: true });
    const { data } = await client.query<FullReportQuery>(QUERY, { answers });
    expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    expect((await urqlSteps(client)).at(-1)?.status).toBe('READY');
    expect(operations(server)).toMatchObject([SERVED, FOLLOWED]);

    const { error } = await client.query('{ reportById(id: "x") { id } }', {});
    expect(error?.graphQLErrors[0]?.extensions).toEqual({ code: 'OPERATION_NOT_LISTED' });
    expect(operations(server)).toHaveLength(3);
  });
});

/** What the server has logged of operations: their names and the codes of their errors. */
function operations(server: TestServer): Record<string, unknown>[] {
  return logOf(server).filter(({ msg }) => msg === 'operation');
}

function wsClient({ atEnd }: TestContext, { url }: TestServer): WsClient {
  const client = createWsClient({ url: `${url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket });
  atEnd(() => client.dispose());
  return client;
}

function apollo(context: TestContext, server: TestServer, persisted: ApolloLink): ApolloClient {
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    defaultOptions: { query: { fetchPolicy: 'no-cache' } },
    link: persisted.concat(
      ApolloLink.split(
        ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
        new GraphQLWsLink(wsClient(context, server)),
        new HttpLink({ uri: `${server.url}/graphql` }),
      ),
    ),
  });
  context.atEnd(() => client.stop());
  return client;
}

function apolloSteps(client: ApolloClient): Promise<StepFragment[]> {
  const steps: StepFragment[] = [];
  const query = gql(SUBSCRIPTION);
  return new Promise((resolve, reject) => {
    client.subscribe<FollowAnswersSubscription>({ query, variables: { answers }, fetchPolicy: 'no-cache' }).subscribe({
      next({ data, error }) {
        if (error) return reject(new Error(error.message));
        if (data) steps.push(data.reportStatus);
      },
      error: reject,
      complete: () => resolve(steps),
    });
  });
}

function urql(
  context: TestContext,
  server: TestServer,
  options: { enforcePersistedQueries?: boolean } = {},
): UrqlClient {
  const socket = wsClient(context, server);
  return new UrqlClient({
    url: `${server.url}/graphql`,
    exchanges: [
      persistedExchange({ preferGetForPersistedQueries: false, enableForSubscriptions: true, ...options }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables, extensions = {} }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ query, variables: variables ?? {}, extensions }, sink as Sink),
          }),
        }),
      }),
    ],
  });
}

function urqlSteps(client: UrqlClient): Promise<StepFragment[]> {
  const steps: StepFragment[] = [];
  return new Promise((resolve, reject) => {
    client.subscription<FollowAnswersSubscription>(SUBSCRIPTION, { answers }).subscribe(({ data, error, hasNext }) => {
      if (error) return reject(error);
      if (data) steps.push(data.reportStatus);
      if (!hasNext) resolve(steps);
    });
  });
}

/** What Apollo Client prints of a document: with `__typename` in each selection. */
function apolloText(document: string): string {
  return print(new InMemoryCache().transformDocument(gql(document)));
}

/** What urql sends of a document. */
function urqlText(document: string): string {
  return stringifyDocument(createRequest(document, {}).query);
}

async function manifestOf({ atEnd }: TestContext, textOf: (document: string) => string): Promise<string> {
  const { path, remove } = await newDirectory();
  atEnd(remove);
  const operations = [QUERY, SUBSCRIPTION].map((document, index) => {
    const body = textOf(document);
    return { id: `id-${hash('sha256', body)}`, name: `Operation ${index}`, type: 'query', body };
  });
  const file = join(path, 'safelist.json');
  await writeFile(file, JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }));
  return file;
}
