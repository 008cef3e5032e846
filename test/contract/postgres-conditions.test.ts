import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { absent, type Entry } from '../../src/datasources/reports/ledger.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { eventually } from '../fixtures/eventually.js';
import { testDatabase } from '../fixtures/postgres/test-database.js';
import { startProxy } from '../many/tcp-proxy.js';
import { execute, openShared, SCHEMA } from './shared-ledger.js';
import { bring, CLAIM, newReport, stepOf, wonOf } from './steps.js';

/** What a role, an administrator or the network may do to the connections of a process. */

let url: string;
let database: string;
beforeEach(async () => {
  url = await testDatabase();
  database = new URL(url).pathname.slice(1);
});

/** Of every session that begins from now on. */
function setDefault(setting: string, value: string): Promise<unknown> {
  return execute(url, `ALTER DATABASE ${database} SET ${setting} = '${value}'`);
}

function endSessions(): Promise<unknown> {
  return execute(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}' AND pid <> pg_backend_pid()`,
  );
}

/** Executes this, and holds its locks for a while. */
function holding(statement: string, seconds: number): Promise<unknown> {
  return execute(url, `SET statement_timeout = 0; BEGIN; ${statement}; SELECT pg_sleep(${seconds}); COMMIT`);
}

async function claim(ledger: Ledger): Promise<readonly boolean[]> {
  const report = newReport();
  return wonOf(await ledger.commit(report, [stepOf(absent(report.id, 'PAY'), CLAIM)]));
}

describe('a schema', () => {
  it.each(['order', 'user', '_', 'of_the_forty_characters_that_a_name_has_'])('can be called %s', async (schema) => {
    const [one, other] = [await openShared(url, { schema }), await openShared(url, { schema })];
    const report = newReport();
    const heard: Entry[] = [];
    await other.ledger.subscribe(report.id, (entry) => void heard.push(entry));
    const claimed = await bring(one.ledger, report, [CLAIM]);
    await eventually(() => expect(heard).toEqual([claimed]));
    expect((await one.ledger.standing([Infinity])).bytes).toBeGreaterThan(0);
    await one.ledger.setBuying(false);
    await eventually(() => expect(other.ledger.mayBuy([])).toBe(false));
  });
});

describe('an empty database', () => {
  it('gets one ledger from processes that start at the same moment', async () => {
    await Promise.all(Array.from({ length: 6 }, () => openShared(url)));
    expect(await execute(url, `SELECT count(*)::int AS members FROM ${SCHEMA}.members`)).toEqual([{ members: 6 }]);
  });
});

describe('a database that lets itself be connected to', () => {
  it('and then says nothing is away', async () => {
    const greeted = new WeakSet<object>();
    const proxy = await startProxy({
      port: () => Number(new URL(url).port),
      toClient(data, passage) {
        if (greeted.has(passage)) return null;
        greeted.add(passage);
        return data;
      },
    });
    onTestFinished(() => proxy.close());
    const silent = new URL(url);
    silent.port = String(proxy.port);
    await expect(openShared(silent.href, { patienceMs: 0 })).rejects.toThrow(
      'DATABASE_URL: the database cannot be reached',
    );
  });
});

describe('a role', () => {
  it('with a short statement_timeout waits for others all the same, and is warned of it', async () => {
    await setDefault('statement_timeout', '150ms');
    const warnings: string[] = [];
    const migrating = holding(`SELECT pg_advisory_xact_lock(3, hashtext('${SCHEMA}'))`, 0.7);
    await delay(100);
    const { ledger } = await openShared(url, { onWarning: (warning) => void warnings.push(warning) });
    expect(warnings).toEqual([expect.stringContaining('statement_timeout is 150 ms')]);
    await migrating;
    const locking = holding(`LOCK TABLE ${SCHEMA}.entries`, 0.7);
    await delay(100);
    expect(await claim(ledger)).toEqual([true]);
    await locking;
  });

  it.each(['repeatable read', 'serializable'])(
    'whose transactions are %s is refused: it would not see that purchases were stopped',
    async (level) => {
      await setDefault('default_transaction_isolation', level);
      await expect(openShared(url)).rejects.toThrow(`DATABASE_URL: default_transaction_isolation is ${level}`);
    },
  );
});

describe('connections to a server that takes no writes any more', () => {
  it('are replaced, also that of the lease', async () => {
    const { ledger } = await openShared(url, { leaseMs: 3_000 });
    await setDefault('default_transaction_read_only', 'on');
    await endSessions();
    await expect(claim(ledger)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await eventually(() => expect(ledger.mayBuy([])).toBe(false));
    await execute(url, `BEGIN READ WRITE; ALTER DATABASE ${database} RESET default_transaction_read_only; COMMIT`);
    expect(await claim(ledger)).toEqual([true]);
    await eventually(() => expect(ledger.mayBuy([])).toBe(true));
  });
});

describe('notifications', () => {
  it.each(['', 'x', 'null', '{}', '{"from":"a","messages":3}', '{"from":"a","messages":[null,[],["x"]]}'])(
    'of somebody else do no harm: %j',
    async (payload) => {
      const [one, other] = [await openShared(url), await openShared(url)];
      await execute(url, `SELECT pg_notify('jobalyzer_${SCHEMA}', '${payload}')`);
      const report = newReport();
      const heard: Entry[] = [];
      await other.ledger.subscribe(report.id, (entry) => void heard.push(entry));
      const claimed = await bring(one.ledger, report, [CLAIM]);
      await eventually(() => expect(heard).toEqual([claimed]));
    },
  );
});

describe('connections on which nothing happens', () => {
  it('are replaced where notifications should arrive, and kept where leases are renewed', async () => {
    let isSilent = false;
    let connections = 0;
    const proxy = await startProxy({
      port: () => Number(new URL(url).port),
      held: () => void (connections += 1),
      toClient: (data) => (isSilent ? null : data),
    });
    onTestFinished(() => proxy.close());
    const listenUrl = new URL(url);
    listenUrl.port = String(proxy.port);
    await openShared(url, { listenUrl: listenUrl.href });
    const ofLeases = `SELECT pid FROM pg_stat_activity WHERE datname = '${database}' AND query LIKE '%members%' AND pid <> pg_backend_pid()`;
    const kept = await execute(url, ofLeases);
    expect([connections, kept.length]).toEqual([1, 1]);
    isSilent = true;
    await eventually(() => expect(connections).toBeGreaterThan(1));
    expect(await execute(url, ofLeases)).toEqual(kept);
  });
});
