import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { absent, type Entry } from '../../src/datasources/reports/ledger.js';
import { eventually } from '../fixtures/eventually.js';
import { createDatabase } from '../fixtures/postgres/database.js';
import { startPostgres, type Postgres } from '../fixtures/postgres/postgres.js';
import { execute, openShared, SCHEMA } from './shared-ledger.js';
import { adoptAll, bring, bringLinked, CLAIM, newReport, SEND, stepOf, wonOf } from './steps.js';

const UNAVAILABLE = { code: 'STORE_UNAVAILABLE' };
const LEASE_MS = 3_000;

/** A server of its own, since it is paused and killed. */
let postgres: Postgres;
let url: string;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  ({ url } = await createDatabase(postgres.url));
});

describe('a database that does not answer', () => {
  it('makes everything that needs it STORE_UNAVAILABLE, and nothing is sent once the lease may be over', async () => {
    const { ledger } = await openShared(url, { leaseMs: LEASE_MS });
    const report = newReport();
    const sending = await bring(ledger, report, [CLAIM, SEND]);
    const claim = stepOf(absent(report.id, 'YOE'), CLAIM);
    await postgres.pause();
    try {
      const asked = [
        ledger.read(report.id),
        ledger.commit(report, [claim]),
        ledger.subscribe(report.id, () => undefined),
        ledger.ping(),
        ledger.adopt(1, []),
        ledger.charged({ client: 'ann', day: '2026-01-31' }),
      ];
      // Two seconds are promised, which a busy machine does not keep to.
      const answered = await Promise.race([Promise.allSettled(asked), delay(30_000)]);
      expect(answered).toMatchObject(asked.map(() => ({ status: 'rejected', reason: UNAVAILABLE })));
      await eventually(() => expect(ledger.mayBuy([sending])).toBe(false));
    } finally {
      await postgres.resume();
    }
    // The claim may have been stored: passed again, it says so.
    await eventually(async () => expect(wonOf(await ledger.commit(report, [claim]))).toEqual([true]));
    await eventually(() => expect(ledger.mayBuy([sending])).toBe(true));
  });
});

describe('a database that crashes', () => {
  it('is used again by itself when it is back, by subscribers too, and nobody is declared dead', async () => {
    let lost = 0;
    const options = { leaseMs: LEASE_MS, onLost: () => (lost += 1) };
    const [one, other] = [await openShared(url, options), await openShared(url, options)];
    const [pending, followed] = [newReport(), newReport()];
    await bringLinked(one.ledger, pending);
    const heard: Entry[] = [];
    await other.ledger.subscribe(followed.id, (entry) => void heard.push(entry));

    await postgres.crash();
    await expect(one.ledger.read(pending.id)).rejects.toMatchObject(UNAVAILABLE);
    const claim = stepOf(absent(followed.id, 'PAY'), CLAIM);
    await expect(one.ledger.commit(followed, [claim])).rejects.toMatchObject(UNAVAILABLE);
    await delay(LEASE_MS + 500);
    await postgres.restart();

    await eventually(async () => expect(wonOf(await one.ledger.commit(followed, [claim]))).toEqual([true]));
    await eventually(() => expect(heard).toMatchObject([{ state: 'INTENT' }]));
    // Both renew their leases, which are over by now, before either believes the other dead.
    for (let round = 0; round < 20; round++) {
      expect(await adoptAll(other.ledger).catch(() => [])).toEqual([]);
      await delay(50);
    }
    expect(lost).toBe(0);
    expect(await execute(url, `SELECT count(*)::int AS members FROM ${SCHEMA}.members`)).toEqual([{ members: 2 }]);
  });
});

describe('a server does not start', () => {
  it.each([
    ['fsync=off', 'DATABASE_URL: fsync is off'],
    ['full_page_writes=off', 'DATABASE_URL: full_page_writes is off'],
    ['synchronous_commit=off', 'DATABASE_URL: synchronous_commit is off'],
  ])('if the database would forget what it has acknowledged: %s', async (setting, message) => {
    await postgres.restart([setting]);
    try {
      await expect(openShared(url)).rejects.toThrow(message);
    } finally {
      await postgres.restart();
    }
  });

  it('if another account owns the ledger, or a newer release has changed it, or the password is wrong', async () => {
    await openShared(url);
    await execute(url, `INSERT INTO ${SCHEMA}.migrations VALUES (99, '0099-other', true)`);
    await expect(openShared(url)).rejects.toThrow(/^DATABASE_URL: it was written by a newer release: .* 0099-other/);
    await expect(openShared(`${url}_none`)).rejects.toThrow(
      /^DATABASE_URL: the database refuses this server: .*does not exist/,
    );
  });
});
