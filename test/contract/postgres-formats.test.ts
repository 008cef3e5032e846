import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { absent } from '../../src/datasources/reports/ledger.js';
import { LedgerTooNew } from '../../src/datasources/reports/ports.js';
import { FORMATS } from '../../src/storage/shared/formats.js';
import { eventually } from '../fixtures/eventually.js';
import { testDatabase } from '../fixtures/postgres/test-database.js';
import { execute, openShared, SCHEMA } from './shared-ledger.js';
import { bring, CLAIM, current, newReport, RESPONSE, SEND, stepOf } from './steps.js';

/** A second is then the time until a change is noticed. */
const LEASE_MS = 3_000;

let url: string;
beforeEach(async () => {
  url = await testDatabase();
});

const formats = async () =>
  (await execute(url, `SELECT name FROM ${SCHEMA}.formats ORDER BY number`)).map(({ name }) => name);
const addNewer = () => execute(url, `INSERT INTO ${SCHEMA}.formats VALUES (99, 'later')`);

describe('a form of the ledger', () => {
  it('is written once every living process reads it', async () => {
    const one = await openShared(url, { leaseMs: LEASE_MS });
    expect(one.ledger.canWrite('first')).toBe(true);
    expect(await formats()).toEqual(FORMATS);
    const old = randomUUID();
    await execute(
      url,
      `DELETE FROM ${SCHEMA}.formats; INSERT INTO ${SCHEMA}.members VALUES ('${old}', now() + interval '1 hour', 'old', 0)`,
    );
    const other = await openShared(url, { leaseMs: LEASE_MS });
    expect(other.ledger.canWrite('first')).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS / 2));
    expect(other.ledger.canWrite('first')).toBe(false);
    expect(await formats()).toEqual([]);
    await execute(url, `DELETE FROM ${SCHEMA}.members WHERE id = '${old}'`);
    await eventually(() => expect(other.ledger.canWrite('first')).toBe(true));
    expect(await formats()).toEqual(FORMATS);
  });

  it('is not written by a process that does not know it', async () => {
    const { ledger } = await openShared(url);
    await execute(url, `UPDATE ${SCHEMA}.members SET format = 99`);
    const later = await openShared(url);
    expect(later.ledger.canWrite('first')).toBe(true);
    expect(ledger.canWrite('first')).toBe(true);
    expect(await formats()).toEqual(FORMATS);
  });
});

describe('a process that cannot read what is written', () => {
  it('does not start, and names the form', async () => {
    await openShared(url);
    await addNewer();
    await expect(openShared(url)).rejects.toThrow(
      /^DATABASE_URL: newer releases write it in the form later \(number 99\)/,
    );
    await execute(
      url,
      `UPDATE ${SCHEMA}.formats SET name = 'another' WHERE number = 1; DELETE FROM ${SCHEMA}.formats WHERE number = 99`,
    );
    await expect(openShared(url)).rejects.toThrow('it has the form another where this release has first');
    const listening = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    await eventually(async () => expect(await execute(url, listening), 'that of the first one').toHaveLength(1));
  });

  it('buys and reads nothing more once it was taken for dead meanwhile, and still stores what it was sending', async () => {
    const refusals: Error[] = [];
    const { ledger } = await openShared(url, { leaseMs: LEASE_MS, onRefused: (refusal) => refusals.push(refusal) });
    const report = newReport();
    const sending = await bring(ledger, report, [CLAIM, SEND]);
    await addNewer();
    await execute(url, `DELETE FROM ${SCHEMA}.members`);
    await eventually(() => expect(refusals).toHaveLength(1));
    expect(refusals[0]).toBeInstanceOf(LedgerTooNew);
    expect(refusals[0]?.message).toContain('in the form later (number 99)');
    const other = newReport();
    await expect(ledger.commit(other, [stepOf(absent(other.id, 'PAY'), CLAIM)])).rejects.toMatchObject({
      cause: refusals[0],
    });
    await expect(ledger.read(report.id)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', cause: refusals[0] });
    await expect(ledger.ping()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', cause: refusals[0] });
    expect(ledger.mayBuy([sending])).toBe(false);
    await ledger.commit(report, [stepOf(sending, RESPONSE)]);
    await execute(url, `DELETE FROM ${SCHEMA}.formats WHERE number = 99`);
    const next = await openShared(url);
    expect(await current(next.ledger, report)).toMatchObject({
      state: 'SENDING',
      response: expect.stringContaining('Links'),
    });
  });
});
