import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.js';
import { parseEnvFile } from '../../src/settings/env-file.js';

const SECRET = 'a-secret-nobody-may-see';
const REAL = { JOBALYZER_CLIENT_ID: 'acme', JOBALYZER_CLIENT_SECRET: SECRET, AUTH_MODE: 'none' };
const IN_FILE = Object.entries(REAL)
  .map(([name, value]) => `${name}=${value}`)
  .join('\n');

describe('a name that is no setting', () => {
  it.each([
    ['JOBALYZER_CLEINT_ID', 'JOBALYZER_CLIENT_ID'],
    ['JOBALYZER_CLIENT_SECRT', 'JOBALYZER_CLIENT_SECRET'],
    ['JOBALYZER_CLIENTID', 'JOBALYZER_CLIENT_ID'],
    ['JOBALYZER_ID', 'JOBALYZER_CLIENT_ID'],
    ['JOBALYZER_SECRET', 'JOBALYZER_CLIENT_SECRET'],
    ['JOBALYZER_API', 'JOBALYZER_API_VERSION'],
    ['JOBALYZER_KEY', 'JOBALYZER_API_KEY'],
    ['jobalyzer_client_id', 'JOBALYZER_CLIENT_ID'],
    ['JOBALIZER_CLIENT_ID', 'JOBALYZER_CLIENT_ID'],
  ])('of the real service stops the start where invented data would be served: %s', (name, meant) => {
    const problem = `${name} is not a setting, and without credentials every figure would be invented. Did you mean ${meant}?`;
    expect(refusalOf({ [name]: SECRET })).toBe(problem);
    expect(refusalOf({}, `${name}=${SECRET}`)).toBe(problem);
    expect(refusalOf({ [name]: SECRET, SIMULATOR: 'true' })).toBe(problem);
  });

  it('is only warned about where the real service is used', () => {
    const { warnings, jobalyzer } = readConfig({ ...REAL, JOBALYZER_CUSTOMERID: 'x' });
    expect(jobalyzer).not.toBeNull();
    expect(warnings).toEqual([
      'JOBALYZER_CUSTOMERID is not a setting and has no effect. Did you mean JOBALYZER_CUSTOMER_ID?',
    ]);
  });

  it.each([
    ['REPORT_TTL_HOUR', 'REPORT_TTL_HOURS'],
    ['REPORT_TLT_HOURS', 'REPORT_TTL_HOURS'],
    ['report_wait_ms', 'REPORT_WAIT_MS'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['INTROSPECTON', 'INTROSPECTION'],
  ])('is warned about if it is like a setting: %s', (name, meant) => {
    const warning = `${name} is not a setting and has no effect. Did you mean ${meant}?`;
    expect(readConfig({ [name]: '1' }).warnings).toEqual([warning]);
    expect(fromFile(`${name}=1`).warnings).toEqual([warning]);
  });

  it.each(['PROT', 'port', 'HOSTS', 'DATADIR'])('is warned about in .env even if it is short: %s', (name) => {
    expect(fromFile(`${name}=1`).warnings).toHaveLength(1);
    expect(readConfig({ [name]: '1' }).warnings).toEqual([]);
  });

  it.each(['HOOTS', 'PROM', 'DATABIN', 'HOST2_'])('is not warned about if it is short and not like one: %s', (name) => {
    expect(fromFile(`${name}=1`).warnings).toEqual([]);
  });

  it.each([
    ['JOBALYZER_SERVICE_HOST', '10.0.0.1'],
    ['JOBALYZER_GRAPHQL_SERVICE_PORT_HTTP', '4000'],
    ['JOBALYZER_PORT', 'tcp://10.0.0.1:4000'],
    ['JOBALYZER_PORT_4000_TCP_ADDR', '10.0.0.1'],
    ['HTTP_PROXY', 'http://proxy.example'],
    ['npm_config_loglevel', 'x'],
    ['PATH', '/bin'],
  ])('but comes from Kubernetes or is of another program is not: %s', (name, value) => {
    expect(readConfig({ [name]: value }).warnings).toEqual([]);
    expect(fromFile(`${name}=${value}`).warnings).toEqual([]);
  });
});

describe('a value in .env', () => {
  it('that a # cuts off stops the start with the name and the line, and without the value', () => {
    const wrong = ['JOBALYZER_CLIENT_SECRET=before#after', 'JOBALYZER_CLIENT_SECRET=before # after'];
    for (const line of wrong) {
      const refusal = refusalOf({}, `JOBALYZER_CLIENT_ID=acme\nAUTH_MODE=none\n${line}`);
      expect(refusal).toContain('.env, line 3: the value of JOBALYZER_CLIENT_SECRET has a #');
      expect(refusal).not.toMatch(/before|after\b/);
    }
    expect(refusalOf({}, 'DATA_DIR=/srv/#1')).toContain('DATA_DIR');
  });

  it('may have a # in quotes, and a comment after it unless it is a secret', () => {
    const { jobalyzer, port, warnings } = fromFile(
      'JOBALYZER_CLIENT_ID=acme # the id\nJOBALYZER_CLIENT_SECRET="a#b"\nAUTH_MODE=none # everybody\nPORT=81 # ours',
    );
    expect(jobalyzer).toMatchObject({ clientId: 'acme' });
    expect(jobalyzer?.clientSecret?.reveal()).toBe('a#b');
    expect([port, warnings]).toEqual([81, []]);
  });

  it('that is blank may have a comment, also if it is a secret', () => {
    const { jobalyzer, warnings } = fromFile('JOBALYZER_CLIENT_SECRET= # from the vault\nPORT=81');
    expect(jobalyzer).toBeNull();
    expect(warnings).toEqual(['JOBALYZER_CLIENT_SECRET is blank, which counts as unset.']);
    const real = readConfig({ ...REAL, JOBALYZER_CLIENT_SECRET: '', JOBALYZER_CLIENT_SECRET_FILE: '/run/secret' });
    expect(real.warnings).toEqual([]);
  });

  it('that is not written as NAME=value stops the start if it is of a setting', () => {
    expect(refusalOf({}, 'JOBALYZER_CLIENT_ID: acme')).toBe(
      '.env, line 1: JOBALYZER_CLIENT_ID is not written as NAME=value.',
    );
    expect(fromFile('source other.sh').warnings).toEqual(['.env, line 1: source is not written as NAME=value.']);
  });

  it.each(['JOBALYZER_CLIENT_SECRET="a', 'JOBALYZER_CLIENT_SECRET="a"b"'])(
    'whose quotes are wrong stops the start: %s',
    (line) => {
      expect(refusalOf({}, `JOBALYZER_CLIENT_ID=acme\nAUTH_MODE=none\n${line}`)).toContain('quote');
    },
  );

  it('that is there twice is warned about', () => {
    expect(fromFile('PORT=1\nPORT=2')).toMatchObject({
      port: 2,
      warnings: ['.env, line 2: PORT is there a second time, with another value. The last one counts.'],
    });
  });

  it('does not count where the environment has one, even a blank one', () => {
    expect(fromFile('PORT=1', { PORT: '2' }).port).toBe(2);
    expect(fromFile('PORT=1', { PORT: '' }).port).toBe(4000);
    expect(fromFile('DATA_DIR=/srv/#1', { DATA_DIR: '/srv/2' }).dataDir).toBe('/srv/2');
  });

  it('of another program may be anything', () => {
    expect(fromFile('COLOUR=a#b\nCOLOUR=c').warnings).toEqual([]);
  });

  it('is taken without the whitespace around it', () => {
    const { jobalyzer } = fromFile(`${IN_FILE}\nJOBALYZER_CLIENT_SECRET=" ${SECRET}\t"`);
    expect(jobalyzer?.clientSecret?.reveal()).toBe(SECRET);
  });

  it('that only Node itself could read is warned about', () => {
    expect(fromFile(`${IN_FILE}\nNODE_EXTRA_CA_CERTS=ca.pem`).warnings).toEqual([
      'NODE_EXTRA_CA_CERTS has no effect in .env: Node reads it from the environment only.',
    ]);
  });
});

describe('credentials', () => {
  it('that are blank are warned about, since invented data are served instead', () => {
    expect(readConfig({ JOBALYZER_CLIENT_ID: '', JOBALYZER_CLIENT_SECRET: ' ' }).warnings).toEqual([
      'JOBALYZER_CLIENT_ID is blank, which counts as unset.',
      'JOBALYZER_CLIENT_SECRET is blank, which counts as unset.',
    ]);
  });

  it('that have quotes around them are warned about, as in a file of Docker', () => {
    expect(readConfig({ ...REAL, JOBALYZER_CLIENT_SECRET: `"${SECRET}"` }).warnings).toEqual([
      'JOBALYZER_CLIENT_SECRET has quotes around it, which are part of it.',
    ]);
  });
});

function fromFile(text: string, environment: NodeJS.ProcessEnv = {}) {
  return readConfig(environment, parseEnvFile(Buffer.from(text)));
}

function refusalOf(environment: NodeJS.ProcessEnv, text = ''): string {
  try {
    fromFile(text, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('It was not refused.');
}
