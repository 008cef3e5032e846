import { describe, it } from 'vitest';
import { numbered } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { gate } from '../fixtures/upstream/upstream.js';
import { BODIES, DOOR_NAMES, DOORS } from './doors.js';

const REPORTS = 'query ($list: [AnswersInput!]!) { reports(answers: $list) { pay(waitMs: 0) { levelUsed } } }';
const list = (length: number, from = 0) => Array.from({ length }, (_, index) => numbered(from + index));
const QUERY = JSON.stringify({ query: '{ __typename }' });
const HEADERS = { 'content-type': 'application/json' };

describe.concurrent('a client that asks too often', () => {
  useServers();
  useSockets();

  it('is refused at every door, whatever door it used before, until the window is over', async (context) => {
    const { start, expect } = context;
    const server = await start({ env: { RATE_LIMIT_MAX: '5', RATE_LIMIT_WINDOW_MS: '86400000' } });
    for (const door of DOOR_NAMES) {
      expect(await DOORS[door](server, { query: '{ __typename }' }, context), door).toHaveProperty('data');
    }
    for (const door of DOOR_NAMES) {
      const { data, errors } = await DOORS[door](server, { query: '{ nonsense' }, context);
      expect(data).toBeUndefined();
      expect(errors, door).toEqual([
        {
          message: expect.stringContaining('RATE_LIMIT_MAX'),
          extensions: { code: 'RATE_LIMITED', limit: 5, retryAfterMs: expect.any(Number) },
        },
      ]);
    }
    for (const path of ['/graphql', '/graphql/stream']) {
      const headers = { ...HEADERS, accept: path === '/graphql' ? 'application/json' : 'text/event-stream' };
      const { status, headers: received } = await fetch(server.url + path, { method: 'POST', headers, body: QUERY });
      expect([path, status]).toEqual([path, 429]);
      expect(Number(received.get('retry-after'))).toBeGreaterThan(86_000);
    }
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it('may ask again when the window is over', async ({ start, expect }) => {
    const server = await start({ env: { RATE_LIMIT_MAX: '1', RATE_LIMIT_WINDOW_MS: '1000' } });
    expect((await server.run('{ __typename }')).errors).toEqual([]);
    await expect.poll(async () => (await server.run('{ __typename }')).errors).toEqual([]);
  });

  it('is counted for itself', async ({ start, expect }) => {
    const env = {
      AUTH_MODE: 'api-key',
      API_KEYS: `ann:${'a'.repeat(20)},bob:${'b'.repeat(20)}`,
      OPERATORS: '',
      RATE_LIMIT_MAX: '1',
    };
    const { url } = await start({ env });
    const ask = async (key: string) =>
      (
        await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { ...HEADERS, 'x-api-key': key.repeat(20) },
          body: QUERY,
        })
      ).status;
    expect([await ask('a'), await ask('a'), await ask('b'), await ask('c')]).toEqual([200, 429, 200, 401]);
  });

  it.for(BODIES)('uses a point for each report over %s, and buys nothing without them', async (door, context) => {
    const { start, upstream, expect } = context;
    const server = await start({ env: { RATE_LIMIT_MAX: '10', RATE_LIMIT_WINDOW_MS: '86400000' } });
    const ask = async (reports: number) => {
      const { errors = [] } = await DOORS[door](
        server,
        { query: REPORTS, variables: { list: list(reports) } },
        context,
      );
      return errors.map(({ extensions }) => extensions?.['code']);
    };
    expect(await ask(11)).toEqual(['OPERATION_TOO_LARGE']);
    // Nine are left: one was used for that one, and one for this.
    expect(await ask(10)).toEqual(['RATE_LIMITED']);
    expect(upstream.submits()).toEqual([]);
    expect(await ask(8)).not.toContain('RATE_LIMITED');
    expect(await ask(0)).toEqual(['RATE_LIMITED']);
  });
});

describe.concurrent('under pressure', () => {
  useServers();
  useSockets();

  it('new operations are refused at every door, and what was bought is collected', async (context) => {
    const { start, upstream, expect } = context;
    let lagMs = 0;
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await start({ overrides: { pressure: { lagMs: () => lagMs } } });
    const pay = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { levelUsed } } }';
    const waiting = server.run<object, object>(pay, { answers: numbered() });
    await held.arrived;
    lagMs = 2_001;
    for (const door of DOOR_NAMES) {
      const { errors } = await DOORS[door](server, { query: '{ __typename }' }, context);
      expect(errors, door).toEqual([
        { message: expect.any(String), extensions: { code: 'OVERLOADED', retryAfterMs: 5_000 } },
      ]);
    }
    const refused = await fetch(`${server.url}/graphql`, { method: 'POST', headers: HEADERS, body: QUERY });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    for (const path of ['/healthz', '/readyz']) expect((await fetch(server.url + path)).status).toBe(200);
    held.release();
    expect((await waiting).errors).toEqual([]);
    expect(upstream.bought()).toBe(1);
    lagMs = 2_000;
    expect((await server.run('{ __typename }')).errors).toEqual([]);
  });

  it('there are only so many operations without a result', async ({ start, upstream, expect }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await start({ overrides: { pressure: { mostOperations: 1 } } });
    const pay = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { levelUsed } } }';
    const waiting = server.run<object, object>(pay, { answers: numbered() });
    await held.arrived;
    expect((await server.run('{ __typename }')).errors).toMatchObject([{ extensions: { code: 'OVERLOADED' } }]);
    held.release();
    expect((await waiting).errors).toEqual([]);
    expect((await server.run('{ __typename }')).errors).toEqual([]);
  });
});
