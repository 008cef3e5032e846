import { describe, it } from 'vitest';
import { numbered } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';

const BUYS = {
  query: 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { levelUsed } } }',
  variables: { answers: numbered() },
};
const JSON_BODY = { 'content-type': 'application/json' };

describe.concurrent('browsers', () => {
  useServers();
  useSockets();

  it('are told with every response to load nothing, frame nothing and guess no type', async ({ start, expect }) => {
    const { url } = await start();
    for (const path of ['/healthz', '/readyz', '/graphql', '/graphql/stream', '/nothing', '/graphiql']) {
      const { headers } = await fetch(url + path, { redirect: 'manual' });
      expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
      expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('referrer-policy'), path).toBe('no-referrer');
    }
  });

  it('are told so with an event stream, too', async ({ start, stream, expect }) => {
    const { headers } = await stream(await start(), { query: '{ __typename }' });
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it.for(['', 'https://app.example', '*'])(
    'never get a wildcard with credentials from CORS_ORIGINS=%s',
    async (CORS_ORIGINS, { start, expect }) => {
      const { url } = await start({ env: { CORS_ORIGINS } });
      for (const origin of ['https://app.example', 'https://evil.example', 'null']) {
        const asking = {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        };
        for (const init of [{ method: 'OPTIONS', headers: asking }, { headers: { origin } }]) {
          const { headers } = await fetch(`${url}/graphql`, init);
          expect(headers.get('access-control-allow-credentials')).toBeNull();
          const allowed = headers.get('access-control-allow-origin');
          if (CORS_ORIGINS !== '*' && origin !== 'https://app.example') expect(allowed).not.toBe(origin);
        }
      }
    },
  );

  it.for<[string, string]>([
    ['null', '*'],
    ['null', ''],
    ['http://evil.example', ''],
    ['http://evil.example', 'https://evil.example'],
    ['http://evil.example', 'http://app.example'],
  ])(
    'with a page of the origin %s buy nothing at any door, where CORS_ORIGINS is "%s"',
    async ([origin, CORS_ORIGINS], context) => {
      const { start, connect, stream, upstream, expect } = context;
      const server = await start({ env: { CORS_ORIGINS } });
      const headers = { ...JSON_BODY, origin };
      const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(BUYS) });
      expect(response.status).toBe(403);
      expect((await stream(server, { ...BUYS, headers: { origin } })).status).toBe(403);
      await expect(connect(server, { origin })).rejects.toThrow('403');
      expect(upstream.submits()).toEqual([]);
    },
  );
});
