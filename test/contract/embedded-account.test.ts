import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '../../src/storage/shared/account.js';
import { openEmbeddedBackend } from '../../src/storage/sqlite/backend.js';
import { testDirectory } from '../fixtures/test-directory.js';
import { bring, CLAIM, newReport, SEND } from './steps.js';

const REAL: Account = { origin: 'https://jobalyzer.payscale.com', customerId: 'acme' };
const TRIED: Account = { origin: 'http://127.0.0.1:4010', customerId: 'simulator' };

let directory: string;
beforeEach(async () => {
  directory = await testDirectory();
});

describe('a ledger of another account', () => {
  it.each([
    ['origin', { ...REAL, origin: 'https://jobalyzer.payscale.com:8443' }],
    ['customer id', { ...REAL, customerId: 'other' }],
    ['both', TRIED],
  ])('is refused if it differs by its %s, naming both', async (_, other) => {
    await start(other);
    await expect(start(REAL)).rejects.toThrow(
      `DATA_DIR: the ledger in ${directory} cannot be opened: it belongs to ${other.origin} (customer id ${other.customerId}), but this server is set up for ${REAL.origin} (customer id ${REAL.customerId}).`,
    );
    expect(await start(other)).toEqual({ kind: 'same' });
  });

  it('is adopted for one start, and then belongs to the new one', async () => {
    await start(TRIED);
    expect(await start(REAL, true)).toEqual({ kind: 'adopted', from: `${TRIED.origin} (customer id simulator)` });
    expect(await start(REAL, true)).toEqual({ kind: 'same' });
    await expect(start(TRIED)).rejects.toThrow('LEDGER_ADOPT=true');
  });

  it('is not adopted again before a start without the word', async () => {
    await start(TRIED);
    await start(REAL, true);
    await expect(start(TRIED, true)).rejects.toThrow('was used for an earlier one: start once without it.');
    await expect(start(TRIED)).rejects.toThrow('it belongs to https://jobalyzer.payscale.com');
    expect(await start(TRIED, true)).toMatchObject({ kind: 'adopted' });
  });
});

describe('a ledger without an account', () => {
  it('gets that of its first start', async () => {
    await start(undefined);
    expect(await start(REAL)).toEqual({ kind: 'stamped' });
    expect(await start(REAL)).toEqual({ kind: 'same' });
  });

  it.each([
    ['http://127.0.0.1:4010/jobalyzer/v1/reports/1/pay', 'http://127.0.0.1:4010'],
    ['https:\\/\\/other.example\\/base\\/jobalyzer\\/v2\\/reports\\/1', 'https://other.example'],
    ['HTTP://jobalyzer.PAYSCALE.com:80/jobalyzer/v1/reports/1', null],
    ['https://jobalyzer.payscale.com:443/jobalyzer/v1/reports/1', null],
    ['https://www.example.com/about', null],
  ])('that stores a response with the link %s is of %s', async (link, origin) => {
    const { ledger } = openEmbeddedBackend(directory, 'ledger');
    const body = `{"Links":{"PayReport":"${link}"}}`;
    await bring(ledger, newReport(), [CLAIM, SEND, { kind: 'response', body }]);
    await ledger.close();
    const refusal = await start(REAL).then(
      () => null,
      (error: unknown) => /it belongs to (.*), but/.exec(String(error))?.[1],
    );
    expect(refusal).toBe(origin);
    expect(await start(REAL, true)).toEqual(origin === null ? { kind: 'same' } : { kind: 'adopted', from: origin });
  });

  it('is refused for what a stored report says of its origin', async () => {
    await start(undefined);
    const db = new DatabaseSync(join(directory, 'ledger.sqlite'));
    db.prepare('INSERT INTO bodies VALUES (?, ?, ?)').run('r', 'PAY', '{"Self":"http://[::1]:4010/jobalyzer/v1/r"}');
    db.close();
    await expect(start(REAL)).rejects.toThrow('it belongs to http://[::1]:4010, but');
  });
});

/** Opens and closes the ledger for the account. */
async function start(account: Account | undefined, adopt = false) {
  const backend = openEmbeddedBackend(directory, 'ledger', { adopt, ...(account && { account }) });
  await backend.ledger.close();
  return backend.account;
}
