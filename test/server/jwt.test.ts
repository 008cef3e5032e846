import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK, type CryptoKey, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { numbered } from '../fixtures/answers/answers.js';
import { AUDIENCE, createSigningKey, startIssuer, type Issuer } from '../fixtures/issuer.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { pending } from '../fixtures/upstream/upstream.js';
import { DOOR_NAMES } from './doors.js';
import { knock, knockAtSocket } from './knock.js';

const SUBSCRIPTION =
  'subscription ($answers: AnswersInput!) { reportStatus(answers: $answers, types: [PAY]) { status } }';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = (fromNow: number): number => Math.floor(Date.now() / 1_000) + fromNow;

describe.concurrent('with AUTH_MODE=jwt', () => {
  useServers();
  useSockets();

  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer();
  });
  afterAll(() => issuer.close());

  it.for<readonly [string, () => JWTPayload]>([
    ['of the issuer', () => ({})],
    ['that has expired not quite 30 seconds ago', () => ({ exp: seconds(-5) })],
    ['that becomes valid in not quite 30 seconds', () => ({ nbf: seconds(10) })],
    ['for several audiences', () => ({ aud: ['https://other.example', AUDIENCE] })],
  ])('every door is open to a token %s, and the log names its subject', async ([, claims], context) => {
    const { start, expect } = context;
    const server = await start({ env: issuer.settings });
    const tokens: string[] = [];
    for (const door of DOOR_NAMES) {
      const token = await issuer.token(claims());
      tokens.push(token);
      expect(await knock(server, door, bearer(token), context), door).toMatchObject({ accepted: true });
    }
    const operations = server.logged.map((line) => JSON.parse(line) as object).filter((line) => 'operation' in line);
    for (const line of operations) expect(line).toMatchObject({ client: 'shop' });
    expect(operations).toHaveLength(DOOR_NAMES.length);
    for (const token of tokens) expect(server.logged.join('')).not.toContain(token);
  });

  it.for(['ES256', 'EdDSA', 'PS256'])('a token may be signed with %s', async (alg, context) => {
    const { expect } = context;
    const own = await startIssuer();
    context.atEnd(() => own.close());
    const key = await createSigningKey(alg);
    own.keys = [key.publicJwk];
    const server = await context.start({ env: own.settings });
    const token = await own.token({}, { key });
    expect(await knock(server, 'HTTP', bearer(token), context)).toMatchObject({ accepted: true });
  });

  /** Each makes a token that must not be accepted. */
  const FORGED: Readonly<Record<string, (by: Issuer) => Promise<string>>> = {
    'without a signature (alg none)': async (by) => {
      const [, payload = ''] = (await by.token()).split('.');
      return `${encode({ alg: 'none', kid: by.key.kid })}.${payload}.`;
    },
    'without a signature, and the header of a signed one': async (by) => {
      const [header, payload] = (await by.token()).split('.');
      return `${header}.${payload}.`;
    },
    'signed with HS256 and the public key as PEM': async (by) => {
      const pem = await exportSPKI((await importJWK(by.key.publicJwk, 'RS256')) as CryptoKey);
      return signedWithHmac(by, pem);
    },
    'signed with HS256 and the public key as JWK': async (by) => signedWithHmac(by, JSON.stringify(by.key.publicJwk)),
    'signed with another key that claims to be the issuer’s': async (by) => {
      const other = await createSigningKey();
      return by.token({}, { key: { ...other, kid: by.key.kid } });
    },
    'that brings the key it is signed with': async (by) => {
      const other = await createSigningKey();
      return by.token({}, { key: other, header: { jwk: other.publicJwk, jku: 'https://evil.example/jwks' } });
    },
    'whose claims were changed': async (by) => {
      const [header, payload = '', signature] = (await by.token()).split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
      return `${header}.${encode({ ...claims, sub: 'ops' })}.${signature}`;
    },
    'whose signature differs in its last byte': async (by) => {
      const token = await by.token();
      const signature = Buffer.from(token.slice(token.lastIndexOf('.') + 1), 'base64url');
      signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
      return token.slice(0, token.lastIndexOf('.') + 1) + signature.toString('base64url');
    },
    'of a key that is unknown': async (by) => by.token({}, { key: await createSigningKey() }),
    'with a critical extension that is not understood': (by) =>
      by.token({}, { header: { b64: true, crit: ['b64'] } }).then((token) => {
        const [, payload, signature] = token.split('.');
        return `${encode({ alg: 'RS256', kid: by.key.kid, crit: ['wallet'], wallet: 1 })}.${payload}.${signature}`;
      }),
    'that is none': async () => 'this.is.none',
    'that is empty': async () => '..',
    'for another audience': (by) => by.token({ aud: 'another-api' }),
    'without an audience': (by) => by.token({ aud: undefined } as never),
    'of another issuer': (by) => by.token({ iss: 'https://evil.example' }),
    'without an issuer': (by) => by.token({ iss: undefined } as never),
    'that has expired more than 30 seconds ago': (by) => by.token({ exp: seconds(-32) }),
    'that never expires': (by) => by.token({ exp: undefined } as never),
    'that is not valid yet': (by) => by.token({ nbf: seconds(120) }),
    'without a subject': (by) => by.token({ sub: undefined } as never),
    'with an empty subject': (by) => by.token({ sub: '' }),
    'with a subject that is no text': (by) => by.token({ sub: { name: 'ops' } } as never),
    'with a subject of two lines': (by) => by.token({ sub: 'shop\nops' }),
    'with an endless subject': (by) => by.token({ sub: 's'.repeat(201) }),
  };

  it.for(Object.keys(FORGED))('no door is open to a token %s', async (name, context) => {
    const { start, upstream, expect } = context;
    const server = await start({ env: issuer.settings });
    const token = (await FORGED[name]?.(issuer)) ?? '';
    for (const door of DOOR_NAMES) {
      const verdict = await knock(server, door, bearer(token), context);
      expect(verdict, door).toMatchObject({ accepted: false, status: door === 'WebSocket' ? 4403 : 401 });
      expect(verdict.message, door).toMatch(/token/);
      expect(verdict.message, door).not.toContain(token.slice(-20));
    }
    // The same server lets in who belongs there.
    expect(await knock(server, 'HTTP', bearer(await issuer.token()), context)).toMatchObject({ accepted: true });
    expect(upstream.submits()).toEqual([]);
    if (token.length > 20) expect(server.logged.join('')).not.toContain(token);
  });

  it('a key is asked for as a bearer token only, and a token is not taken for an API key', async (context) => {
    const { expect } = context;
    const server = await context.start({ env: issuer.settings });
    const token = await issuer.token();
    const { accepted, message } = await knock(server, 'HTTP', { 'x-api-key': token }, context);
    expect([accepted, message]).toEqual([false, expect.stringContaining('Bearer <JWT>')]);
    expect(await knockAtSocket(server, { params: bearer(token) }, context)).toMatchObject({ accepted: true });
  });

  it('operators are named by subject', async ({ start, expect }) => {
    const server = await start({ env: { ...issuer.settings, OPERATORS: 'auth0|ops, boss' } });
    const codes = [];
    for (const sub of ['auth0|ops', 'boss', 'shop', 'anonymous']) {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...bearer(await issuer.token({ sub })) },
        body: JSON.stringify({ query: '{ usage { submitted } }' }),
      });
      const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
      codes.push(errors?.[0]?.extensions.code ?? null);
    }
    expect(codes).toEqual([null, null, 'FORBIDDEN', 'FORBIDDEN']);
  });

  it('the issuer may rotate its keys: tokens of the new one are accepted without a restart', async (context) => {
    const { start, expect } = context;
    const own = await startIssuer();
    context.atEnd(() => own.close());
    const server = await start({ env: own.settings });
    const first = await own.token();
    expect(await knock(server, 'HTTP', bearer(first), context)).toMatchObject({ accepted: true });
    const next = await createSigningKey();
    own.keys = [next.publicJwk];
    const second = await own.token({}, { key: next });
    // Unknown keys are looked for every few seconds, not for every token.
    await expect.poll(async () => (await knock(server, 'WebSocket', bearer(second), context)).accepted).toBe(true);
    expect(await knock(server, 'HTTP', bearer(first), context)).toMatchObject({ accepted: false, status: 401 });
  });

  it('tokens are verified with the last keys while the issuer cannot be reached', async (context) => {
    const { start, expect } = context;
    const own = await startIssuer();
    const server = await start({ env: own.settings });
    const token = await own.token();
    expect(await knock(server, 'HTTP', bearer(token), context)).toMatchObject({ accepted: true });
    await own.close();
    for (const door of DOOR_NAMES) {
      expect(await knock(server, door, bearer(token), context), door).toMatchObject({ accepted: true });
    }
  });

  it('nobody is refused as unknown while there are no keys at all', async (context) => {
    const { start, expect } = context;
    const own = await startIssuer();
    own.response = { status: 500, body: 'Not today' };
    const server = await start({ env: own.settings });
    const token = await own.token();
    for (const door of DOOR_NAMES) {
      const verdict = await knock(server, door, bearer(token), context);
      expect(verdict, door).toMatchObject({ accepted: false, status: door === 'WebSocket' ? 1013 : 503 });
    }
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(token) },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'AUTHENTICATION_UNAVAILABLE', retryAfterMs: expect.any(Number) } }],
    });
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(server.logged.join('')).toContain('JWT_JWKS_URL cannot be fetched');

    own.response = null;
    await expect.poll(async () => (await knock(server, 'HTTP', bearer(token), context)).accepted).toBe(true);
    await own.close();
  });

  it('what was opened with a token is closed within seconds after the token has expired', async (context) => {
    const { start, upstream, connectAndInit, stream, expect } = context;
    upstream.script.poll('pay').otherwise(pending());
    const server = await start({ env: issuer.settings });
    const lasting = await connectAndInit(server, { params: bearer(await issuer.token()) });
    const exp = seconds(8);
    const token = await issuer.token({ exp });
    const socket = await connectAndInit(server, { params: bearer(token) });
    socket.subscribe('1', SUBSCRIPTION, { answers: numbered() });
    await socket.until(({ type }) => type === 'next');
    const streamed = await stream(server, {
      query: SUBSCRIPTION,
      variables: { answers: numbered() },
      headers: bearer(token),
    });
    await streamed.until(({ results }) => results.length > 0);

    expect(await socket.closed).toEqual({ code: 4403, reason: 'The token has expired.' });
    await streamed.ended;
    expect(streamed.blocks).not.toContain('complete');
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1_000);
    expect(await lasting.run('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
  });
});

async function signedWithHmac(by: Issuer, secret: string): Promise<string> {
  const [, payload = ''] = (await by.token()).split('.');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT', kid: by.key.kid })}.${payload}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
