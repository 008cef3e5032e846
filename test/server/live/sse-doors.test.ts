import { describe, it } from 'vitest';
import { FollowAnswersDocument } from '../../generated/operations.js';
import { numbered, useStage } from './stage.js';

const follow = { query: FollowAnswersDocument, variables: { answers: numbered() } };
const PAGES = 'https://app.example.com,http://localhost:5173';

describe.concurrent('who may open a stream', () => {
  useStage();

  it.for([
    ['a page of another origin', 'POST', { origin: 'https://evil.example' }],
    ['a page of another origin', 'GET', { origin: 'https://evil.example' }],
    ['a page without an origin', 'GET', { origin: 'null' }],
    ['what another site includes in its page', 'GET', { 'sec-fetch-site': 'cross-site' }],
    ['what a neighbour of its site includes in its page', 'GET', { 'sec-fetch-site': 'same-site' }],
    ['what another site includes in its page', 'POST', { 'sec-fetch-site': 'cross-site' }],
  ] as const)('%s may not, by %s; nothing is bought', async ([, method, headers], context) => {
    const { start, stream, upstream, expect } = context;
    const refused = await stream(await start({ env: { CORS_ORIGINS: PAGES } }), { ...follow, method, headers });
    await refused.ended;
    expect(refused.status).toBe(403);
    expect(refused.errors).toMatchObject([{ message: expect.stringContaining('Origin not allowed') }]);
    expect(upstream.submits()).toEqual([]);
  });

  // Over plain http, browsers send neither Origin nor Sec-Fetch-Site with a GET that a page does not read.
  it('who says nothing of where it comes from may not, by GET; nothing is bought', async ({
    start,
    stream,
    upstream,
    expect,
  }) => {
    const refused = await stream(await start(), { ...follow, method: 'GET' });
    await refused.ended;
    expect(refused.status).toBe(403);
    expect(refused.errors).toMatchObject([{ message: expect.stringContaining('apollo-require-preflight') }]);
    expect(upstream.submits()).toEqual([]);
  });

  it.for([
    ['a page of an allowed origin', { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' }],
    ['a page of the server itself', { 'sec-fetch-site': 'same-origin' }],
    ['an address typed by hand', { 'sec-fetch-site': 'none' }],
    ['a program', {}],
  ] as const)('%s may', async ([, headers], { start, stream, upstream, expect }) => {
    const following = await stream(await start({ env: { CORS_ORIGINS: PAGES } }), { ...follow, headers });
    await following.ended;
    expect(following.status).toBe(200);
    expect(upstream.bought()).toBe(2);
  });

  it('tells the browser that an allowed page may read it, also when it asks before', async ({
    start,
    stream,
    expect,
  }) => {
    const server = await start({ env: { CORS_ORIGINS: PAGES } });
    const origin = 'https://app.example.com';
    const following = await stream(server, { ...follow, headers: { origin } });
    expect(following.headers.get('access-control-allow-origin')).toBe(origin);
    expect(following.headers.get('vary')?.toLowerCase()).toContain('origin');
    const asked = await fetch(`${server.url}/graphql/stream`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
    expect(asked.headers.get('access-control-allow-methods')).toContain('POST');
  });

  it('tells any page so where any may', async ({ start, stream, expect }) => {
    const server = await start({ env: { CORS_ORIGINS: '*' } });
    const following = await stream(server, { ...follow, headers: { origin: 'https://anything.example' } });
    expect(following.status).toBe(200);
    expect(following.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe.concurrent('what a stream may be asked', () => {
  useStage();

  it.for(['application/json', 'text/html', '*/*', ''])(
    'answers with 406 to whoever accepts %j',
    async (accept, { start, stream, upstream, expect }) => {
      const refused = await stream(await start(), { ...follow, headers: { accept } });
      expect(refused.status).toBe(406);
      expect(upstream.submits()).toEqual([]);
    },
  );

  it.for(['text/event-stream', 'text/event-stream, */*', 'application/json, text/event-stream; q=0.9'])(
    'streams to whoever accepts %j',
    async (accept, { start, stream, expect }) => {
      const { status, headers } = await stream(await start(), { ...follow, headers: { accept } });
      expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    },
  );

  it.for(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a', 'application/jsonp'])(
    'answers with 415 to a body of %j, which a foreign form could send',
    async (type, { start, stream, upstream, expect }) => {
      const refused = await stream(await start(), { ...follow, headers: { 'content-type': type } });
      expect(refused.status).toBe(415);
      expect(upstream.submits()).toEqual([]);
    },
  );

  it.for([
    ['no JSON', '{'],
    ['empty', ''],
    ['a list', '[]'],
    ['without a query', '{}'],
    ['with a query that is no text', '{"query":1}'],
    ['with variables that are no object', '{"query":"{ __typename }","variables":[1]}'],
  ])('answers with 400 and an error like any other to a body that is %s', async ([, body], context) => {
    const { start, stream, expect } = context;
    const refused = await stream(await start(), { body: body ?? '' });
    await refused.ended;
    expect(refused.status).toBe(400);
    expect(refused.errors).toEqual([
      { message: expect.stringMatching(/\w/), extensions: expect.objectContaining({ code: 'BAD_REQUEST' }) },
    ]);
  });

  it.for(['PUT', 'DELETE', 'PATCH'])('has no %s', async (method, { start, expect }) => {
    const { url } = await start();
    const answer = await fetch(`${url}/graphql/stream`, { method, headers: { accept: 'text/event-stream' } });
    await answer.body?.cancel();
    expect([404, 405]).toContain(answer.status);
  });
});
