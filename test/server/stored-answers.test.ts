import { describe, it, type TestContext } from 'vitest';
import { NURSE, numbered } from '../fixtures/answers/answers.js';
import { samplesOf } from '../fixtures/server/metrics.js';
import { logOf } from '../fixtures/server/responses.js';
import type { TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { DOOR_NAMES, DOORS, type DoorName } from './doors.js';

const PAY = 'query Pay($answers: AnswersInput!) { report(answers: $answers) { id pay { reportRating } } }';
const TWICE =
  'query Twice($answers: AnswersInput!) { report(answers: $answers) { pay { reportRating } again: pay { levelUsed } } }';
const ASKED = { query: PAY, variables: { answers: numbered(1) } };
const HEADERS = { 'content-type': 'application/json' };

async function metricsOf({ url }: Pick<TestServer, 'url'>): Promise<Readonly<Record<string, number>>> {
  return samplesOf(await (await fetch(`${url}/metrics`)).text());
}

async function savedBy(server: TestServer): Promise<number | undefined> {
  return (await server.run<{ usage: { saved: number } }, object>('{ usage { saved } }')).data?.usage.saved;
}

/** What was answered from memory, and how, by the metrics. */
async function storedBy(server: TestServer): Promise<(number | undefined)[]> {
  const samples = await metricsOf(server);
  return ['made', 'repeated'].map((how) => samples[`graphql_stored_answers_total{how="${how}"}`]);
}

/** A server that has collected the report of `ASKED`, and knows the document. */
async function serving({ start }: TestContext): Promise<TestServer> {
  const server = await start();
  await DOORS.HTTP(server, ASKED);
  return server;
}

function post(url: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${url}/graphql`, { method: 'POST', headers: { ...HEADERS, ...headers }, body });
}

describe.concurrent('a stored report', () => {
  useServers({ pendingPolls: 0 });
  useSockets();

  it.for(DOOR_NAMES)('is answered from memory, then repeated: %s', async (door, context) => {
    const { expect } = context;
    const server = await serving(context);
    const results: unknown[] = [];
    for (let time = 0; time < 4; time++) results.push(await DOORS[door](server, ASKED, context));
    expect(results[0]).toMatchObject({ data: { report: { pay: { reportRating: expect.any(Number) } } } });
    expect(results).toEqual(Array.from({ length: 4 }, () => results[0]));
    expect(await storedBy(server)).toEqual([2, 2]);
  });

  it('is answered in the same bytes at every door, however it was received first', async (context) => {
    const { expect } = context;
    const server = await serving(context);
    const all = [];
    for (const door of [...DOOR_NAMES, ...DOOR_NAMES, ...DOOR_NAMES]) {
      all.push([door, await DOORS[door](server, ASKED, context)] as const);
    }
    const [, [, first] = []] = all;
    for (const [door, result] of all) expect(result, door).toEqual(first);
  });

  it('is logged, measured and counted at every hit', async (context) => {
    const { expect } = context;
    const server = await serving(context);
    const asked = { query: TWICE, variables: { answers: numbered(1) } };
    for (let time = 0; time < 5; time++) await DOORS.HTTP(server, asked);
    // Executed once, because the document was not known; then made twice, then repeated.
    expect(await storedBy(server)).toEqual([2, 2]);
    expect(await savedBy(server)).toBe(10);
    const lines = logOf(server).filter(({ operation }) => operation === 'Twice');
    expect(lines).toHaveLength(5);
    for (const line of lines) {
      expect(line).toMatchObject({ kind: 'query', client: 'anonymous', errors: [], requestId: expect.any(String) });
    }
    expect(new Set(lines.map(({ requestId }) => requestId)).size).toBe(5);
    const samples = await metricsOf(server);
    expect(samples['graphql_operations_total{operation="Twice",kind="query",door="http"}']).toBe(5);
  });

  it('has the headers of an executed one, whatever is accepted', async (context) => {
    const { expect, restart } = context;
    const body = JSON.stringify(ASKED);
    const accepts = [
      '*/*',
      'application/json',
      'application/graphql-response+json',
      'text/html, application/json;q=0.5',
    ];
    const seen = async ({ url }: TestServer) => {
      const all = [];
      for (const accept of [...accepts, 'text/html']) {
        for (let time = 0; time < 3; time++) {
          const response = await post(url, body, { accept, origin: 'https://pay.example', 'x-request-id': 'mine' });
          const headers = Object.fromEntries(response.headers);
          delete headers['date'];
          all.push({ status: response.status, headers, text: await response.text() });
        }
      }
      return all;
    };
    const env = { CORS_ORIGINS: 'https://pay.example' };
    const server = await context.start({ env });
    await DOORS.HTTP(server, ASKED);
    const stored = await seen(server);
    expect((await storedBy(server))[1]).toBeGreaterThan(5);
    const other = await restart(server, { env, overrides: { storedAnswers: false } });
    expect(stored).toEqual(await seen(other));
    expect((await storedBy(other))[0]).toBeUndefined();
  });

  it('is refused to whoever has no key, or asks too often, also after hits', async (context) => {
    const { start, expect } = context;
    const keys = {
      AUTH_MODE: 'api-key',
      API_KEYS: 'shop:key-of-the-shop-1,other:key-of-the-other-1',
      OPERATORS: 'shop',
    };
    const { url } = await start({ env: { ...keys, RATE_LIMIT_MAX: '9', RATE_LIMIT_WINDOW_MS: '86400000' } });
    const body = JSON.stringify({ query: TWICE, variables: { answers: numbered(1) } });
    const statuses = async (key: string, times: number) => {
      const all = [];
      for (let time = 0; time < times; time++) all.push((await post(url, body, { 'x-api-key': key })).status);
      return all;
    };
    // Each has two reports, and so two points.
    expect(await statuses('key-of-the-shop-1', 6)).toEqual([200, 200, 200, 200, 429, 429]);
    expect(await statuses('key-of-nobody-99', 1)).toEqual([401]);
    expect(await statuses('key-of-the-other-1', 4)).toEqual([200, 200, 200, 200]);
    expect((await post(url, body)).status).toBe(401);
  });

  it('is answered to clients that must not buy, by GET, and while buying is stopped', async (context) => {
    const { start, expect } = context;
    const keys = {
      AUTH_MODE: 'api-key',
      API_KEYS: 'shop:key-of-the-shop-1,reader:key-of-the-reader',
      OPERATORS: 'shop',
    };
    const server = await start({ env: { ...keys, READERS: 'reader' } });
    const ask = async (key: string, given: object) =>
      (await post(server.url, JSON.stringify(given), { 'x-api-key': key })).json();
    await ask('key-of-the-shop-1', ASKED);
    const answer = await ask('key-of-the-reader', ASKED);
    expect(answer).toMatchObject({ data: { report: { pay: { reportRating: expect.any(Number) } } } });
    await ask('key-of-the-shop-1', { query: 'mutation { setBuying(enabled: false) }' });
    for (let time = 0; time < 3; time++) expect(await ask('key-of-the-reader', ASKED)).toEqual(answer);
    const missing = { query: PAY, variables: { answers: NURSE } };
    expect(await ask('key-of-the-reader', missing)).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });

  it('is not repeated for a page of another site, and a malformed body is none', async (context) => {
    const { start, expect } = context;
    const server = await start({ env: { CORS_ORIGINS: 'https://pay.example' } });
    const body = JSON.stringify(ASKED);
    for (let time = 0; time < 4; time++) await post(server.url, body);
    expect((await post(server.url, body, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(server.url, body, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(
      (await post(server.url, body, { origin: 'https://pay.example' })).headers.get('access-control-allow-origin'),
    ).toBe('https://pay.example');
    expect((await post(server.url, body, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post(server.url, `${body}}`)).status).toBe(400);
  });

  it('of letters beyond ASCII is not taken for another one by any door', async (context) => {
    const { start, expect } = context;
    const server = await start();
    const ofTitle = (jobTitle: string) => ({
      query: 'query ($answers: AnswersInput!) { report(answers: $answers) { answers { jobTitle } } }',
      variables: { answers: { ...NURSE, jobTitle } },
    });
    // The second one has the bytes of the first one as letters.
    for (const title of ['é', 'Ã©', 'é', 'Ã©', 'é', 'Ã©', 'é', 'Ã©']) {
      for (const door of ['HTTP', 'WebSocket', 'server-sent events', 'HTTP by GET'] as const satisfies DoorName[]) {
        const result = await DOORS[door](server, ofTitle(title), context);
        expect(result.data, door).toEqual({ report: { answers: { jobTitle: title } } });
      }
    }
    expect((await storedBy(server))[1]).toBeGreaterThan(10);
  });
});
