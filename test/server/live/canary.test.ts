import { inspect } from 'node:util';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, it, type TestContext } from 'vitest';
import { readConfig } from '../../../src/config.js';
import { PayAndYoeDocument, SkillImpactDocument } from '../../generated/operations.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { newDirectory } from '../../fixtures/directory.js';
import { startIssuer } from '../../fixtures/issuer.js';
import { launchServer, type ServerProcess } from '../../fixtures/server/server-process.js';
import { serverSettings } from '../../fixtures/server/settings.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';
import { json, raw, reset, status, truncated, type Step } from '../../fixtures/upstream/upstream.js';
import { knockAtSocket } from '../knock.js';

const MISFORTUNES = join(import.meta.dirname, '../../fixtures/server/misfortunes.ts');

const SECRET = 'canary-secret&1';
const KEY = 'canary-key-0123456789';
const WRONG = 'canary-wrong-0123456789';
const COOKIE = 'canary-cookie-0123456789';
/** Part of every token that the upstream of the tests issues. */
const TOKEN = 'access-token-';

/** Upstream's answers with everything that it was sent, as error pages of proxies have it, and those that break. */
const FAULTS: readonly Step[] = [
  ({ headers, body }) => json({ Errors: [{ Message: 'Denied', Code: 'Denied' }], headers, body }, 500),
  ({ headers, body }) => raw(`<pre>${JSON.stringify({ headers, body })}</pre>`, 200),
  status(401),
  reset(),
  truncated(),
];

/** As libraries throw it: the request that failed is in the error. */
const THROWN = { headers: { authorization: `Bearer ${KEY}` }, clientSecret: SECRET, list: [{ token: WRONG }] };

describe.concurrent('a marked secret', () => {
  useServers({ pendingPolls: 0, clientSecret: SECRET });
  useSockets();

  it('is in no output with AUTH_MODE=api-key: not in logs at any level, responses, pages, metrics, nor of a crash', async (context) => {
    const { upstream, expect } = context;
    const server = await launch(context, { AUTH_MODE: 'api-key', API_KEYS: `shop:${KEY}`, OPERATORS: 'shop' });
    const outputs = await everyPath(context, server, { 'x-api-key': KEY }, { apiKey: KEY });
    expect(upstream.tokensIssued).toBeGreaterThan(1);
    expectNone(context, [...outputs, await crash(server)], [KEY]);
  });

  it('is in no output with AUTH_MODE=jwt', async (context) => {
    const { upstream, expect } = context;
    const issuer = await startIssuer();
    context.atEnd(() => issuer.close());
    const server = await launch(context, { ...issuer.settings, OPERATORS: 'shop' });
    const token = await issuer.token({});
    const outputs = await everyPath(context, server, { authorization: `Bearer ${token}` }, { authorization: token });
    expect(upstream.tokensIssued).toBeGreaterThan(1);
    expectNone(context, [...outputs, await crash(server)], token.split('.').slice(1));
  });

  it('is in nothing that shows the settings', ({ expect }) => {
    const config = readConfig({
      JOBALYZER_CLIENT_ID: 'acme',
      JOBALYZER_CLIENT_SECRET: SECRET,
      HTTPS_PROXY: 'http://me:canary-proxy@proxy.example:3128',
      AUTH_MODE: 'api-key',
      API_KEYS: `shop:${KEY}`,
    });
    expect(config.jobalyzer?.clientSecret?.reveal()).toBe(SECRET);
    const base64 = Buffer.from('me:canary-proxy').toString('base64');
    expect(config.jobalyzer?.apiProxy?.authorization?.reveal()).toContain(base64);
    const shown = [
      inspect(config, { depth: Infinity, showHidden: true }),
      JSON.stringify(config),
      String(config.jobalyzer?.clientSecret),
      String(config.jobalyzer?.apiProxy?.authorization),
    ].join('\n');
    expect(shown).toContain('[secret]');
    expect(shown).not.toMatch(/canary/);
    expect(shown).not.toContain(base64);
  });
});

interface Running extends ServerProcess {
  readonly url: string;
  /** Everything that the process wrote to its two outputs. */
  readonly written: () => string;
}

async function launch({ upstream, atEnd }: TestContext, settings: Record<string, string>): Promise<Running> {
  const { path, remove } = await newDirectory();
  atEnd(remove);
  const server = launchServer({
    settings: {
      ...serverSettings(upstream.url, path, upstream.options),
      LOG_LEVEL: 'trace',
      PLAYGROUND: 'true',
      INTROSPECTION: 'true',
      ...settings,
    },
    nodeArguments: ['--import', pathToFileURL(MISFORTUNES).href],
    channel: true,
  });
  atEnd(() => server.end('SIGKILL'));
  let text = '';
  for (const output of [server.child.stdout, server.child.stderr]) {
    output?.on('data', (chunk: string) => (text += chunk));
  }
  const url = (await server.listening).replace('/graphql', '');
  return { ...server, url, written: () => text };
}

/** Sends secrets wherever a client can put them, while whatever can fail does. Resolves to all that came back. */
async function everyPath(
  context: TestContext,
  { url }: Running,
  headers: Record<string, string>,
  params: object,
): Promise<string[]> {
  const { upstream, stream } = context;
  const outputs: string[] = [];
  const send = async (path: string, init: RequestInit = {}): Promise<void> => {
    const response = await fetch(`${url}${path}`, init);
    outputs.push(`${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`);
  };
  const post = (body: unknown, own = headers): Promise<void> =>
    send('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: `session=${COOKIE}`, ...own },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  for (const [index, fault] of FAULTS.entries()) {
    for (const [turn, kind] of (['token', 'submit', 'poll', 'lookup'] as const).entries()) {
      (kind === 'poll' ? upstream.script.poll('pay') : upstream.script[kind]).push(fault);
      if (kind === 'token') upstream.revokeTokens();
      const answers = numbered(index * 4 + turn);
      await post({ query: String(PayAndYoeDocument), variables: { answers, payWaitMs: 150, yoeWaitMs: 150 } });
      await post({ query: String(SkillImpactDocument), variables: { jobTitle: `Cashier ${index} ${turn}` } });
    }
  }

  const wrong = [{ 'x-api-key': WRONG }, { authorization: `Bearer ${WRONG}` }, { authorization: `Basic ${WRONG}` }];
  for (const own of wrong) {
    await post({ query: '{ __typename }' }, own);
    await send('/metrics', { headers: own });
    const streamed = await stream({ url }, { query: '{ __typename }', headers: own });
    await streamed.ended;
    outputs.push(streamed.text, JSON.stringify(streamed.errors));
    outputs.push(JSON.stringify(await knockAtSocket({ url }, { headers: own }, context)));
    outputs.push(JSON.stringify(await knockAtSocket({ url }, { params: own }, context)));
  }
  outputs.push(JSON.stringify(await knockAtSocket({ url }, { params }, context)));

  await post({
    query: '{ __typename }',
    variables: { token: WRONG },
    extensions: { headers: { authorization: WRONG } },
  });
  await post(`{"query":"{ __typename }","apiKey":"${WRONG}`);
  await post({ query: '{ usage { submitted } }' });
  await post({ query: '{ nothing }', extensions: { persistedQuery: { token: WRONG } } });
  await send(`/graphql?apiKey=${WRONG}&query=%7B__typename%7D`, { headers: { 'apollo-require-preflight': 'yes' } });
  await send(`/graphql?apiKey=${WRONG}&query=%7B__typename%7D`, {
    headers: { ...headers, 'x-apollo-operation-name': 'A' },
  });
  for (const path of ['/', '/healthz', '/readyz', '/metrics', '/graphiql/', '/schema.graphql', `/?token=${WRONG}`]) {
    await send(path, { headers: { ...headers, cookie: `session=${COOKIE}` } });
  }
  return outputs;
}

/** What it has written when it has ended by an error that carries secrets. */
async function crash(server: Running): Promise<string> {
  server.child.send({ throw: THROWN });
  await server.exited;
  return server.written();
}

function expectNone({ expect, upstream }: TestContext, outputs: readonly string[], others: readonly string[]): void {
  const all = outputs.join('\n');
  // All of it was there to be found: operations, calls, pages, metrics, the crash.
  for (const known of ['"msg":"operation"', '"call":"submit"', 'graphiql', 'graphql_operations_total']) {
    expect(all).toContain(known);
  }
  expect(all).toContain('stopping after an unexpected error');
  expect(all).toContain('A request failed.');
  const secret = upstream.options.clientSecret;
  const written = [secret, encodeURIComponent(secret), WRONG, COOKIE, TOKEN, KEY, 'canary', ...others];
  expect(written.filter((text) => all.includes(text))).toEqual([]);
}
