import { describe, it, type TestContext } from 'vitest';
import type { TestServer } from '../fixtures/server/server.js';
import type { Result } from '../fixtures/sockets/raw-socket.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';

/** Sends the text of the parameters as it is. Resolves to the first result, or to the errors of the refusal. */
type SendText = (server: TestServer, parameters: string, context: TestContext) => Promise<Result>;

const JSON_TYPE = { 'content-type': 'application/json' };
const EVENTS = { accept: 'text/event-stream' };

const DOORS: Readonly<Record<string, SendText>> = {
  'HTTP by POST': async ({ url }, body) =>
    resultOf(await fetch(`${url}/graphql`, { method: 'POST', headers: JSON_TYPE, body })),
  'HTTP by GET': async ({ url }, parameters) =>
    resultOf(await fetch(`${url}/graphql?${searchOf(parameters)}`, { headers: { 'apollo-require-preflight': '1' } })),
  'server-sent events by POST': async ({ url }, body) =>
    resultOf(await fetch(`${url}/graphql/stream`, { method: 'POST', headers: { ...JSON_TYPE, ...EVENTS }, body })),
  'server-sent events by GET': async ({ url }, parameters) =>
    resultOf(
      await fetch(`${url}/graphql/stream?${searchOf(parameters)}`, {
        headers: { ...EVENTS, 'apollo-require-preflight': '1' },
      }),
    ),
  WebSocket: async (server, parameters, { connectAndInit }) => {
    const socket = await connectAndInit(server);
    socket.send(`{"type":"subscribe","id":"a","payload":${parameters}}`);
    const { type, payload } = await socket.ended('a');
    const result = type === 'error' ? ({ errors: payload } as Result) : (socket.results('a')[0] ?? {});
    // The operations beside it go on.
    await socket.run('{ __typename }');
    return result;
  },
};

const QUERY = `query ($answers: AnswersInput!) { report(answers: $answers) { pay { levelUsed } } }`;
const ANSWERS = JSON.stringify(SEATTLE);
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

/** The parameters as JSON, with these texts as further members of its objects. */
function parametersWith({ variables = '', beside = '' }, query = QUERY): string {
  return `{"query":${JSON.stringify(query)},"variables":{"answers":${ANSWERS}${variables}}${beside}}`;
}

/** The same in a URL: members that are no variables are extensions. */
function searchOf(parameters: string): string {
  const [, query = '', variables = '', extensions = ''] =
    /^\{"query":("(?:[^"\\]|\\.)*"),"variables":(.*?)(?:,"extensions":(.*))?\}$/s.exec(parameters) ?? [];
  return new URLSearchParams({
    query: JSON.parse(query) as string,
    variables,
    ...(extensions && { extensions }),
  }).toString();
}

async function resultOf(response: Response): Promise<Result> {
  const text = await response.text();
  return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text) as Result;
}

describe.concurrent('JSON that cannot be handled', () => {
  useServers({ pendingPolls: 0 });
  useSockets();

  it.for([
    ['an unused variable nested 2,000 levels deep', { variables: `,"unused":${nested(2_000)}` }, '100 levels'],
    ['a variable nested one level too deep', { variables: `,"unused":${nested(99)}` }, '100 levels'],
    ['extensions nested too deeply', { beside: `,"extensions":{"a":${nested(200)}}` }, '100 levels'],
    ['a variable named __proto__', { variables: ',"__proto__":{"jobTitle":"Cashier"}' }, '__proto__'],
    ['a __proto__ deep inside a variable', { variables: ',"unused":[{"a":{"__proto__":1}}]' }, '__proto__'],
    ['a __proto__ in extensions', { beside: ',"extensions":{"__proto__":{}}' }, '__proto__'],
    ['a number beyond all numbers', { variables: ',"unused":1e999' }, '1.8e308'],
    ['one below all of them, deep inside extensions', { beside: ',"extensions":{"a":[-1e999]}' }, '1.8e308'],
    ['an escaped __proto__', { variables: String.raw`,"\u005f_proto__":{}` }, '__proto__'],
  ] as const)('buys nothing and is refused alike at every door: %s', async ([, members, said], context) => {
    const { start, upstream, expect } = context;
    const server = await start();
    for (const [door, send] of Object.entries(DOORS)) {
      const { data, errors } = await send(server, parametersWith(members), context);
      expect(data, door).toBeUndefined();
      expect(errors, door).toEqual([{ message: expect.stringContaining(said), extensions: { code: 'BAD_REQUEST' } }]);
    }
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it.for([
    ['99 levels of an unused variable', `,"unused":${nested(98)}`],
    ['a variable named constructor', ',"constructor":{"prototype":{"polluted":true}}'],
    ['a variable named prototype', ',"prototype":{"constructor":{}}'],
  ])('does not include %s', async ([, variables], context) => {
    const { start, expect } = context;
    const server = await start();
    for (const [door, send] of Object.entries(DOORS)) {
      const { data, errors } = await send(server, parametersWith({ variables }), context);
      expect([errors, data], door).toEqual([undefined, { report: { pay: expect.any(Object) } }]);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.for(['constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    'does not include %s: it names a variable, and no answer',
    async (name, context) => {
      const { start, upstream, expect } = context;
      const server = await start();
      const query = `query ($answers: AnswersInput!, $${name}: String!) { a: suggestLocations(term: $${name}) { text } report(answers: $answers) { id } }`;
      for (const [door, send] of Object.entries(DOORS)) {
        const named = await send(server, parametersWith({ variables: `,"${name}":"."` }, query), context);
        expect([named.errors, named.data], door).toEqual([undefined, expect.objectContaining({ a: [] })]);
        const missing = await send(server, parametersWith({}, query), context);
        expect(missing.errors?.[0]?.extensions, door).toMatchObject({ code: 'BAD_USER_INPUT', argument: name });
        const answer = parametersWith({}).replace(ANSWERS, ANSWERS.replace('{', `{"${name}":{},`));
        const unknown = await send(server, answer, context);
        expect(unknown.errors?.[0]?.extensions, door).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'answers' });
      }
      expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
    },
  );

  it('is refused where the body or frame has room for much more', async (context) => {
    const { start, upstream, expect } = context;
    const server = await start();
    for (const door of ['HTTP by POST', 'server-sent events by POST', 'WebSocket']) {
      const parameters = parametersWith({ variables: `,"unused":${nested(25_000)}` });
      const { errors } = (await DOORS[door]?.(server, parameters, context)) ?? {};
      expect(errors, door).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    }
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it('includes a variable that the document names __proto__, which would be lost', async (context) => {
    const { start, upstream, expect } = context;
    const server = await start();
    const query = QUERY.replace('($', '($__proto__: Int = 5, $').replace('pay', 'pay(waitMs: $__proto__)');
    for (const [door, send] of Object.entries(DOORS)) {
      const { errors } = await send(server, parametersWith({}, query), context);
      expect(errors, door).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    }
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it('does not include aliases, fragments and operations named __proto__', async (context) => {
    const { start, expect } = context;
    const server = await start();
    const query = `query __proto__($answers: AnswersInput!) { __proto__: report(answers: $answers) { ...__proto__ } }
      fragment __proto__ on Report { __proto__: pay { constructor: levelUsed toJSON: levelUsed then: levelUsed } }`;
    const levels = ['constructor', 'toJSON', 'then'].map((name) => [name, expect.any(String)] as const);
    for (const [door, send] of Object.entries(DOORS)) {
      const { data, errors } = await send(server, parametersWith({}, query), context);
      expect(errors, door).toBeUndefined();
      const report = Object.getOwnPropertyDescriptor(data, '__proto__')?.value as object;
      const pay = Object.getOwnPropertyDescriptor(report, '__proto__')?.value as object;
      expect(pay, door).toEqual(Object.fromEntries(levels));
    }
  });

  it('closes a socket whose connection params have a __proto__, with the reason', async ({
    start,
    connect,
    expect,
  }) => {
    const socket = await connect(await start());
    socket.send('{"type":"connection_init","payload":{"__proto__":{"apiKey":"x"}}}');
    expect(await socket.closed).toEqual({ code: 4400, reason: expect.stringContaining('__proto__') });
  });
});
