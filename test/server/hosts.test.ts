import type { OutgoingHttpHeaders } from 'node:http';
import { describe, it } from 'vitest';
import { FollowAnswersDocument } from '../generated/operations.js';
import { numbered } from '../fixtures/answers/answers.js';
import { send, UPGRADE, type RawRequest } from '../fixtures/server/request.js';
import { useServers } from '../fixtures/server/use-servers.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const REQUEST = 'mutation ($answers: AnswersInput!) { requestReport(answers: $answers) { id } }';
const VARIABLES = { answers: numbered() };
const FOLLOW = new URLSearchParams({ query: String(FollowAnswersDocument), variables: JSON.stringify(VARIABLES) });

/** A request to each door and page that a page could send, and that does something. */
const EVERYWHERE: Readonly<Record<string, RawRequest>> = {
  'a POST': {
    path: '/graphql',
    headers: JSON_TYPE,
    body: JSON.stringify({ query: REQUEST, variables: VARIABLES }),
  },
  'a GET': { path: '/graphql?query=%7B__typename%7D', headers: { 'apollo-require-preflight': 'true' } },
  'a POST for an event stream': {
    path: '/graphql/stream',
    headers: { ...JSON_TYPE, accept: 'text/event-stream' },
    body: JSON.stringify({ query: REQUEST, variables: VARIABLES }),
  },
  'a GET for an event stream': {
    path: `/graphql/stream?${FOLLOW}`,
    headers: { accept: 'text/event-stream', 'sec-fetch-site': 'same-origin' },
  },
  'a WebSocket': { path: '/graphql', headers: UPGRADE },
  'the playground': { path: '/graphiql/' },
  'a preflight': {
    path: '/graphql',
    method: 'OPTIONS',
    headers: { origin: 'https://app.example.com', 'access-control-request-method': 'POST' },
  },
  'an unknown path': { path: '/nowhere' },
};
const ALL = Object.keys(EVERYWHERE);

/** Sends the same headers to one door. */
async function ask(url: string, name: string, headers: OutgoingHttpHeaders) {
  const { path = '', ...request } = EVERYWHERE[name] ?? {};
  return send(url + path, { ...request, headers: { ...request.headers, ...headers } });
}

describe.concurrent('a page whose host name was pointed at this server', () => {
  useServers();

  it.for(ALL)('is refused, and nothing is bought: %s', async (name, { start, upstream, expect }) => {
    const { url } = await start({ env: { CORS_ORIGINS: '*' } });
    const { port } = new URL(url);
    for (const host of ['evil.example', `evil.example:${port}`, 'localhost.evil.example', '127.0.0.1.evil.example']) {
      const { status, body } = await ask(url, name, { host, origin: `http://${host}` });
      expect([status, JSON.parse(body)], host).toMatchObject([
        403,
        { errors: [{ message: expect.stringContaining('ALLOWED_HOSTS'), extensions: { code: 'FORBIDDEN' } }] },
      ]);
    }
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it('is refused whatever it says a proxy has said', async ({ start, expect }) => {
    const { url } = await start();
    for (const name of ALL) {
      const headers = { host: 'evil.example', 'x-forwarded-host': 'localhost' };
      expect((await ask(url, name, headers)).status, name).toBe(403);
    }
  });

  it('is served by the health paths, which load balancers ask under any name', async ({ start, expect }) => {
    const { url } = await start();
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
    for (const path of ['/healthz', '/readyz']) {
      for (const host of ['evil.example', 'not a host', '']) {
        expect((await send(url + path, { headers: { host } })).status, `${path} ${host}`).toBe(200);
      }
    }
  });
});

describe.concurrent('the host name', () => {
  useServers();
  const refused = (status: number): boolean => status === 403;

  it.for([
    ['localhost', {}],
    ['LOCALHOST:1', {}],
    ['localhost.', {}],
    ['app.localhost', {}],
    ['127.0.0.1:4000', {}],
    ['192.168.1.7', {}],
    ['[::1]:4000', {}],
    ['pay.example', { PUBLIC_URL: 'https://pay.example' }],
    ['pay.example:8443', { PUBLIC_URL: 'https://pay.example/reports' }],
    ['api.example:4000', { ALLOWED_HOSTS: 'pay.example, API.example' }],
    ['localhost', { ALLOWED_HOSTS: 'pay.example' }],
    ['anything.example', { ALLOWED_HOSTS: '*' }],
  ] as const)('%s is accepted at every door and page with %j', async ([host, env], { start, expect }) => {
    const { url } = await start({ env });
    for (const name of ALL) expect(refused((await ask(url, name, { host })).status), name).toBe(false);
  });

  it('that HOST says is accepted', async ({ start, expect }) => {
    const { url } = await start({ env: { HOST: 'localhost' } });
    expect((await ask(url, 'a GET', { host: 'localhost' })).status).toBe(200);
  });

  it('of a whole URL takes the place of the header', async ({ start, expect }) => {
    const { url } = await start();
    for (const [line, header, status] of [
      ['evil.example', 'localhost', 403],
      ['localhost', 'evil.example', 200],
    ] as const) {
      const path = `http://${line}/graphql?query=%7B__typename%7D`;
      const headers = { host: header, 'apollo-require-preflight': 'true' };
      expect((await send(url, { headers, path })).status, line).toBe(status);
    }
  });
});

describe.concurrent('behind a proxy', () => {
  useServers();
  const opened = {
    'a POST': 200,
    'a POST for an event stream': 200,
    'a GET for an event stream': 200,
    'a WebSocket': 101,
  };
  const inside = { host: '127.0.0.1:4000' };

  it.for([
    ['that rewrites Host, with PUBLIC_URL', { PUBLIC_URL: 'https://pay.example' }, inside],
    [
      'that rewrites Host and says what it was',
      { TRUST_PROXY: '1', ALLOWED_HOSTS: 'pay.example' },
      { host: 'backend', 'x-forwarded-host': 'pay.example', 'x-forwarded-proto': 'https' },
    ],
    [
      'behind another one',
      { TRUST_PROXY: '2', ALLOWED_HOSTS: 'pay.example' },
      {
        host: 'backend',
        'x-forwarded-host': 'evil.example, pay.example, inner.example',
        'x-forwarded-proto': 'https, http',
      },
    ],
    ['that keeps Host', { ALLOWED_HOSTS: 'pay.example' }, { host: 'pay.example' }],
  ] as const)('%s, pages of the public address may use every door', async ([, env, headers], { start, expect }) => {
    const { url } = await start({ env: { CORS_ORIGINS: '', ...env } });
    for (const [name, status] of Object.entries(opened)) {
      expect((await ask(url, name, { ...headers, origin: 'https://pay.example' })).status, name).toBe(status);
      expect((await ask(url, name, { ...headers, origin: 'https://evil.example' })).status, name).toBe(403);
    }
  });

  it('that speaks https, pages of the same host over http may not', async ({ start, expect }) => {
    const { url } = await start({ env: { TRUST_PROXY: '1', ALLOWED_HOSTS: 'pay.example' } });
    const headers = { host: 'pay.example', 'x-forwarded-proto': 'https', origin: 'http://pay.example' };
    for (const name of Object.keys(opened)) expect((await ask(url, name, headers)).status, name).toBe(403);
  });

  it('the name it says the client used must be allowed', async ({ start, upstream, expect }) => {
    const { url } = await start({ env: { TRUST_PROXY: '1' } });
    for (const name of ALL) {
      const headers = { ...inside, 'x-forwarded-host': 'evil.example', origin: 'http://evil.example' };
      expect((await ask(url, name, headers)).status, name).toBe(403);
    }
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });
});

describe.concurrent('a page of an installed app', () => {
  useServers();

  it.for(['capacitor://localhost', 'ionic://localhost', 'tauri://localhost'])(
    'may use every door if %s is in CORS_ORIGINS, and none if not',
    async (origin, { start, expect }) => {
      const listed = await start({ env: { CORS_ORIGINS: origin } });
      const unlisted = await start({ env: { CORS_ORIGINS: 'https://app.example.com' } });
      for (const name of [
        'a POST',
        'a GET',
        'a POST for an event stream',
        'a GET for an event stream',
        'a WebSocket',
      ]) {
        expect((await ask(listed.url, name, { origin })).status, name).toBeLessThan(300);
        expect((await ask(unlisted.url, name, { origin, host: 'localhost' })).status, name).toBe(403);
      }
      const preflight = await ask(listed.url, 'a preflight', { origin });
      expect(preflight.headers['access-control-allow-origin']).toBe(origin);
    },
  );
});
