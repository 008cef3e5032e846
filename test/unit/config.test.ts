import { Secret } from '../../src/lib/secret.js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ConfigError, isRunByNpm, loadApiKey, readConfig, type Config } from '../../src/config.js';

const SECRET = 'a-secret-nobody-may-see';
const REAL = { JOBALYZER_CLIENT_ID: 'acme', JOBALYZER_CLIENT_SECRET: SECRET, AUTH_MODE: 'none' };

describe('the default configuration', () => {
  it('uses the simulator', () => {
    expect(readConfig({})).toEqual({
      answerCheck: 'correct',
      host: '127.0.0.1',
      port: 4000,
      maxConnections: 10_000,
      jobalyzer: null,
      apiVersion: 'v1',
      authentication: { mode: { kind: 'none' }, operators: '*', readers: [] },
      dataDir: './data',
      database: null,
      ledgerAdopt: false,
      maxReportsPerOperation: 25,
      rateLimitMax: 600,
      rateLimitWindowMs: 60_000,
      reportWaitMs: 30_000,
      reportTtlMs: 168 * 3_600_000,
      reportGiveUpMs: 24 * 3_600_000,
      absentAfterMs: null,
      corsOrigins: '*',
      allowedHosts: ['127.0.0.1'],
      publicOrigin: null,
      trustProxy: 0,
      playground: true,
      explorer: true,
      introspection: true,
      safelistFile: null,
      budgetReportsPerDay: null,
      otlpEndpoint: null,
      logLevel: 'info',
      warnings: [],
    });
  });

  it('uses the documented hosts and the client id as the customer id with real credentials', () => {
    const config = readConfig(REAL);
    expect(config.jobalyzer).toEqual({
      apiUrl: 'https://jobalyzer.payscale.com',
      authUrl: 'https://accounts.payscale.com',
      apiVersion: 'v1',
      clientId: 'acme',
      clientSecret: expect.any(Secret),
      clientSecretFile: null,
      customerId: 'acme',
      apiProxy: null,
      authProxy: null,
      // Nobody has tried it with the real service.
      usageUrl: null,
      usageProxy: null,
    });
    expect(config.jobalyzer?.clientSecret?.reveal()).toBe(SECRET);
    expect(config.corsOrigins).toEqual([]);
  });

  it('disables the playground, introspection and CORS in production and with real credentials', () => {
    for (const given of [REAL, { NODE_ENV: 'production', SIMULATOR: 'true' }, { NODE_ENV: 'production', ...REAL }]) {
      expect(readConfig(given)).toMatchObject({
        playground: false,
        introspection: false,
        corsOrigins: [],
      });
    }
  });
});

describe('a setting', () => {
  it.each<[Record<string, string>, Partial<Config>]>([
    [{ HOST: '0.0.0.0' }, { host: '0.0.0.0' }],
    [{ PORT: '0' }, { port: 0 }],
    [{ PORT: '65535' }, { port: 65_535 }],
    [{ PORT: ' 8080 ' }, { port: 8080 }],
    [{ MAX_CONNECTIONS: '1' }, { maxConnections: 1 }],
    [{ MAX_CONNECTIONS: '1000000' }, { maxConnections: 1_000_000 }],
    [{ DATA_DIR: '/tmp/x' }, { dataDir: '/tmp/x' }],
    [{ MAX_REPORTS_PER_OPERATION: '1000' }, { maxReportsPerOperation: 1_000 }],
    [{ REPORT_WAIT_MS: '0' }, { reportWaitMs: 0 }],
    [{ REPORT_WAIT_MS: '600000' }, { reportWaitMs: 600_000 }],
    [{ BUDGET_REPORTS_PER_DAY: '0' }, { budgetReportsPerDay: 0 }],
    [{ BUDGET_REPORTS_PER_DAY: '1000000000' }, { budgetReportsPerDay: 1_000_000_000 }],
    [{ REPORT_GIVE_UP_HOURS: '720' }, { reportGiveUpMs: 720 * 3_600_000 }],
    [{}, { reportGiveUpMs: 24 * 3_600_000 }],
    [{ RECONCILE_AFTER_MINUTES: '20' }, { absentAfterMs: null }],
    [{ RECONCILE_ABSENT: 'true' }, { absentAfterMs: 60 * 60_000 }],
    [{ RECONCILE_ABSENT: 'true', RECONCILE_AFTER_MINUTES: '1440' }, { absentAfterMs: 24 * 3_600_000 }],
    [{ REPORT_TTL_HOURS: '0.5' }, { reportTtlMs: 1_800_000 }],
    [{ REPORT_TTL_HOURS: '87600' }, { reportTtlMs: 87_600 * 3_600_000 }],
    [{ JOBALYZER_API_VERSION: 'v2' }, { apiVersion: 'v2' }],
    [{ CORS_ORIGINS: '*' }, { corsOrigins: '*' }],
    [
      { CORS_ORIGINS: 'https://a.example, http://localhost:3000' },
      { corsOrigins: ['https://a.example', 'http://localhost:3000'] },
    ],
    [
      { CORS_ORIGINS: 'capacitor://localhost,tauri://localhost,app://-' },
      { corsOrigins: ['capacitor://localhost', 'tauri://localhost', 'app://-'] },
    ],
    [{ ALLOWED_HOSTS: '*' }, { allowedHosts: '*' }],
    [
      { ALLOWED_HOSTS: 'A.example, bücher.example' },
      { allowedHosts: ['a.example', 'xn--bcher-kva.example', '127.0.0.1'] },
    ],
    [
      { HOST: 'Machine', PUBLIC_URL: 'https://Pay.example:8443/reports/' },
      { allowedHosts: ['machine', 'pay.example'], publicOrigin: 'https://pay.example:8443' },
    ],
    [{ TRUST_PROXY: '2' }, { trustProxy: 2 }],
    [{ PLAYGROUND: 'false' }, { playground: false }],
    [{ EXPLORER: 'false' }, { explorer: false }],
    [{ NODE_ENV: 'production', SIMULATOR: 'true' }, { explorer: false }],
    [{ NODE_ENV: 'production', SIMULATOR: 'true', EXPLORER: 'true' }, { explorer: true }],
    [REAL, { explorer: true }],
    [{ INTROSPECTION: 'false' }, { introspection: false }],
    [
      { NODE_ENV: 'production', SIMULATOR: 'true', PLAYGROUND: 'true', INTROSPECTION: 'true' },
      { playground: true, introspection: true },
    ],
    [
      { ...REAL, PLAYGROUND: 'true' },
      { playground: true, introspection: false },
    ],
    [
      { ...REAL, INTROSPECTION: 'true' },
      { playground: false, introspection: true },
    ],
    [{ NODE_ENV: 'production', SIMULATOR: 'true', CORS_ORIGINS: '*' }, { corsOrigins: '*' }],
    [{ NODE_ENV: 'test' }, { playground: true, introspection: true }],
    [{ LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
    [{ AUTH_MODE: 'none' }, { jobalyzer: null }],
    [{ SIMULATOR: 'true' }, { jobalyzer: null }],
  ])('is read: %j', (given, expected) => {
    expect(readConfig(given)).toMatchObject(expected);
  });

  it.each(['', ' ', '\t'])('counts as unset if it is empty: %j', (empty) => {
    const names = ['HOST', 'PORT', 'SIMULATOR', 'JOBALYZER_CLIENT_ID', 'JOBALYZER_CLIENT_SECRET', 'JOBALYZER_URL'];
    const more = ['DATA_DIR', 'REPORT_TTL_HOURS', 'CORS_ORIGINS', 'PLAYGROUND', 'LOG_LEVEL', 'NODE_ENV', 'AUTH_MODE'];
    const blank = Object.fromEntries([...names, ...more].map((name) => [name, empty]));
    expect({ ...readConfig(blank), warnings: [] }).toEqual(readConfig({}));
  });

  it('of another program is ignored', () => {
    expect(readConfig({ PATH: '/bin', HOME: '/root', undefined: undefined })).toEqual(readConfig({}));
  });

  it('of the real service is read', () => {
    const given = {
      JOBALYZER_URL: 'http://127.0.0.1:5000/gateway',
      JOBALYZER_AUTH_URL: 'https://accounts.example',
      JOBALYZER_API_VERSION: 'v2',
      JOBALYZER_CUSTOMER_ID: 'the-customer',
      JOBALYZER_USAGE_URL: 'https://usage.example',
      HTTPS_PROXY: 'http://proxy.example:3128',
      NO_PROXY: 'accounts.example',
    };
    const { HTTPS_PROXY: https_proxy, NO_PROXY: no_proxy, ...others } = given;
    const lower = { ...others, https_proxy, no_proxy };
    // As other programs read them: in lower case they come first.
    for (const proxies of [given, lower, { ...lower, HTTPS_PROXY: 'http://other.example', NO_PROXY: '*' }])
      expect(readConfig({ ...REAL, ...proxies }).jobalyzer).toEqual(readConfig({ ...REAL, ...given }).jobalyzer);
    expect(readConfig({ ...REAL, ...given }).jobalyzer).toMatchObject({
      apiUrl: 'http://127.0.0.1:5000/gateway',
      apiProxy: null,
      authUrl: 'https://accounts.example',
      authProxy: null,
      usageUrl: 'https://usage.example',
      usageProxy: { origin: 'http://proxy.example:3128' },
      apiVersion: 'v2',
      customerId: 'the-customer',
    });
  });

  it.each([0.0001, 1 / 3, 0.1, 0.7, 1 / 7])(
    'of %d hours becomes a whole number of milliseconds, as the store needs',
    (hours) => {
      expect(Number.isInteger(readConfig({ REPORT_TTL_HOURS: String(hours) }).reportTtlMs)).toBe(true);
    },
  );
});

describe('an invalid setting', () => {
  const PORT = 'must be a whole number from 0 to 65535';
  const CONNECTIONS = 'must be a whole number from 1 to 1000000';
  const WAIT = 'must be a whole number from 0 to 600000';
  const TTL = 'must be a number of hours above 0, at most 87600';
  const FLAG = 'must be true or false';

  it.each([
    ...['65536', '-1', '80.5', 'http', '0x50', '1e3', '+80', '8 0', '9'.repeat(20)].map((value) => [
      'PORT',
      value,
      PORT,
    ]),
    ...['0', '1000001', '-1', 'all'].map((value) => ['MAX_CONNECTIONS', value, CONNECTIONS]),
    ...['600001', '-1', 'Infinity', 'NaN', '1.5'].map((value) => ['REPORT_WAIT_MS', value, WAIT]),
    ...['0', '-1', '87600.1', 'Infinity', 'NaN', 'a week'].map((value) => ['REPORT_TTL_HOURS', value, TTL]),
    ...['SIMULATOR', 'PLAYGROUND', 'INTROSPECTION'].flatMap((name) =>
      ['yes', 'TRUE', '1'].map((value) => [name, value, FLAG]),
    ),
    ...['v3', '1'].map((value) => ['JOBALYZER_API_VERSION', value, 'must be v1 or v2']),
    ...['basic', 'NONE'].map((value) => ['AUTH_MODE', value, 'must be one of none, api-key, jwt']),
  ] as [string, string, string][])(
    'is an error with its name and the allowed values: %s=%j',
    (name, value, allowed) => {
      expect(refusalOf({ [name]: value })).toBe(`${name} ${allowed}.`);
    },
  );

  it.each([
    ['PORT', 0, 65_535],
    ['MAX_CONNECTIONS', 1, 1_000_000],
    ['MAX_REPORTS_PER_OPERATION', 1, 1_000],
    ['RATE_LIMIT_MAX', 1, 1_000_000_000],
    ['RATE_LIMIT_WINDOW_MS', 1_000, 86_400_000],
    ['REPORT_WAIT_MS', 0, 600_000],
    ['REPORT_GIVE_UP_HOURS', 1, 720],
    ['RECONCILE_AFTER_MINUTES', 20, 1_440],
    ['TRUST_PROXY', 0, 10],
    ['BUDGET_REPORTS_PER_DAY', 0, 1_000_000_000],
  ])('of %s is from %i to %i, both included', (name, least, most) => {
    for (const value of [least, most]) expect(readConfig({ [name]: String(value) }).warnings).toEqual([]);
    const allowed = `${name} must be a whole number from ${least} to ${most}.`;
    for (const value of [least - 1, most + 1]) expect(refusalOf({ [name]: String(value) })).toBe(allowed);
  });

  it.each([
    'https://app.example/',
    'https://app.example/path',
    'app.example',
    'null',
    'https://app.example,',
    'https://app.example,*',
    'HTTPS://app.example',
    'https://*.example',
    'file:///tmp',
    'capacitor://',
    'capacitor://localhost/',
    'capacitor://*',
  ])('of origins is an error that quotes the invalid origin: %s', (value) => {
    const message = refusalOf({ CORS_ORIGINS: value });
    expect(message).toMatch(
      /^CORS_ORIGINS contains ".*", which is not an origin; allowed are \* or a comma-separated list/,
    );
  });

  it.each(['https://a.example', 'a.example:80', 'a b', '*.example', 'a.example,', 'a.example/x', 'me@a.example'])(
    'of host names is an error that quotes the invalid name: %s',
    (value) => {
      expect(refusalOf({ ALLOWED_HOSTS: value })).toMatch(/^ALLOWED_HOSTS contains ".*", which is not a host name;/);
    },
  );

  it.each(['a.example', 'ftp://a.example', 'https://me@a.example', 'https://a.example?b', 'https://a.example#c'])(
    'that is no public URL is an error: %s',
    (value) => {
      expect(refusalOf({ PUBLIC_URL: value })).toBe(
        'PUBLIC_URL must be an http or https URL without user info, query or fragment.',
      );
    },
  );

  it.each(
    ['JOBALYZER_URL', 'JOBALYZER_AUTH_URL', 'JOBALYZER_USAGE_URL'].flatMap((name) => [
      [name, 'http://jobalyzer.payscale.com'],
      [name, 'http://localhost.example.com'],
      [name, 'http://127.0.0.1.example.com'],
      [name, 'http://10.0.0.1'],
      [name, 'http://0.0.0.0:5000'],
      [name, 'http://[::2]'],
      [name, 'ftp://localhost'],
      [name, 'https://user:word@jobalyzer.payscale.com'],
      [name, 'https://user@jobalyzer.payscale.com'],
      [name, 'https://jobalyzer.payscale.com?key=1'],
      [name, 'https://jobalyzer.payscale.com#x'],
      [name, 'jobalyzer.payscale.com'],
      [name, 'https://'],
    ]),
  )('is an error for an unencrypted URL to another host or an invalid URL: %s=%s', (name, value) => {
    expect(refusalOf({ ...REAL, [name]: value })).toBe(
      `${name} must be an https URL without user info, query or fragment; http is allowed for loopback only.`,
    );
  });

  it.each(['http://localhost:1', 'http://127.0.0.1', 'http://127.8.9.1:5000', 'http://[::1]:5000', 'https://10.0.0.1'])(
    'does not include the URL %s',
    (value) => expect(readConfig({ ...REAL, JOBALYZER_URL: value }).jobalyzer?.apiUrl).toBe(value),
  );

  it('is reported together with all others, one per line', () => {
    const lines = refusalOf({
      PORT: 'x',
      LOG_LEVEL: 'x',
      PLAYGROUND: 'x',
      CORS_ORIGINS: 'x',
      JOBALYZER_URL: 'x',
    }).split('\n');
    expect(new Set(lines.map((line) => line.split(' ')[0]))).toEqual(
      new Set(['CORS_ORIGINS', 'JOBALYZER_URL', 'LOG_LEVEL', 'PLAYGROUND', 'PORT']),
    );
  });

  it('is reported together with contradictory settings', () => {
    const message = refusalOf({ PORT: 'x', JOBALYZER_CLIENT_ID: 'acme' });
    expect(message).toContain('PORT must be');
    expect(message).toContain('JOBALYZER_CLIENT_SECRET is missing');
  });

  it('never reveals the client secret', () => {
    for (const wrong of [
      { PORT: 'x' },
      { JOBALYZER_CLIENT_ID: '' },
      { SIMULATOR: 'true' },
      { AUTH_MODE: '' },
      { JOBALYZER_URL: 'x' },
    ]) {
      expect(refusalOf({ ...REAL, ...wrong })).not.toContain(SECRET);
    }
  });
});

describe('contradictory settings', () => {
  it.each<[Record<string, string>, string[]]>([
    [{ JOBALYZER_CLIENT_ID: 'acme' }, ['JOBALYZER_CLIENT_SECRET is missing while JOBALYZER_CLIENT_ID is set']],
    [{ JOBALYZER_CLIENT_SECRET: SECRET }, ['JOBALYZER_CLIENT_ID is missing while JOBALYZER_CLIENT_SECRET is set']],
    [{ ...REAL, SIMULATOR: 'true' }, ['SIMULATOR cannot be true when JOBALYZER_CLIENT_ID']],
    [{ ...REAL, AUTH_MODE: '' }, ['AUTH_MODE must be set when real credentials are used']],
    [{ ...REAL, AUTH_MODE: '', SIMULATOR: 'true' }, ['SIMULATOR cannot be true', 'AUTH_MODE must be set']],
    [{ SIMULATOR: 'false' }, ['SIMULATOR is false, so JOBALYZER_CLIENT_ID and JOBALYZER_CLIENT_SECRET must be set']],
    [{ NODE_ENV: 'production' }, ['must be set in production, or SIMULATOR=true']],
    [
      { JOBALYZER_CLIENT_SECRET_FILE: '/run/secrets/jobalyzer' },
      ['JOBALYZER_CLIENT_ID is missing while JOBALYZER_CLIENT_SECRET_FILE is set'],
    ],
    [
      { ...REAL, JOBALYZER_CLIENT_SECRET_FILE: '/run/secrets/jobalyzer' },
      ['JOBALYZER_CLIENT_SECRET and JOBALYZER_CLIENT_SECRET_FILE are both set'],
    ],
    [{ JOBALYZER_URL: 'https://a.example' }, ['JOBALYZER_URL has no effect without JOBALYZER_CLIENT_ID']],
    [{ JOBALYZER_AUTH_URL: 'https://a.example' }, ['JOBALYZER_AUTH_URL has no effect']],
    [{ JOBALYZER_USAGE_URL: 'https://u.example' }, ['JOBALYZER_USAGE_URL has no effect']],
    [{ JOBALYZER_CUSTOMER_ID: 'acme' }, ['JOBALYZER_CUSTOMER_ID has no effect']],
    [
      { JOBALYZER_CUSTOMER_ID: 'acme', JOBALYZER_URL: 'https://a.example' },
      ['JOBALYZER_URL has no effect', 'JOBALYZER_CUSTOMER_ID has no effect'],
    ],
  ])('are errors, one per line: %j', (given, said) => {
    const lines = refusalOf(given).split('\n');
    expect(lines).toHaveLength(said.length);
    for (const [index, text] of said.entries()) expect(lines[index]).toContain(text);
  });

  it('do not include SIMULATOR=false with credentials', () => {
    expect(readConfig({ ...REAL, SIMULATOR: 'false' }).jobalyzer).not.toBeNull();
  });
});

it('the key that commands have for a server is read without what is around it', () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('JOBALYZER_API_KEY', ' k \n');
  expect(loadApiKey()?.reveal()).toBe('k');
  vi.stubEnv('JOBALYZER_API_KEY', ' ');
  expect(loadApiKey()).toBeNull();
});

it('the program is run by npm if that says so', () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const [script, isRun] of [
    ['jobalyzer-graphql price', true],
    ['vitest run', false],
    [undefined, false],
  ] as const) {
    vi.stubEnv('npm_lifecycle_script', script);
    expect(isRunByNpm()).toBe(isRun);
  }
});

it('the configuration is deeply frozen', () => {
  for (const config of [readConfig({ ...REAL, CORS_ORIGINS: 'https://a.example' }), readConfig({})]) {
    for (const part of [config, config.jobalyzer, config.corsOrigins, config.allowedHosts, config.warnings])
      expect(Object.isFrozen(part)).toBe(true);
  }
});

function refusalOf(environment: NodeJS.ProcessEnv): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('It was not refused.');
}
