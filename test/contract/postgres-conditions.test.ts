import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { absent, type Entry } from '../../src/datasources/reports/ledger.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { eventually } from '../fixtures/eventually.js';
import { testDatabase } from '../fixtures/postgres/test-database.js';
import { startProxy } from '../many/tcp-proxy.js';
import { execute, openShared, SCHEMA } from './shared-ledger.js';
import { bring, CLAIM, DAY, newReport, SEND, stepOf, wonOf } from './steps.js';

/** What a role, an administrator or the network may do to the connections of a process. */

/** Longer than a connection for work is kept that nobody needs. */
const IDLE_MS = 11_000;

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

describe('a database that goes away while a server starts', () => {
  it('is away, and no pooler that swallows notifications', async () => {
    const proxy = await startProxy({
      port: () => Number(new URL(url).port),
      toServer: (data, { server }) => void (data.includes('pg_notify') && server.destroy()),
    });
    onTestFinished(() => proxy.close());
    const through = new URL(url);
    through.port = String(proxy.port);
    await expect(openShared(through.href, { listenUrl: url, patienceMs: 0 })).rejects.toThrow(
      'DATABASE_URL: the database cannot be reached',
    );
  });
});

describe('a database that cannot store every character', () => {
  it('is refused: what was bought could not be stored', async () => {
    const name = `${database}_latin`;
    await execute(url, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`);
    onTestFinished(() => execute(url, `DROP DATABASE ${name} WITH (FORCE)`).then(() => undefined));
    const latin = new URL(url);
    latin.pathname = `/${name}`;
    await expect(openShared(latin.href)).rejects.toThrow('DATABASE_URL: the encoding of the database is LATIN1');
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

describe('a database whose disk is full', () => {
  it('stores nothing and lets nothing be sent, until there is space again', async () => {
    const { ledger } = await openShared(url, { leaseMs: 3_000 });
    const sending = await bring(ledger, newReport(), [CLAIM, SEND]);
    await execute(
      url,
      `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
       CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON ${SCHEMA}.entries EXECUTE FUNCTION full_disk();
       CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON ${SCHEMA}.members EXECUTE FUNCTION full_disk()`,
    );
    await expect(claim(ledger)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await ledger.read(sending.reportId)).toMatchObject({ entries: [sending] });
    await eventually(() => expect(ledger.mayBuy([sending])).toBe(false));
    await execute(url, `DROP FUNCTION full_disk CASCADE`);
    expect(await claim(ledger)).toEqual([true]);
    await eventually(() => expect(ledger.mayBuy([sending])).toBe(true));
  });
});

describe('a role that may have few connections', () => {
  /** A URL of it, with so many connections. */
  async function limitedRole(connections: number): Promise<string> {
    const role = `role_${randomUUID().replaceAll('-', '')}`;
    await execute(
      url,
      `CREATE ROLE ${role} LOGIN CONNECTION LIMIT ${connections}; GRANT CREATE ON DATABASE ${database} TO ${role}`,
    );
    const own = new URL(url);
    own.username = role;
    onTestFinished(() => execute(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`).then(() => undefined));
    return own.href;
  }

  /** Until there is none left. */
  async function takeAll(limited: string): Promise<readonly Client[]> {
    const taken: Client[] = [];
    for (;;) {
      const next = new Client({ connectionString: limited });
      if (await next.connect().then(Boolean, () => false)) taken.push(next);
      else return taken;
    }
  }

  it('keeps its lease and works with those it has while there are no others', async () => {
    const limited = await limitedRole(5);
    const { ledger } = await openShared(limited, { leaseMs: 3_000 });
    const others = await takeAll(limited);
    expect(others).not.toEqual([]);
    await delay(IDLE_MS);
    await eventually(() => expect(ledger.mayBuy([])).toBe(true));
    const report = newReport();
    await Promise.all([
      claim(ledger),
      ledger.read(report.id),
      ledger.charged({ client: 'ann', day: DAY }),
      ledger.buying(),
    ]);
    await Promise.all(others.map((other) => other.end()));
    expect(await claim(ledger)).toEqual([true]);
  });

  it('is waited for at the start', async () => {
    const limited = await limitedRole(2);
    await expect(openShared(limited, { patienceMs: 0 })).rejects.toThrow(
      /DATABASE_URL: the database cannot be reached: too many connections/,
    );
  });
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
