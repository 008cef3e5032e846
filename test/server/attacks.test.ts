import { describe, it } from 'vitest';
import { numbered } from '../fixtures/answers/answers.js';
import { send } from '../fixtures/server/request.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { BODIES, DOORS, type Sent } from './doors.js';

const many = (count: number, each: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => each(i)).join(' ');
const REPORT = 'report(answers: { jobTitle: "x", country: "United States" })';
const PAY = 'pay { levelUsed }';
const LIST = 'query ($list: [AnswersInput!]!) { reports(answers: $list)';
const answers = (length: number) => Array.from({ length }, (_, index) => numbered(index));

/** What is sent, and the code and the limit in the one verdict of all doors. */
interface Attack extends Sent {
  readonly query: string;
  readonly name: string;
  readonly code: string;
  readonly limit?: number;
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

const TOO_LARGE = 'OPERATION_TOO_LARGE';
const ATTACKS: readonly Attack[] = [
  {
    name: 'an alias bomb',
    query: `{ ${REPORT} { ${many(101, (index) => `a${index}: ${PAY}`)} } }`,
    code: TOO_LARGE,
    limit: 100,
  },
  {
    name: 'aliases at the root',
    query: `{ ${many(51, (index) => `a${index}: ${REPORT} { ${PAY} }`)} }`,
    code: TOO_LARGE,
    limit: 50,
  },
  {
    name: 'more reports than one may ask for',
    query: `{ ${many(26, (index) => `a${index}: ${REPORT} { ${PAY} }`)} }`,
    code: TOO_LARGE,
    limit: 25,
  },
  {
    name: 'a depth bomb',
    query: `{ ${REPORT} { ${'pay { '.repeat(20)} levelUsed ${'}'.repeat(20)} } }`,
    code: TOO_LARGE,
    limit: 15,
  },
  {
    name: 'a directive bomb',
    query: `{ ${REPORT} { ${PAY} id ${'@include(if: true) '.repeat(51)} } }`,
    code: TOO_LARGE,
    limit: 50,
  },
  {
    name: 'a bomb of unknown directives',
    query: `{ ${REPORT} { ${PAY} id ${'@a '.repeat(1_000)} } }`,
    code: TOO_LARGE,
    limit: 50,
  },
  {
    name: 'a cycle of fragments',
    query: `{ ${REPORT} { ...A } } fragment A on Report { ${PAY} ...B } fragment B on Report { ...A }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  { name: 'a token bomb', query: `{ ${REPORT} { ${PAY} ${'id '.repeat(4_000)} } }`, code: TOO_LARGE, limit: 4_000 },
  {
    name: 'a list of 1,200 answers of which only the id is asked',
    query: `${LIST} { id } }`,
    variables: { list: answers(1_200) },
    code: TOO_LARGE,
    limit: 1_000,
  },
  {
    name: 'a list of 5,000 elements in the document',
    query: `{ reports(answers: [${many(5_000, () => '{}')}]) { ${PAY} } }`,
    code: TOO_LARGE,
    limit: 4_000,
  },
  {
    name: 'a body of 5,000 answers',
    query: `${LIST} { ${PAY} } }`,
    variables: { list: answers(5_000) },
    code: TOO_LARGE,
    limit: 262_144,
  },
  {
    name: 'introspection that goes deep',
    query: `{ __schema { types { fields { type { ${'ofType { '.repeat(20)} name ${'}'.repeat(20)} } } } } }`,
    code: TOO_LARGE,
    limit: 20,
  },
  {
    name: 'introspection under another name, in a fragment',
    query: `{ ...A } fragment A on Query { x: __type(name: "Query") { ${'ofType { '.repeat(20)} name ${'}'.repeat(20)} } }`,
    code: TOO_LARGE,
    limit: 20,
  },
  {
    name: 'introspection many times',
    query: `{ ${many(11, (index) => `a${index}: __schema { types { name } }`)} }`,
    code: TOO_LARGE,
    limit: 10,
  },
  {
    name: 'variables that are nested deeply',
    query: `${LIST} { ${PAY} } }`,
    variables: { list: nested(200) as object },
    code: 'BAD_REQUEST',
  },
  {
    name: 'a __proto__ in variables',
    query: `${LIST} { ${PAY} } }`,
    variables: JSON.parse('{"list": [{"jobTitle": "x", "country": "y", "__proto__": {"a": 1}}]}') as object,
    code: 'BAD_REQUEST',
  },
];

describe.concurrent('an attack has one verdict at every door, and buys nothing:', () => {
  useServers();
  useSockets();

  it.for(ATTACKS)('$name', async ({ query, variables = {}, code, limit }, context) => {
    const { start, upstream, expect } = context;
    const server = await start({ env: { INTROSPECTION: 'true' } });
    const results = [];
    for (const door of BODIES) results.push(await DOORS[door](server, { query, variables }, context));
    expect(results[0]?.data).toBeUndefined();
    expect(results[0]?.errors?.[0]?.extensions).toMatchObject({ code, ...(limit !== undefined && { limit }) });
    for (const result of results) expect(result).toEqual(results[0]);
    expect(upstream.submits()).toEqual([]);
    expect((await server.run('{ __typename }')).errors).toEqual([]);
  });
});

const OPERATION = { query: `{ ${REPORT} { ${PAY} } }` };

describe.concurrent('a request that is none buys nothing at any door:', () => {
  useServers();
  useSockets();
  const paths = ['/graphql', '/graphql/stream'];
  const accept = { accept: 'text/event-stream, application/json' };

  it.for<[string, number, Record<string, string>, string]>([
    ['a batch', 400, { 'content-type': 'application/json' }, JSON.stringify([OPERATION, OPERATION])],
    ['text/plain', 415, { 'content-type': 'text/plain' }, JSON.stringify(OPERATION)],
    [
      'a form',
      415,
      { 'content-type': 'application/x-www-form-urlencoded' },
      `query=${encodeURIComponent(OPERATION.query)}`,
    ],
    ['a form with parts', 415, { 'content-type': 'multipart/form-data; boundary=x' }, '--x--'],
    ['a compressed body', 415, { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 'x'],
  ])('%s', async ([_name, status, headers, body], { start, upstream, expect }) => {
    const { url } = await start();
    for (const path of paths) {
      const response = await send(url + path, { headers: { ...accept, ...headers }, body });
      expect([path, response.status]).toEqual([path, status]);
      expect(JSON.parse(response.body)).toHaveProperty('errors.0.extensions.code', 'BAD_REQUEST');
    }
    expect(upstream.submits()).toEqual([]);
  });

  it('a batch, in a WebSocket message', async ({ start, connectAndInit, upstream, expect }) => {
    const socket = await connectAndInit(await start());
    socket.send(JSON.stringify([{ id: '1', type: 'subscribe', payload: OPERATION }]));
    expect((await socket.closed).code).toBe(4400);
    expect(upstream.submits()).toEqual([]);
  });

  it('20 MB, which are not read to their end', async ({ start, connectAndInit, upstream, expect }) => {
    const server = await start();
    const body = JSON.stringify({ ...OPERATION, variables: { a: 'x'.repeat(20_000_000) } });
    for (const path of paths) {
      const headers = { ...accept, 'content-type': 'application/json' };
      const refused = await fetch(server.url + path, { method: 'POST', headers, body }).then(
        async (response) => [response.status, await response.json()],
        (error: unknown) => error,
      );
      if (Array.isArray(refused))
        expect(refused).toMatchObject([413, { errors: [{ extensions: { code: TOO_LARGE } }] }]);
    }
    const socket = await connectAndInit(server);
    socket.send(body);
    expect((await socket.closed).code).toBe(1009);
    expect((await server.run('{ __typename }')).errors).toEqual([]);
    expect(upstream.submits()).toEqual([]);
  });
});

describe.concurrent('a socket', () => {
  useServers();
  useSockets();
  const FOLLOW = 'subscription ($answers: AnswersInput!) { reportStatus(answers: $answers, buy: false) { status } }';

  it('has at most 100 of 500 subscriptions', async ({ start, connectAndInit, upstream, expect }) => {
    const server = await start();
    const socket = await connectAndInit(server);
    for (let index = 0; index < 500; index++) socket.subscribe(`s${index}`, FOLLOW, { answers: numbered(index) });
    await expect.poll(() => socket.messages.filter(({ type }) => type === 'error').length).toBe(400);
    const [refused] = socket.messages.filter(({ type }) => type === 'error');
    expect(refused?.payload).toMatchObject([{ extensions: { code: 'RATE_LIMITED', limit: 100 } }]);
    expect((await server.run('{ __typename }')).errors).toEqual([]);
    expect(upstream.submits()).toEqual([]);
  });

  it('that subscribes and completes without end is answered like any other', async ({
    start,
    connectAndInit,
    upstream,
    expect,
  }) => {
    const server = await start();
    const socket = await connectAndInit(server);
    for (let index = 0; index < 300; index++) {
      socket.subscribe('s', FOLLOW, { answers: numbered(index) });
      socket.send({ id: 's', type: 'complete' });
    }
    expect((await server.run('{ __typename }')).errors).toEqual([]);
    await expect.poll(async () => (await socket.run('{ __typename }')).data).toEqual({ __typename: 'Query' });
    expect(upstream.submits()).toEqual([]);
  });

  it('that floods with pings holds up nobody', async ({ start, connectAndInit, expect }) => {
    const server = await start();
    const socket = await connectAndInit(server);
    for (let index = 0; index < 300; index++) {
      socket.raw.ping();
      socket.send({ type: 'ping' });
    }
    expect((await server.run('{ __typename }')).errors).toEqual([]);
    expect((await socket.run('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });
});
