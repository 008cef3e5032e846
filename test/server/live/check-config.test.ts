import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'vitest';
import { newDirectory } from '../../fixtures/directory.js';
import { SERVER_ENTRY } from '../../fixtures/server/built.js';

const REAL = { JOBALYZER_CLIENT_ID: 'acme', AUTH_MODE: 'api-key', OPERATORS: 'shop' };

describe.concurrent('--check-config', () => {
  it('prints the effective settings without secrets, and exits with 0', async (context) => {
    const { expect } = context;
    const cwd = await directory(context);
    await writeFile(join(cwd, 'secret'), 'canary-secret\n');
    await writeFile(join(cwd, 'keys'), 'shop:canary-key-of-the-shop\n');
    const { code, output, errors } = await check(cwd, {
      ...REAL,
      JOBALYZER_CLIENT_SECRET_FILE: 'secret',
      API_KEYS: 'desk:canary-key-of-the-desk',
      API_KEYS_FILE: 'keys',
      HTTPS_PROXY: 'http://me:canary@proxy.example:3128',
      JOBALYZER_USAGE_URL: 'https://usage.example',
      REPORT_TTL_HOURS: '24',
    });
    expect([code, errors]).toEqual([0, '']);
    expect(JSON.parse(output)).toMatchObject({
      port: 4000,
      reportTtlMs: 24 * 3_600_000,
      jobalyzer: {
        clientId: 'acme',
        clientSecretFile: 'secret',
        apiProxy: { origin: 'http://proxy.example:3128', authorization: '[secret]' },
        usageUrl: 'https://usage.example',
        usageProxy: { origin: 'http://proxy.example:3128', authorization: '[secret]' },
      },
      authentication: { operators: ['shop'], mode: { kind: 'api-key', keys: ['desk'], keysFile: 'keys' } },
    });
    expect(output).not.toMatch(/canary/);
    expect(output).not.toContain('sha256');
  });

  it('warns beside the settings, which remain JSON', async (context) => {
    const { expect } = context;
    const { code, output, errors } = await check(await directory(context), { REPORT_TTL_HOUR: '24' });
    expect(errors).toMatch(/^Warning: REPORT_TTL_HOUR is not a setting and has no effect\..*\n$/);
    expect([code, JSON.parse(output)]).toMatchObject([0, { port: 4000 }]);
  });

  it('starts nothing and opens no ledger', async (context) => {
    const { expect } = context;
    const cwd = await directory(context);
    const settings = { SIMULATOR: 'true', JOBALYZER_CLIENT_SECRET: '', PORT: '0', DATA_DIR: join(cwd, 'data') };
    expect((await check(cwd, settings)).code).toBe(0);
    const { readdir } = await import('node:fs/promises');
    expect(await readdir(cwd)).toEqual([]);
  });

  it('names what the server could not execute of its safelist', async (context) => {
    const { expect } = context;
    const cwd = await directory(context);
    await writeFile(join(cwd, 'safelist.json'), '{"good":"{ __typename }","bad":"{ nothing }"}');
    const { code, errors } = await check(cwd, { SAFELIST_FILE: 'safelist.json' });
    expect(code).toBe(1);
    expect(errors).toContain('SAFELIST_FILE: safelist.json has an operation that this server cannot execute, "bad"');
    await writeFile(join(cwd, 'safelist.json'), '{"good":"{ __typename }"}');
    expect((await check(cwd, { SAFELIST_FILE: 'safelist.json' })).code).toBe(0);
  });

  it.for([
    ['a wrong setting', { PORT: 'http' }, /PORT must be/],
    [
      'a secret that is not there',
      { ...REAL, JOBALYZER_CLIENT_SECRET_FILE: 'none', API_KEYS: 'shop:canary-key-of-the-shop' },
      /JOBALYZER_CLIENT_SECRET_FILE: none/,
    ],
    [
      'keys that are not there',
      { ...REAL, JOBALYZER_CLIENT_SECRET: 'canary', API_KEYS_FILE: 'none' },
      /API_KEYS_FILE: none/,
    ],
    [
      'a password that is not there',
      { DATABASE_URL: 'postgres://ann@db.example/pay', DATABASE_PASSWORD_FILE: 'none' },
      /DATABASE_PASSWORD_FILE: none cannot be read/,
    ],
    ['a safelist that is not there', { SAFELIST_FILE: 'none' }, /SAFELIST_FILE: none cannot be read/],
  ] as const)('names %s, and exits with 1', async ([, settings, message], context) => {
    const { expect } = context;
    const { code, output, errors } = await check(await directory(context), settings);
    expect([code, output]).toEqual([1, '']);
    expect(errors).toMatch(message);
    expect(errors).not.toMatch(/canary/);
  });
});

async function directory({ onTestFinished }: TestContext): Promise<string> {
  const { path, remove } = await newDirectory();
  onTestFinished(remove);
  return path;
}

function check(
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ code: unknown; output: string; errors: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SERVER_ENTRY, '--check-config'], { cwd, env }, (error, output, errors) =>
      resolve({ code: error ? error.code : 0, output, errors }),
    );
  });
}
