import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';

const URL = 'postgres://ann:s3cret@db.example:5433/pay?sslmode=verify-full';

describe('the settings of a shared ledger', () => {
  it('are none by default: the ledger is embedded', () => {
    expect(readConfig({}).database).toBeNull();
  });

  it('have defaults, and another schema for simulated reports', () => {
    const { database } = readConfig({ DATABASE_URL: URL });
    expect(database).toMatchObject({ listenUrl: null, schema: 'jobalyzer_simulated', connections: 8, leaseMs: 15_000 });
    expect(database?.url.reveal()).toBe(URL);
    const real = { JOBALYZER_CLIENT_ID: 'id', JOBALYZER_CLIENT_SECRET: 'secret', AUTH_MODE: 'none' };
    expect(readConfig({ ...real, DATABASE_URL: URL }).database?.schema).toBe('jobalyzer');
  });

  it('can all be set', () => {
    const set = { DATABASE_LISTEN_URL: URL, DATABASE_SCHEMA: 'pay_1', DATABASE_POOL: '2', LEASE_MS: '3000' };
    const { database } = readConfig({ DATABASE_URL: URL, ...set });
    expect(database).toMatchObject({ schema: 'pay_1', connections: 2, leaseMs: 3_000 });
    expect(database?.listenUrl?.reveal()).toBe(URL);
  });

  it('show no password', () => {
    const config = readConfig({ DATABASE_URL: URL, DATABASE_LISTEN_URL: URL });
    expect(JSON.stringify(config) + inspect(config, { depth: 9 })).not.toContain('s3cret');
  });

  it.each([
    ['DATABASE_URL', 'mysql://db.example/pay'],
    ['DATABASE_URL', 'db.example'],
    ['DATABASE_URL', 'postgres://ann:s3cret@'],
    ['DATABASE_LISTEN_URL', 'nonsense s3cret'],
    ['DATABASE_SCHEMA', 'Pay'],
    ['DATABASE_SCHEMA', 'pay"; DROP SCHEMA pay'],
    ['DATABASE_SCHEMA', 'pg_pay'],
    ['DATABASE_SCHEMA', 'information_schema'],
    ['DATABASE_POOL', '1'],
    ['DATABASE_POOL', '51'],
    ['LEASE_MS', '2999'],
    ['LEASE_MS', '120001'],
  ])('%s=%s stops the start, without being shown', (name, value) => {
    const start = () => readConfig({ DATABASE_URL: URL, [name]: value });
    expect(start).toThrow(new RegExp(`^${name} must`));
    expect(start).not.toThrow('s3cret');
  });

  it('have the password in a file, and then in no URL', () => {
    const settings = { DATABASE_URL: 'postgres://ann@db.example/pay', DATABASE_PASSWORD_FILE: '/run/secrets/database' };
    expect(readConfig(settings).database?.passwordFile).toBe('/run/secrets/database');
    for (const name of ['DATABASE_URL', 'DATABASE_LISTEN_URL']) {
      const start = () => readConfig({ ...settings, [name]: URL });
      expect(start).toThrow(`DATABASE_PASSWORD_FILE is set, and ${name} has a password too; remove one of them.`);
      expect(start).not.toThrow('s3cret');
    }
    expect(() => readConfig({ DATABASE_PASSWORD_FILE: 'file' })).toThrow('has no effect without DATABASE_URL');
  });

  it('that mean nothing without DATABASE_URL stop the start', () => {
    expect(() => readConfig({ DATABASE_SCHEMA: 'pay', LEASE_MS: '5000' })).toThrow(
      'DATABASE_SCHEMA has no effect without DATABASE_URL; set that, or remove it.\nLEASE_MS has no effect',
    );
  });
});
