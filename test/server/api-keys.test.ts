import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'vitest';
import { numbered } from '../fixtures/answers/answers.js';
import { newDirectory } from '../fixtures/directory.js';
import { eventually } from '../fixtures/eventually.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { pending } from '../fixtures/upstream/upstream.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { sha256Of } from '../../src/lib/api-keys.js';
import { DOOR_NAMES } from './doors.js';
import { knock, knockAtSocket } from './knock.js';

const SHOP = 'key-of-the-shop-0001';
const SHOP_NEXT = 'key-of-the-shop-0002';
const OPERATOR = 'key-of-the-operator-1';
const KEYS = `shop:${SHOP},shop:sha256=${sha256Of(SHOP_NEXT).toString('hex')},ops:${OPERATOR}`;
const ENV = { AUTH_MODE: 'api-key', API_KEYS: KEYS, OPERATORS: 'ops' };
const USAGE = '{ usage { submitted } }';

describe.concurrent('with AUTH_MODE=api-key', () => {
  useServers();
  useSockets();

  it.for([
    ['as x-api-key', { 'x-api-key': SHOP }],
    ['as a bearer token', { authorization: `Bearer ${SHOP}` }],
    ['that only its hash is known of', { 'x-api-key': SHOP_NEXT }],
  ] as const)('every door is open to a key %s, and the log names its client', async ([, headers], context) => {
    const { start, expect } = context;
    const server = await start({ env: ENV });
    for (const door of DOOR_NAMES) {
      expect(await knock(server, door, headers, context), door).toMatchObject({ accepted: true });
    }
    const operations = server.logged.map((line) => JSON.parse(line) as object).filter((line) => 'operation' in line);
    expect(operations).toHaveLength(DOOR_NAMES.length);
    for (const line of operations) expect(line).toMatchObject({ client: 'shop' });
    for (const key of [SHOP, SHOP_NEXT]) expect(server.logged.join('')).not.toContain(key);
  });

  it.for([
    ['nothing', {}],
    ['an unknown key', { 'x-api-key': 'key-of-nobody-at-all' }],
    ['a key that differs in its last byte', { 'x-api-key': `${SHOP.slice(0, -1)}3` }],
    ['a key without its last byte', { authorization: `Bearer ${SHOP.slice(0, -1)}` }],
    ['the hash of a key', { 'x-api-key': `sha256=${sha256Of(SHOP_NEXT).toString('hex')}` }],
    ['the name of a client', { authorization: 'Bearer shop' }],
    ['another scheme', { authorization: `Basic ${btoa(`shop:${SHOP}`)}` }],
  ] as const)('no door is open to %s', async ([, headers], context) => {
    const { start, upstream, expect } = context;
    const server = await start({ env: ENV });
    for (const door of DOOR_NAMES) {
      const verdict = await knock(server, door, headers, context);
      expect(verdict, door).toMatchObject({ accepted: false, status: door === 'WebSocket' ? 4403 : 401 });
      expect(verdict.message, door).toMatch(/API key/);
    }
    expect(upstream.submits()).toEqual([]);
    const given = Object.values(headers).join('');
    if (given) expect(server.logged.join('')).not.toContain(given);
  });

  it('a refusal is a GraphQL error over HTTP, with the header that says what is missing', async ({ start, expect }) => {
    const server = await start({ env: { ...ENV, CORS_ORIGINS: 'https://app.example' } });
    const headers = { 'content-type': 'application/json', origin: 'https://app.example' };
    const body = JSON.stringify({ query: '{ this is not even parsed' });
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    const line = server.logged
      .map((text) => JSON.parse(text) as Record<string, unknown>)
      .find(({ msg }) => msg === 'operation');
    expect(line).toMatchObject({ client: null, operation: null, errors: ['UNAUTHENTICATED'] });
  });

  it('pages of other origins may send keys, if they may use the server at all', async ({ start, expect }) => {
    const server = await start({ env: { ...ENV, CORS_ORIGINS: 'https://app.example' } });
    const response = await fetch(`${server.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-api-key',
      },
    });
    expect(response.headers.get('access-control-allow-headers')).toMatch(/authorization.*x-api-key/);
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it.for([
    ['apiKey', { apiKey: SHOP }],
    ['the header of the same name', { 'X-API-Key': SHOP }],
    ['authorization', { authorization: `Bearer ${SHOP}` }],
    ['Authorization, as GraphiQL sends headers', { Authorization: `Bearer ${SHOP}` }],
  ] as const)('a socket is open to a key among the connection params: %s', async ([, params], context) => {
    const { expect } = context;
    const server = await context.start({ env: ENV });
    expect(await knockAtSocket(server, { params }, context)).toMatchObject({ accepted: true });
  });

  it('connection params count for more than the headers of the socket', async (context) => {
    const { expect } = context;
    const server = await context.start({ env: ENV });
    const headers = { 'x-api-key': SHOP };
    const tries = await Promise.all(
      [{ apiKey: 'wrong' }, { apiKey: 7 }, {}, undefined].map((params) =>
        knockAtSocket(server, { headers, params }, context),
      ),
    );
    expect(tries.map(({ accepted }) => accepted)).toEqual([false, true, true, true]);
  });

  it('a socket runs nothing before it has shown its key', async ({ start, connect, upstream, expect }) => {
    const server = await start({ env: ENV });
    const socket = await connect(server, { headers: { 'x-api-key': SHOP } });
    socket.subscribe('1', '{ __typename }');
    expect(await socket.closed).toMatchObject({ code: 4401 });
    expect(upstream.submits()).toEqual([]);
  });

  it('only operators see usage, at every door', async (context) => {
    const { start, expect, connectAndInit, stream } = context;
    const server = await start({ env: ENV });
    for (const [key, codes] of [
      [SHOP, ['FORBIDDEN']],
      [OPERATOR, []],
    ] as const) {
      const headers = { 'x-api-key': key };
      const http = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: USAGE }),
      });
      const socket = await connectAndInit(server, { params: { apiKey: key } });
      const streamed = await stream(server, { query: USAGE, headers });
      await streamed.ended;
      const results = [await http.json(), await socket.run(USAGE), streamed.results[0]] as {
        errors?: { extensions: { code: string } }[];
      }[];
      for (const { errors = [] } of results) expect(errors.map(({ extensions }) => extensions.code)).toEqual(codes);
    }
  });

  describe('and API_KEYS_FILE', () => {
    async function startWithFile(context: TestContext, text: string, env: Record<string, string> = {}) {
      const directory = await newDirectory();
      context.atEnd(() => directory.remove());
      const path = join(directory.path, 'keys');
      await writeFile(path, text);
      const server = await context.start({
        env: { AUTH_MODE: 'api-key', API_KEYS_FILE: path, OPERATORS: '', ...env },
      });
      return { server, path };
    }

    it('keys are replaced without a restart, however the file is written', async (context) => {
      const { expect } = context;
      const { server, path } = await startWithFile(context, `shop:${SHOP}\n`);
      const accepts = async (key: string) => (await knock(server, 'HTTP', { 'x-api-key': key }, context)).accepted;
      expect([await accepts(SHOP), await accepts(SHOP_NEXT)]).toEqual([true, false]);

      await writeFile(path, `# both for a while\nshop:${SHOP}\nshop:${SHOP_NEXT}\n`);
      await eventually(async () => expect(await accepts(SHOP_NEXT)).toBe(true));
      expect(await accepts(SHOP)).toBe(true);

      await writeFile(`${path}.new`, `shop:${SHOP_NEXT}\n`);
      await rename(`${path}.new`, path);
      await eventually(async () => expect(await accepts(SHOP)).toBe(false));
      expect(await accepts(SHOP_NEXT)).toBe(true);
      for (const key of [SHOP, SHOP_NEXT]) expect(server.logged.join('')).not.toContain(key);
    });

    it('what was opened with a key is closed when the key is withdrawn', async (context) => {
      const { connectAndInit, stream, expect } = context;
      const { server, path } = await startWithFile(context, `shop:${SHOP}\napp:${SHOP_NEXT}\n`);
      const subscription = 'subscription ($answers: AnswersInput!) { reportStatus(answers: $answers) { status } }';
      context.upstream.script.poll('pay').otherwise(pending());
      const withdrawn = await connectAndInit(server, { params: { apiKey: SHOP } });
      const kept = await connectAndInit(server, { params: { apiKey: SHOP_NEXT } });
      withdrawn.subscribe('1', subscription, { answers: numbered() });
      await withdrawn.until(({ type }) => type === 'next');
      const streamed = await stream(server, {
        query: subscription,
        variables: { answers: numbered() },
        headers: { 'x-api-key': SHOP },
      });
      await streamed.until(({ results }) => results.length > 0);

      await writeFile(path, `app:${SHOP_NEXT}\n`);
      expect(await withdrawn.closed).toMatchObject({ code: 4403, reason: expect.stringContaining('API key') });
      await streamed.ended;
      expect(streamed.blocks).not.toContain('complete');
      expect(await kept.run('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    });

    it('a file that cannot be used any more changes nothing, and the log says so without quoting it', async (context) => {
      const { expect } = context;
      const { server, path } = await startWithFile(context, `shop:${SHOP}\n`);
      for (const text of [`shop:${SHOP}\nsecret-without-a-name\n`, 'shop:short-secret', '', `a:${SHOP}\nb:${SHOP}`]) {
        const before = server.logged.filter((line) => line.includes('the file of the API keys cannot be used')).length;
        await writeFile(path, text);
        await eventually(() => {
          const faults = server.logged.filter((line) => line.includes('the file of the API keys cannot be used'));
          expect(faults.length).toBeGreaterThan(before);
        });
        expect(await knock(server, 'HTTP', { 'x-api-key': SHOP }, context)).toMatchObject({ accepted: true });
      }
      expect(server.logged.join('')).not.toMatch(/secret-without|short-secret/);
    });

    it.for([
      ['with a short key', 'shop:short', {}, /API_KEYS_FILE: .* line 1 \(shop\) has a key of 5 characters/],
      ['without any key', '# none yet\n', {}, /API_KEYS_FILE: .* has no key/],
      ['with a key of API_KEYS', `app:${SHOP}`, { API_KEYS: `shop:${SHOP}` }, /API_KEYS_FILE: .* one key twice/],
      ['without a key of an operator', `shop:${SHOP}`, { OPERATORS: 'shop,ops' }, /OPERATORS has "ops"/],
      ['without a key of a reader', `shop:${SHOP}`, { READERS: 'guest' }, /READERS has "guest"/],
    ] as const)('the server does not start %s', async ([, text, env, reason], context) => {
      const { expect } = context;
      await expect(startWithFile(context, text, env)).rejects.toThrow(reason);
    });

    it('the server does not start without the file', async ({ start, expect }) => {
      const env = { AUTH_MODE: 'api-key', API_KEYS_FILE: '/nowhere/keys', OPERATORS: '' };
      await expect(start({ env })).rejects.toThrow(/^API_KEYS_FILE: \/nowhere\/keys cannot be read \(ENOENT\)/);
    });
  });
});
