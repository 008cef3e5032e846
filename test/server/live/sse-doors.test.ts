import { describe, it } from 'vitest';
import { FollowAnswersDocument } from '../../generated/operations.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';

const follow = { query: FollowAnswersDocument, variables: { answers: numbered() } };
const PAGES = 'https://app.example.com,http://localhost:5173';

describe.concurrent('opening an event stream', () => {
  useServers();
  useSockets();

  it.for([
    ['a page of another origin', 'POST', { origin: 'https://evil.example' }],
    ['a page of another origin', 'GET', { origin: 'https://evil.example' }],
    ['a page with the origin null', 'GET', { origin: 'null' }],
    ['a cross-site subresource', 'GET', { 'sec-fetch-site': 'cross-site' }],
    ['a same-site subresource', 'GET', { 'sec-fetch-site': 'same-site' }],
    ['a cross-site subresource', 'POST', { 'sec-fetch-site': 'cross-site' }],
  ] as const)('is forbidden for %s by %s, and nothing is bought', async ([, method, headers], context) => {
    const { start, stream, upstream, expect } = context;
    const refused = await stream(await start({ env: { CORS_ORIGINS: PAGES } }), { ...follow, method, headers });
    await refused.ended;
    expect(refused.status).toBe(403);
    expect(refused.errors).toMatchObject([{ message: expect.stringContaining('Origin not allowed') }]);
    expect(upstream.submits()).toEqual([]);
  });

  // Over plain HTTP, browsers send neither Origin nor Sec-Fetch-Site with a no-cors GET.
  it('is refused by GET without any origin header, and nothing is bought', async ({
    start,
    stream,
    upstream,
    expect,
  }) => {
    const refused = await stream(await start(), { ...follow, method: 'GET' });
    await refused.ended;
    expect(refused.status).toBe(400);
    expect(refused.errors).toMatchObject([{ message: expect.stringContaining('apollo-require-preflight') }]);
    expect(upstream.submits()).toEqual([]);
  });

  it.for([
    ['a page of an allowed origin', { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' }],
    ['a same-origin page', { 'sec-fetch-site': 'same-origin' }],
    ['a URL typed into the address bar', { 'sec-fetch-site': 'none' }],
    ['a client without origin headers', {}],
  ] as const)('is allowed for %s by POST', async ([, headers], { start, stream, upstream, expect }) => {
    const following = await stream(await start({ env: { CORS_ORIGINS: PAGES } }), { ...follow, headers });
    await following.ended;
    expect(following.status).toBe(200);
    expect(upstream.bought()).toBe(2);
  });

  it('has CORS headers for an allowed origin, including in the preflight', async ({ start, stream, expect }) => {
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

  it('has CORS headers for any origin if all are allowed', async ({ start, stream, expect }) => {
    const server = await start({ env: { CORS_ORIGINS: '*' } });
    const following = await stream(server, { ...follow, headers: { origin: 'https://anything.example' } });
    expect(following.status).toBe(200);
    expect(following.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe.concurrent('an event stream request', () => {
  useServers();
  useSockets();

  it.for(['application/json', 'text/html', '*/*', ''])(
    'is rejected with 406 if it accepts %j',
    async (accept, { start, stream, upstream, expect }) => {
      const refused = await stream(await start(), { ...follow, headers: { accept } });
      expect(refused.status).toBe(406);
      expect(upstream.submits()).toEqual([]);
    },
  );

  it.for([
    'text/event-stream',
    'Text/Event-Stream',
    'text/event-stream, */*',
    'application/json, text/event-stream; q=0.9',
  ])('is answered with a stream if it accepts %j', async (accept, { start, stream, expect }) => {
    const { status, headers } = await stream(await start(), { ...follow, headers: { accept } });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  });

  it.for(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a', 'application/jsonp'])(
    'is rejected with 415 if its body is %j',
    async (type, { start, stream, upstream, expect }) => {
      const refused = await stream(await start(), { ...follow, headers: { 'content-type': type } });
      expect(refused.status).toBe(415);
      expect(upstream.submits()).toEqual([]);
    },
  );

  it.for([
    ['invalid JSON', '{'],
    ['empty', ''],
    ['a list', '[]'],
    ['without a query', '{}'],
    ['with a query that is not a string', '{"query":1}'],
    ['with variables that are not an object', '{"query":"{ __typename }","variables":[1]}'],
  ])('is rejected with 400 and a GraphQL error if its body is %s', async ([, body], context) => {
    const { start, stream, expect } = context;
    const refused = await stream(await start(), { body: body ?? '' });
    await refused.ended;
    expect(refused.status).toBe(400);
    expect(refused.errors).toEqual([
      { message: expect.stringMatching(/\w/), extensions: expect.objectContaining({ code: 'BAD_REQUEST' }) },
    ]);
  });

  it.for(['PUT', 'DELETE', 'PATCH'])('is rejected by %s', async (method, { start, expect }) => {
    const { url } = await start();
    const answer = await fetch(`${url}/graphql/stream`, { method, headers: { accept: 'text/event-stream' } });
    await answer.body?.cancel();
    expect([404, 405]).toContain(answer.status);
  });
});
