import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.js';
import { sha256Of } from '../../src/lib/api-keys.js';

const REAL = { JOBALYZER_CLIENT_ID: 'acme', JOBALYZER_CLIENT_SECRET: 'a-secret-nobody-may-see' };
const KEY = 'a-key-nobody-may-see';
const API_KEYS = { AUTH_MODE: 'api-key', API_KEYS: `shop:${KEY}` };
const JWT = {
  AUTH_MODE: 'jwt',
  JWT_JWKS_URL: 'https://id.example/keys?policy=1',
  JWT_ISSUER: 'https://id.example',
  JWT_AUDIENCE: 'pay',
};

type Environment = Readonly<Record<string, string>>;

describe('the settings of authentication', () => {
  it.each<[string, Environment, object]>([
    ['everybody is an operator on the simulator', {}, { mode: { kind: 'none' }, operators: '*' }],
    ['nobody is with real credentials', { ...REAL, AUTH_MODE: 'none' }, { mode: { kind: 'none' }, operators: [] }],
    [
      'anonymous may be named',
      { ...REAL, AUTH_MODE: 'none', OPERATORS: 'anonymous', READERS: 'anonymous' },
      { operators: ['anonymous'], readers: ['anonymous'] },
    ],
    [
      'keys are hashed at once',
      { ...REAL, ...API_KEYS },
      {
        mode: { kind: 'api-key', keys: [{ name: 'shop', sha256: sha256Of(KEY) }], keysFile: null, leastKeyLength: 16 },
      },
    ],
    [
      'keys may be short on the simulator',
      { AUTH_MODE: 'api-key', API_KEYS: 'shop:x' },
      { mode: { keys: [{ name: 'shop', sha256: sha256Of('x') }], leastKeyLength: 1 } },
    ],
    [
      'keys may be in a file only, whose names are not known yet',
      { ...REAL, AUTH_MODE: 'api-key', API_KEYS_FILE: '/keys', OPERATORS: 'ops' },
      { mode: { keys: [], keysFile: '/keys' }, operators: ['ops'] },
    ],
    [
      'clients are named in a list',
      { ...REAL, ...API_KEYS, OPERATORS: ' shop ', READERS: 'shop' },
      { operators: ['shop'], readers: ['shop'] },
    ],
    [
      'tokens need an issuer, an audience and where the keys are',
      { ...REAL, ...JWT, OPERATORS: 'auth0|1' },
      {
        mode: {
          kind: 'jwt',
          jwksUrl: 'https://id.example/keys?policy=1',
          issuer: 'https://id.example',
          audience: 'pay',
        },
        operators: ['auth0|1'],
      },
    ],
    ['keys may come from this machine', { ...JWT, JWT_JWKS_URL: 'http://127.0.0.1:8080/jwks' }, {}],
  ])('are read: %s', (_, env, expected) => {
    const { authentication } = readConfig(env);
    expect(authentication).toMatchObject(expected);
    for (const part of [authentication, authentication.mode, authentication.operators, authentication.readers]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it.each<[Environment, RegExp]>([
    [REAL, /^AUTH_MODE must be set .* Allowed: api-key, jwt, or none/],
    [{ AUTH_MODE: 'api-key' }, /^API_KEYS or API_KEYS_FILE must be set with AUTH_MODE=api-key/],
    [{ AUTH_MODE: 'api-key', API_KEYS: ' ' }, /^API_KEYS or API_KEYS_FILE must be set/],
    [{ ...API_KEYS, API_KEYS: 'shop:' }, /^API_KEYS entry 1 \(shop\) has an empty key/],
    [
      { ...REAL, ...API_KEYS, API_KEYS: 'shop:fifteen-letters' },
      /^API_KEYS entry 1 \(shop\) .*; at least 16 are needed/,
    ],
    [{ ...API_KEYS, API_KEYS: `shop:${KEY},app:${KEY}` }, /^API_KEYS has one key twice \(shop and app\)/],
    [{ ...API_KEYS, OPERATORS: 'shop,ops' }, /^OPERATORS has "ops", for whom there is no key/],
    [{ ...API_KEYS, READERS: 'anonymous' }, /^READERS has "anonymous", for whom there is no key/],
    [{ ...API_KEYS, OPERATORS: 'shop,,' }, /^OPERATORS must be a comma-separated list/],
    [{ API_KEYS: `shop:${KEY}` }, /^API_KEYS has no effect without AUTH_MODE=api-key/],
    [{ AUTH_MODE: 'none', API_KEYS_FILE: '/keys' }, /^API_KEYS_FILE has no effect without AUTH_MODE=api-key/],
    [{ ...API_KEYS, JWT_AUDIENCE: 'pay' }, /^JWT_AUDIENCE has no effect without AUTH_MODE=jwt/],
    [{ ...JWT, API_KEYS: `shop:${KEY}` }, /^API_KEYS has no effect without AUTH_MODE=api-key/],
    [{ ...JWT, JWT_AUDIENCE: '' }, /^JWT_AUDIENCE must be set with AUTH_MODE=jwt/],
    [{ ...JWT, JWT_ISSUER: '', JWT_JWKS_URL: '' }, /^JWT_JWKS_URL, JWT_ISSUER must be set with AUTH_MODE=jwt/],
    [
      { ...REAL, AUTH_MODE: 'none', OPERATORS: 'ops' },
      /^OPERATORS has "ops"; without AUTH_MODE everybody is anonymous/,
    ],
    [{ AUTH_MODE: 'none', READERS: 'anonymous,guest' }, /^READERS has "guest"; without/],
    [{ READERS: 'guest' }, /^READERS has "guest"; without/],
  ])('are refused with their name: %j', (env, reason) => {
    const message = refusalOf(env);
    expect(message.split('\n')).toHaveLength(1);
    expect(message).toMatch(reason);
    expect(message).not.toContain(KEY);
  });

  it.each([
    'http://id.example/keys',
    'http://10.0.0.1/keys',
    'https://user:word@id.example/keys',
    'https://id.example/#a',
    'x',
  ])('have no place for keys that somebody else may have written: %s', (url) =>
    expect(refusalOf({ ...JWT, JWT_JWKS_URL: url })).toMatch(/^JWT_JWKS_URL must be an https URL .* loopback only/),
  );
});

it('with authentication every host name is served, unless they are listed', () => {
  expect(readConfig(API_KEYS).allowedHosts).toBe('*');
  expect(readConfig(JWT).allowedHosts).toBe('*');
  expect(readConfig({ ...API_KEYS, ALLOWED_HOSTS: 'a.example' }).allowedHosts).toContain('a.example');
  expect(readConfig({ AUTH_MODE: 'none' }).allowedHosts).not.toContain('*');
});

function refusalOf(environment: Environment): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('It was not refused.');
}
