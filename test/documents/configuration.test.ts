import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { settingsRead } from '../fixtures/server/settings-read.js';

/** The name and documented default of each setting in docs/configuration.md. */
const DOCUMENTED = [...readFileSync('docs/configuration.md', 'utf8').matchAll(/^\| `([A-Z_]+)` +\| ([^|]*?) +\|/gm)];
const EXAMPLE = readFileSync('.env.example', 'utf8');

it('docs/configuration.md describes every setting that the server reads, and no other', () => {
  expect(sorted(DOCUMENTED.map(([, name = '']) => name))).toEqual(sorted(settingsRead()));
});

it('.env.example has every setting, and no other', () => {
  const names = [...EXAMPLE.matchAll(/^#([A-Z_]+)=/gm)].map(([, name = '']) => name);
  expect(sorted(names)).toEqual(sorted(settingsRead()));
});

it('the documented defaults are the defaults', () => {
  const defaults = DOCUMENTED.flatMap(([, name = '', text = '']) => {
    const value = /^`([^`]+)`$/.exec(text)?.[1];
    return value === undefined ? [] : [[name, value] as const];
  });
  expect(defaults.map(([name]) => name)).toEqual([
    'HOST',
    'PORT',
    'TRUST_PROXY',
    'LOG_LEVEL',
    'JOBALYZER_URL',
    'JOBALYZER_AUTH_URL',
    'JOBALYZER_API_VERSION',
    'DATA_DIR',
    'LEDGER_ADOPT',
    'RATE_LIMIT_MAX',
    'RATE_LIMIT_WINDOW_MS',
    'MAX_REPORTS_PER_OPERATION',
    'ANSWER_CHECK',
    'REPORT_WAIT_MS',
    'REPORT_TTL_HOURS',
    'REPORT_GIVE_UP_HOURS',
    'RECONCILE_ABSENT',
    'RECONCILE_AFTER_MINUTES',
  ]);
  const credentials = { JOBALYZER_CLIENT_ID: 'id', JOBALYZER_CLIENT_SECRET: 'secret', AUTH_MODE: 'none' };
  expect(readConfig({ ...credentials, ...Object.fromEntries(defaults) })).toEqual(readConfig(credentials));
});

function sorted(names: Iterable<string>): string[] {
  return [...names].toSorted((a, b) => (a < b ? -1 : 1));
}
