import { decodeProtectedHeader } from 'jose';
import pino from 'pino';
import { describe, it, type TestContext } from 'vitest';
import { createJwks, type Jwks, type JwksOptions } from '../../src/graphql/authentication/jwks.js';
import { createSigningKey, startIssuer, type Issuer, type SigningKey } from '../fixtures/issuer.js';

const NO_COOLDOWN = { cooldownMs: 0 };
const LONG_COOLDOWN = { cooldownMs: 60_000 };

async function open(context: TestContext, options: Partial<JwksOptions> = {}) {
  const issuer = await startIssuer();
  const logged: string[] = [];
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  const jwks = createJwks({ url: issuer.jwksUrl, log, ...options });
  context.onTestFinished(async () => {
    jwks.close();
    await issuer.close();
  });
  return { issuer, jwks, logged };
}

async function find(jwks: Jwks, issuer: Issuer, key: SigningKey = issuer.key): Promise<unknown> {
  const token = await issuer.token({}, { key });
  const [header = '', payload = '', signature = ''] = token.split('.');
  return jwks.key(decodeProtectedHeader(token) as { alg: string }, { protected: header, payload, signature });
}

describe.concurrent('the keys of an issuer', () => {
  it('are fetched when they are first needed, once for all who need them', async (context) => {
    const { expect } = context;
    const { issuer, jwks } = await open(context);
    expect(issuer.fetches).toBe(0);
    await Promise.all([1, 2, 3].map(() => find(jwks, issuer)));
    await find(jwks, issuer);
    expect(issuer.fetches).toBe(1);
  });

  it('are fetched again for a key that is not among them', async (context) => {
    const { expect } = context;
    const { issuer, jwks } = await open(context, NO_COOLDOWN);
    await find(jwks, issuer);
    const next = await createSigningKey();
    issuer.keys = [issuer.key.publicJwk, next.publicJwk];
    await find(jwks, issuer, next);
    await find(jwks, issuer);
    expect(issuer.fetches).toBe(2);
  });

  it('are not fetched for every token that names an unknown one', async (context) => {
    const { expect } = context;
    const { issuer, jwks } = await open(context, LONG_COOLDOWN);
    for (let count = 0; count < 5; count++) {
      await expect(find(jwks, issuer, await createSigningKey('ES256'))).rejects.toMatchObject({
        code: 'ERR_JWKS_NO_MATCHING_KEY',
      });
    }
    expect(issuer.fetches).toBe(1);
  });

  it('are fetched now and then, so that a withdrawn one is not accepted for ever', async (context) => {
    const { expect } = context;
    const { issuer, jwks } = await open(context, { ...NO_COOLDOWN, refreshMs: 20 });
    await find(jwks, issuer);
    issuer.keys = [(await createSigningKey()).publicJwk];
    await expect
      .poll(() =>
        find(jwks, issuer).then(
          () => true,
          () => false,
        ),
      )
      .toBe(false);
  });

  it.for([
    ['an error', { status: 503, body: 'Not today' }],
    ['a redirect', { status: 302, body: '' }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['no set of keys', { status: 200, body: '{"keys":7}' }],
    ['more than any set of keys needs', { status: 200, body: `{"keys":[],"more":"${'x'.repeat(300_000)}"}` }],
  ] as const)(
    'stay what they were when the issuer answers with %s, which is logged once',
    async ([, response], context) => {
      const { expect } = context;
      const { issuer, jwks, logged } = await open(context, NO_COOLDOWN);
      await find(jwks, issuer);
      issuer.response = response;
      const next = await createSigningKey('ES256');
      issuer.keys = [next.publicJwk];
      for (let count = 0; count < 3; count++) {
        await expect(find(jwks, issuer, next)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
      }
      await find(jwks, issuer);
      expect(issuer.fetches).toBeGreaterThan(1);
      expect(logged.filter((line) => line.includes('cannot be fetched'))).toHaveLength(1);

      issuer.response = null;
      await find(jwks, issuer, next);
      expect(logged.at(-1)).toContain('can be fetched again');
    },
  );

  it('are unavailable, not unknown, as long as none was ever fetched', async (context) => {
    const { expect } = context;
    const { issuer, jwks } = await open(context, LONG_COOLDOWN);
    issuer.response = { status: 500, body: '' };
    for (let count = 0; count < 3; count++) {
      const error = await find(jwks, issuer).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'AUTHENTICATION_UNAVAILABLE' });
      const { retryAfterMs } = (error as { details: { retryAfterMs: number } }).details;
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    }
    expect(issuer.fetches).toBe(1);
  });
});
