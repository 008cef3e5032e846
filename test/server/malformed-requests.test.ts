import { describe, it, type TestContext } from 'vitest';
import { FollowAnswersDocument } from '../generated/operations.js';
import { numbered } from '../fixtures/answers/answers.js';
import type { TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { gate } from '../fixtures/upstream/upstream.js';

/** What came back: the status where there is one, and the errors. */
interface Refusal {
  readonly status?: number;
  readonly errors?: readonly object[];
}

const JSON_TYPE = { 'content-type': 'application/json' };
const EVENTS = { accept: 'text/event-stream' };
const ASKED_FOR = { 'apollo-require-preflight': 'true' };

/** Sends something in place of a GraphQL request. */
const BODIES: Readonly<Record<string, (server: TestServer, sent: unknown, context: TestContext) => Promise<Refusal>>> =
  {
    HTTP: ({ url }, sent) => post(`${url}/graphql`, sent, {}),
    'server-sent events': ({ url }, sent) => post(`${url}/graphql/stream`, sent, EVENTS),
    WebSocket: async (server, sent, { connectAndInit, upstream, expect }) => {
      const held = gate();
      upstream.script.submit.push(held);
      const socket = await connectAndInit(server);
      socket.subscribe('beside', FollowAnswersDocument, { answers: numbered(Math.round(performance.now())) });
      await held.arrived;
      socket.send({ id: 'a', type: 'subscribe', payload: sent });
      const { type, payload } = await socket.ended('a');
      expect(type).toBe('error');
      held.release();
      expect(await socket.ended('beside'), 'the subscription beside it goes on').toMatchObject({ type: 'complete' });
      return { errors: payload as object[] };
    },
  };
const SEARCHES: typeof BODIES = {
  'HTTP by GET': ({ url }, sent) => get(`${url}/graphql`, sent, ASKED_FOR),
  'server-sent events by GET': ({ url }, sent) => get(`${url}/graphql/stream`, sent, { ...ASKED_FOR, ...EVENTS }),
};

const query = '{ __typename }';

function persisted(fields: object): object {
  return { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64), ...fields } };
}

describe.concurrent('what is no GraphQL request is refused alike at every door:', () => {
  useServers({ pendingPolls: 0 });
  useSockets();

  it.for<[string, unknown, string]>([
    ['variables as a string', { query, variables: '{}' }, '`variables` must be an object.'],
    ['variables as a list', { query, variables: [] }, '`variables` must be an object.'],
    ['variables as a number', { query, variables: 7 }, '`variables` must be an object.'],
    ['variables as a boolean', { query, variables: false }, '`variables` must be an object.'],
    ['extensions as a string', { query, extensions: '{}' }, '`extensions` must be an object.'],
    ['extensions as a list', { query, extensions: [] }, '`extensions` must be an object.'],
    ['extensions as a number', { query, extensions: 7 }, '`extensions` must be an object.'],
    ['a hash that is a number', { query, extensions: persisted({ sha256Hash: 7 }) }, '`sha256Hash` must be a string.'],
    ['a persisted query of version 2', { query, extensions: persisted({ version: 2 }) }, '`version`'],
    ['a persisted query that is a text', { query, extensions: { persistedQuery: 'a' } }, '`version`'],
    ['no query', { variables: {} }, 'non-empty `query`'],
    ['an empty query', { query: '' }, 'non-empty `query`'],
  ])('%s', async ([, sent, message], context) => {
    const { expect } = context;
    const refusals = await refusalsAt({ ...BODIES, ...SEARCHES }, sent, context);
    expect(refusals).toEqual(alike(refusals, 'BAD_REQUEST', message));
  });

  it.for<[string, unknown, string]>([
    ['operationName as a number', { query, operationName: 7 }, '`operationName` must be a string.'],
    ['operationName as an object', { query, operationName: {} }, '`operationName` must be a string.'],
    ['a documentId that is a number', { documentId: 7 }, '`documentId` must be a string.'],
    ['a query that is a number', { query: 7 }, '`query` must be a string.'],
    ['a query that is a document', { query: { kind: 'Document' } }, '`query` must be a string.'],
    ['null for a query', { query: null }, 'non-empty `query`'],
    ['an empty object', {}, 'non-empty `query`'],
    ['a batch', [{ query }, { query }], 'must be a JSON object'],
    ['a string', query, 'must be a JSON object'],
    ['a number', 7, 'must be a JSON object'],
    ['null', null, 'must be a JSON object'],
  ])('%s', async ([, sent, message], context) => {
    const { expect } = context;
    const refusals = await refusalsAt(BODIES, sent, context);
    expect(refusals).toEqual(alike(refusals, 'BAD_REQUEST', message));
  });

  it('a parameter that is given twice', async ({ start, expect }) => {
    const { url } = await start();
    const search = 'query=%7B__typename%7D&query=%7Ba%7D';
    for (const [path, headers] of [
      ['/graphql', ASKED_FOR],
      ['/graphql/stream', { ...ASKED_FOR, ...EVENTS }],
    ] as const) {
      const refused = await refusalOf(await fetch(`${url}${path}?${search}`, { headers }));
      expect(refused).toEqual({ status: 400, errors: [error('BAD_REQUEST', '`query` must be a string.')] });
    }
  });

  it('a request of more than 256 KB', async (context) => {
    const { start, expect } = context;
    const server = await start();
    for (const bytes of [262_145, 1_000_000]) {
      const sent = { query: `${query}#${'.'.repeat(bytes)}` };
      for (const [door, send] of Object.entries(BODIES)) {
        const { status = 413, errors } = await send(server, sent, context);
        const extensions = { code: 'OPERATION_TOO_LARGE', limit: 262_144 };
        expect([status, errors], door).toEqual([413, [{ message: expect.stringContaining('262144'), extensions }]]);
      }
    }
    for (const [path, accept] of [
      ['/graphql', 'application/json'],
      ['/graphql/stream', EVENTS.accept],
    ] as const) {
      const sent = { query: `${query}#${'.'.repeat(262_000)}` };
      expect((await post(server.url + path, sent, { accept })).status, 'below the limit').toBe(200);
      const large = await post(server.url + path, { query: '.'.repeat(4_000_000) }, { accept });
      expect(large, 'too large to be read').toMatchObject({ status: 413 });
    }
  });
});

describe.concurrent('an accept header', () => {
  useServers();

  it('that allows no result is refused before anything is bought', async ({ start, upstream, expect }) => {
    const { url } = await start();
    const sent = { query: String(FollowAnswersDocument).replace('subscription', 'query'), variables: {} };
    const refused = await post(`${url}/graphql`, sent, { accept: 'text/html' });
    expect(refused).toMatchObject({ status: 406, errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(upstream.count('submit')).toBe(0);
  });

  it('decides the media type of refusals, too', async ({ start, expect }) => {
    const { url } = await start();
    const accept = 'application/graphql-response+json';
    for (const [path, init] of [
      ['/graphql', { method: 'POST', headers: { ...JSON_TYPE, accept }, body: '{' }],
      ['/graphql', { method: 'DELETE', headers: { accept } }],
      ['/graphql/', { headers: { accept } }],
      ['/graphql/%ZZ', { headers: { accept } }],
    ] as const) {
      const type = (await fetch(url + path, init)).headers.get('content-type');
      expect(type, path).toBe('application/graphql-response+json; charset=utf-8');
    }
  });
});

/** The status and the errors at each of the doors. */
async function refusalsAt(doors: typeof BODIES, sent: unknown, context: TestContext) {
  const server = await context.start();
  const refusals: Record<string, { readonly status: number; readonly errors: unknown }> = {};
  for (const [door, send] of Object.entries(doors)) {
    const { status = 400, errors } = await send(server, sent, context);
    refusals[door] = { status, errors };
  }
  return refusals;
}

/** What each door must have said: the same as all others. */
function alike(refusals: Record<string, { readonly errors: unknown }>, code: string, part: string): object {
  const [errors] = Object.values(refusals).map((refusal) => refusal.errors as readonly { readonly message: string }[]);
  const message = errors?.map((each) => each.message).find((each) => each.includes(part)) ?? part;
  return Object.fromEntries(
    Object.keys(refusals).map((door) => [door, { status: 400, errors: [error(code, message)] }]),
  );
}

function error(code: string, message: string): object {
  return { message, extensions: { code } };
}

async function post(url: string, sent: unknown, headers: Readonly<Record<string, string>>): Promise<Refusal> {
  const body = JSON.stringify(sent);
  return refusalOf(await fetch(url, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body }));
}

async function get(url: string, sent: unknown, headers: Readonly<Record<string, string>>): Promise<Refusal> {
  const { query: text, ...rest } = sent as Record<string, unknown>;
  const members = Object.entries(rest).map(([name, value]) => [name, JSON.stringify(value)]);
  const search = new URLSearchParams(
    Object.fromEntries([...(text === undefined ? [] : [['query', text]]), ...members]),
  );
  return refusalOf(await fetch(`${url}?${search}`, { headers }));
}

/** A stream has the errors of the operation in an event. */
async function refusalOf(response: Response): Promise<Refusal> {
  const text = await response.text();
  const result = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text) as Refusal;
  return { status: response.status, ...result };
}
