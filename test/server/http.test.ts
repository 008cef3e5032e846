import { afterEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';

const PRODUCTION = { NODE_ENV: 'production', SIMULATOR: 'true' };
const ASK = encodeURIComponent('{ usage { saved } }');

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(env: Record<string, string> = {}): Promise<string> {
  server = await startTestServer({ env });
  return server.url;
}

const json = { 'content-type': 'application/json' };

describe('/graphql', () => {
  it('answers a GET with a preflight header', async () => {
    const url = await start();
    const got = await fetch(`${url}/graphql?query=${ASK}`, { headers: { 'apollo-require-preflight': 'true' } });
    expect(got.status).toBe(200);
    expect(await got.json()).toEqual({ data: { usage: { saved: 0 } } });
  });

  it('answers a GET that claims a JSON body, for which browsers ask first', async () => {
    const url = await start();
    const got = await fetch(`${url}/graphql?query=${ASK}`, { headers: json });
    expect([got.status, await got.json()]).toEqual([200, { data: { usage: { saved: 0 } } }]);
  });

  it('logs a request that Apollo refuses once, and one that is no GraphQL request not at all', async () => {
    const url = await start();
    const errorsLogged = () =>
      (server?.logged ?? [])
        .map((line) => JSON.parse(line) as { msg: string; kind: string | null; errors: string[] })
        .filter(({ msg }) => msg === 'operation')
        .map(({ kind, errors }) => [kind, errors]);
    await fetch(`${url}/graphql?query=${ASK}`);
    await fetch(`${url}/graphql`, { method: 'POST', headers: json, body: '{"query":7}' });
    expect(errorsLogged()).toEqual([]);
    const mutation = encodeURIComponent(
      'mutation { requestReport(answers: { jobTitle: "Cashier", country: "Canada" }) { id } }',
    );
    await fetch(`${url}/graphql?query=${mutation}`, { headers: { 'apollo-require-preflight': 'true' } });
    await fetch(`${url}/graphql`, { method: 'POST', headers: json, body: '{"variables":{}}' });
    expect(errorsLogged()).toEqual([
      ['mutation', ['BAD_REQUEST']],
      [null, ['BAD_REQUEST']],
    ]);
  });

  it('rejects a GET without a preflight header', async () => {
    const url = await start();
    const got = await fetch(`${url}/graphql?query=${ASK}`);
    expect(got.status).toBe(400);
    expect(await got.text()).toMatch(/CSRF/);
  });

  it('rejects a text/plain POST', async () => {
    const url = await start();
    const body = JSON.stringify({ query: '{ usage { saved } }' });
    const got = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body });
    expect(got.status).toBeGreaterThanOrEqual(400);
    expect(got.status).toBeLessThan(500);
    expect(await got.text()).not.toContain('"data"');
  });

  it('rejects mutations by GET', async () => {
    const url = await start();
    const mutation = 'mutation { requestReport(answers: { jobTitle: "Cashier", country: "United States" }) { id } }';
    const headers = { 'apollo-require-preflight': 'true' };
    const got = await fetch(`${url}/graphql?query=${encodeURIComponent(mutation)}`, { headers });
    expect(got.status).toBe(405);
    const { data } = (await server?.run<{ usage: { submitted: number } }, never>('{ usage { submitted } }')) ?? {};
    expect(data?.usage.submitted).toBe(0);
  });

  it.each([
    ['invalid JSON', '{"query": '],
    ['a list', '[{"query":"{ __typename }"}]'],
    ['a string', '"{ __typename }"'],
    ['null', 'null'],
    ['empty', ''],
    ['without a query', '{"variables":{}}'],
    ['with a query that is not a string', '{"query":7}'],
    ['with variables in a list', '{"query":"{ __typename }","variables":[]}'],
  ])('rejects a body that is %s, without a stack trace', async (_name, body) => {
    const url = await start();
    const got = await fetch(`${url}/graphql`, { method: 'POST', headers: json, body });
    expect(got.status).toBe(400);
    expect(await got.text()).not.toMatch(/node_modules|at .+:\d+/);
  });

  it('rejects a body of 2 MB', async () => {
    const url = await start();
    const body = JSON.stringify({ query: '{ __typename }', variables: { filler: 'x'.repeat(2 * 1024 * 1024) } });
    const got = await fetch(`${url}/graphql`, { method: 'POST', headers: json, body });
    expect(got.status).toBe(413);
  });

  it.each([
    ['invalid JSON', '{"query": ', 'application/json', 400],
    ['without a content type', '{"query":"{ __typename }"}', '', 415],
    ['of another content type', '<query/>', 'application/xml', 415],
    ['a form', 'query=%7B__typename%7D', 'application/x-www-form-urlencoded', 415],
  ])('responds with a GraphQL error to a body that is %s', async (_name, body, type, status) => {
    const url = await start();
    const got = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': type }, body });
    expect(got.status).toBe(status);
    const error = { message: expect.stringMatching(/\w/), extensions: { code: 'BAD_REQUEST' } };
    expect(await got.json()).toEqual({ errors: [error] });
  });

  it('responds in the accepted media type', async () => {
    const url = await start();
    const typeFor = async (accept: string) => {
      const body = JSON.stringify({ query: '{ __typename }' });
      const got = await fetch(`${url}/graphql`, { method: 'POST', headers: { ...json, accept }, body });
      return got.headers.get('content-type');
    };
    expect(await typeFor('application/graphql-response+json')).toMatch(/^application\/graphql-response\+json/);
    expect(await typeFor('application/json')).toMatch(/^application\/json/);
  });

  it.each(['{ usage { saved } }', '{ usage', '{ nothing }'])('lets nobody keep its answer to %s', async (query) => {
    const url = await start();
    const got = await fetch(`${url}/graphql`, { method: 'POST', headers: json, body: JSON.stringify({ query }) });
    expect(got.headers.get('cache-control')).toBe('no-store');
  });

  it('runs the operation given by operationName', async () => {
    const url = await start();
    const body = JSON.stringify({ query: 'query A { a: __typename } query B { b: __typename }', operationName: 'B' });
    const got = await fetch(`${url}/graphql`, { method: 'POST', headers: json, body });
    expect(await got.json()).toEqual({ data: { b: 'Query' } });
  });
});

describe('the HTTP server', () => {
  it('reports its health at /healthz and /readyz', async () => {
    const url = await start();
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
    const [alive, ready] = await Promise.all([fetch(`${url}/healthz`), fetch(`${url}/readyz`)]);
    expect([alive.status, await alive.json()]).toEqual([
      200,
      { status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
    ]);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', reasons: [], degraded: [] }]);
  });

  it('responds with 404 to unknown paths', async () => {
    const url = await start();
    for (const path of ['/index.php', '/graphq', '/admin', '/healthz/..%2f..%2fetc']) {
      expect((await fetch(`${url}${path}`)).status).toBe(404);
    }
  });
});

describe('unsupported requests', () => {
  it('get a 405 that names the methods of that path alone', async () => {
    const url = await start();
    const answer = await fetch(`${url}/healthz`, { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('get a 405 with a GraphQL error for the method %s', async (method) => {
    const url = await start();
    for (const path of ['/graphql', '/graphql/stream?query=%7B__typename%7D']) {
      const answer = await fetch(`${url}${path}`, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    }
  });

  it('get a 404 with a GraphQL error for an unknown path', async () => {
    const url = await start();
    const answer = await fetch(`${url}/graphq`, { method: 'POST' });
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { errors: [{ extensions: { code: 'NOT_FOUND' } }] },
    ]);
  });
});

describe('CORS', () => {
  const preflight = (url: string, origin: string) =>
    fetch(`${url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
  const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

  it('allows any origin with the simulator', async () => {
    const url = await start();
    const got = await preflight(url, 'https://anywhere.example');
    expect(allowed(got)).toBe('*');
    expect(got.headers.get('access-control-allow-headers')).toMatch(/content-type/i);
    const asked = await fetch(`${url}/healthz`, { headers: { origin: 'https://anywhere.example' } });
    expect(asked.headers.get('access-control-expose-headers')).toContain('x-jobalyzer-simulator');
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('allows only the configured origins', async () => {
    const url = await start({ CORS_ORIGINS: 'https://app.example.com, http://localhost:3000' });
    for (const origin of ['https://app.example.com', 'http://localhost:3000']) {
      expect(allowed(await preflight(url, origin))).toBe(origin);
    }
    for (const origin of [
      'https://evil.example',
      'https://app.example.com.evil.example',
      'http://app.example.com',
      'null',
    ]) {
      expect(allowed(await preflight(url, origin))).toBeNull();
    }
  });

  it('allows no origin in production by default', async () => {
    const url = await start(PRODUCTION);
    expect(allowed(await preflight(url, 'https://app.example.com'))).toBeNull();
  });

  describe('with a real upstream', () => {
    useServers({ pendingPolls: 0 });

    it('allows no origin by default', async ({ start }) => {
      const { url } = await start();
      expect(allowed(await preflight(url, 'https://app.example.com'))).toBeNull();
    });
  });
});

describe('the header x-jobalyzer-simulator', () => {
  it('is on every response with the simulator', async () => {
    const url = await start();
    const body = JSON.stringify({ query: '{ __typename }' });
    const answers = await Promise.all([
      fetch(`${url}/graphql`, { method: 'POST', headers: json, body }),
      fetch(`${url}/graphql`, { method: 'POST', headers: json, body: '{' }),
      fetch(`${url}/healthz`),
      fetch(`${url}/nowhere`),
    ]);
    for (const { headers } of answers) expect(headers.get('x-jobalyzer-simulator')).toBe('true');
  });

  describe('with a real upstream', () => {
    useServers({ pendingPolls: 0 });

    it('is on no response', async ({ start }) => {
      const server = await start();
      const answer = await server.run('{ __typename }');
      expect(answer.headers.get('x-jobalyzer-simulator')).toBeNull();
      expect((await fetch(`${server.url}/healthz`)).headers.get('x-jobalyzer-simulator')).toBeNull();
    });
  });
});

describe('in production', () => {
  it('introspection and the playground are off by default', async () => {
    const url = await start(PRODUCTION);
    const introspected = await server?.run('{ __schema { types { name } } }');
    expect(introspected?.data).toBeNull();
    expect(JSON.stringify(introspected?.errors)).toMatch(/introspection/i);
    expect((await fetch(`${url}/graphiql`, { redirect: 'manual' })).status).toBe(404);
    expect((await fetch(`${url}/graphiql/`)).status).toBe(404);
    const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
    expect(await page.text()).not.toMatch(/<html/i);
    expect((await server?.run('{ usage { saved } }'))?.errors).toEqual([]);
  });

  it('introspection and the playground can be enabled', async () => {
    const url = await start({ ...PRODUCTION, PLAYGROUND: 'true', INTROSPECTION: 'true' });
    expect((await server?.run('{ __schema { types { name } } }'))?.errors).toEqual([]);
    expect((await fetch(`${url}/graphiql`, { redirect: 'manual' })).status).toBe(302);
  });
});
