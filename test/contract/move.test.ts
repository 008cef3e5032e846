import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { moveLedger } from '../../src/commands/moving.js';
import { absent } from '../../src/datasources/reports/ledger.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { openPostgresBackend } from '../../src/storage/postgres/backend.js';
import { openMoveTarget, type MoveTarget } from '../../src/storage/postgres/move/move-target.js';
import { openEmbeddedBackend } from '../../src/storage/sqlite/backend.js';
import { openMoveSource, type MoveSource } from '../../src/storage/sqlite/move-source.js';
import type { ReportKey } from '../../src/model/report.js';
import { testDatabase } from '../fixtures/postgres/test-database.js';
import { testDirectory } from '../fixtures/test-directory.js';
import {
  bring,
  CLAIM,
  CLOSE,
  COLLECT,
  DAY,
  END,
  FAILURE,
  GIVE_UP,
  LINK_FOUND,
  LOSE,
  newReport,
  REJECT,
  RESPONSE,
  RESUBMIT,
  SEND,
  SET_ASIDE,
  stepOf,
  TO_LINKED,
} from './steps.js';

const ACCOUNT = { origin: 'https://jobalyzer.example', customerId: 'c1' };
const NOW = Date.now();

/** One of each kind of entry, and what is unfinished of them. */
const HISTORIES = {
  claimed: [CLAIM],
  sent: [CLAIM, SEND],
  answered: [CLAIM, SEND, RESPONSE],
  linked: TO_LINKED,
  setAside: [...TO_LINKED, SET_ASIDE],
  collected: [...TO_LINKED, COLLECT],
  ended: [...TO_LINKED, END],
  rejected: [CLAIM, SEND, REJECT],
  givenUp: [CLAIM, GIVE_UP],
  uncertain: [CLAIM, SEND, LOSE],
  closed: [CLAIM, SEND, LOSE, CLOSE],
  kept: [
    CLAIM,
    { kind: 'send', purchaseId: 'p1', request: '{"answers":{"JobTitle":"\u0000 „é“"}}' },
    { kind: 'lose', purchaseId: 'p1', failure: FAILURE },
  ],
  boughtAgain: [CLAIM, SEND, LOSE, RESUBMIT, SEND, RESPONSE, LINK_FOUND, COLLECT],
} as const;
const UNFINISHED = ['claimed', 'sent', 'answered', 'linked', 'setAside'] as const;

let directory: string;
let url: string;
let reports: Record<string, ReportKey>;
let before: Awaited<ReturnType<typeof contentsOf>>;

beforeEach(async () => {
  directory = await testDirectory();
  url = await testDatabase();
  reports = {};
  const { ledger } = openEmbeddedBackend(directory, 'ledger', { account: ACCOUNT });
  for (const [name, events] of Object.entries(HISTORIES)) {
    reports[name] = newReport();
    await bring(ledger, reports[name], events, name === 'collected' ? { body: '{"Report": "a NUL: \0"}' } : {});
  }
  const asked = (reports['alias'] = newReport());
  const { id: standsFor } = reports['collected'] ?? asked;
  const steps = (['PAY', 'YOE'] as const).map((type) =>
    stepOf(absent(asked.id, type), { kind: 'stand-for', standsFor }),
  );
  await ledger.commitAs(reports['collected'] ?? asked, [], { report: asked, steps });
  ledger.countSaved(3);
  await ledger.setBuying(false);
  await ledger.trust(NOW);
  before = await contentsOf(ledger);
  await ledger.close();
});

describe('a ledger that is moved to PostgreSQL', () => {
  it('is the same there, and can no longer be used where it was', async () => {
    await move();
    const { ledger } = await server();
    expect(await contentsOf(ledger)).toEqual(before);
    const columns = await execute("SELECT DISTINCT stands_for, format FROM jobalyzer.entries WHERE state = 'ALIAS'");
    expect(columns).toEqual([{ stands_for: reports['collected']?.id, format: 2 }]);
    expect(() => openEmbeddedBackend(directory, 'ledger')).toThrow('have been moved to PostgreSQL');
    expect(await move()).toEqual(['The ledger has been moved: start the servers with DATABASE_URL.']);
  });

  it('has what was unfinished taken up by the first server', async () => {
    await move();
    const { ledger } = await server();
    const adopted = (await ledger.adopt(100, [])).flatMap(({ id, entries }) =>
      entries.map(({ state }) => `${id} ${state}`),
    );
    const expected = UNFINISHED.map((name) => `${reports[name]?.id} ${before.entries[name]?.[0]?.state}`);
    expect(new Set(adopted)).toEqual(new Set(expected));
  });

  it('goes on where its copying was interrupted', async () => {
    const interrupted = openSource((source) => ({
      ...source,
      rows: (table, after) => (table === 'journal' ? first(source.rows(table, after), 5) : source.rows(table, after)),
    }));
    await expect(moveFrom(interrupted)).rejects.toThrow('interrupted');
    interrupted.close();
    expect(() => openEmbeddedBackend(directory, 'ledger')).toThrow('run move-ledger again');
    await expect(server()).rejects.toThrow('run move-ledger again');
    await move();
    expect(await contentsOf((await server()).ledger)).toEqual(before);
  });

  it('goes on where it was copied and not yet called moved', async () => {
    const interrupted = openSource((source) => ({
      ...source,
      finish() {
        throw new Error('interrupted');
      },
    }));
    await expect(moveFrom(interrupted)).rejects.toThrow('interrupted');
    interrupted.close();
    const { ledger } = await server();
    // The copy is the ledger already, and changes.
    await bring(ledger, newReport(), [CLAIM, GIVE_UP]).catch(() => undefined);
    await ledger.setBuying(true);
    await move();
    expect(() => openEmbeddedBackend(directory, 'ledger')).toThrow('have been moved to PostgreSQL');
    expect(await ledger.buying()).toBe(true);
  });

  it.each([
    [
      'is changed',
      `UPDATE jobalyzer.bodies SET body = (SELECT body FROM jobalyzer.bodies LIMIT 1) || '\\x00'`,
      'bodies',
    ],
    ['is missing', `DELETE FROM jobalyzer.journal WHERE id = 4`, 'The row 4 of journal'],
    [
      'is new',
      `INSERT INTO jobalyzer.charges VALUES ('zoe', '2026-01-31', 1)`,
      'The row zoe 2026-01-31 of charges is not in',
    ],
    ['has another time', `UPDATE jobalyzer.entries SET at = at + 1`, 'has another at in the copy'],
  ])('is not called moved if a row of the copy %s', async (_, statement, said) => {
    const source = openSource();
    await expect(
      moveFrom(source, (target) => ({
        ...target,
        async check(rows) {
          await execute(statement);
          return target.check(rows);
        },
      })),
    ).rejects.toThrow(said);
    source.close();
    await expect(server()).rejects.toThrow('run move-ledger again');
  });

  it('stays as it is if the schema holds another ledger, or is used', async () => {
    const running = await server();
    await expect(move()).rejects.toThrow('a server is using the schema');
    await running.ledger.setBuying(true);
    await bring(running.ledger, newReport(), [CLAIM]);
    await running.close();
    await expect(move()).rejects.toThrow('the schema holds another ledger: its table reports is not empty');
    const { ledger } = openEmbeddedBackend(directory, 'ledger', { account: ACCOUNT });
    expect(await contentsOf(ledger)).toEqual(before);
    await ledger.close();
  });

  it('does not go into the unfinished copy of another one', async () => {
    const interrupted = openSource((source) => ({ ...source, rows: () => first([], 0) }));
    await expect(moveFrom(interrupted)).rejects.toThrow('interrupted');
    interrupted.close();
    const other = await testDirectory();
    await openEmbeddedBackend(other, 'ledger', { account: ACCOUNT }).ledger.close();
    directory = other;
    await expect(move()).rejects.toThrow('the schema holds another ledger');
    await openEmbeddedBackend(other, 'ledger', { account: ACCOUNT }).ledger.close();
  });

  it('takes a damaged entry along as it is', async () => {
    const id = reports['linked']?.id ?? '';
    const db = new DatabaseSync(join(directory, 'ledger.sqlite'));
    db.prepare('UPDATE entries SET data = \'{"state":"LINKED"}\' WHERE report_id = ?').run(id);
    db.close();
    await move();
    const { ledger } = await server();
    expect(await ledger.read(id)).toMatchObject({ entries: [{ state: 'UNCERTAIN' }] });
    expect((await ledger.adopt(100, [])).map((record) => record.id)).not.toContain(id);
  });
});

/** What can be read of a ledger. */
async function contentsOf(ledger: Ledger) {
  const entries = Object.fromEntries(
    await Promise.all(
      Object.entries(reports).map(async ([name, { id }]) => [name, (await ledger.read(id))?.entries] as const),
    ),
  );
  const collected = Object.values(entries).flatMap((found) => (found?.[0]?.state === 'COLLECTED' ? [found[0]] : []));
  const bodies = await Promise.all(collected.map((entry) => ledger.body(entry)));
  return {
    entries,
    bodies,
    usage: await ledger.usage(0, NOW + 3_600_000),
    charged: await ledger.charged({ client: 'anonymous', day: DAY }),
    uncertain: await ledger.uncertain(null, 10),
    buying: await ledger.buying(),
    since: ledger.since,
  };
}

function openSource(change: (source: MoveSource) => MoveSource = (source) => source): MoveSource {
  const source = openMoveSource(directory, 'ledger', ACCOUNT);
  let isClosed = false;
  const close = (): void => {
    if (!isClosed) source.close();
    isClosed = true;
  };
  onTestFinished(close);
  return { ...change(source), close };
}

async function moveFrom(
  source: MoveSource,
  change: (target: MoveTarget) => MoveTarget = (target) => target,
): Promise<string[]> {
  const target = await openMoveTarget({ url, schema: 'jobalyzer', account: ACCOUNT });
  const said: string[] = [];
  try {
    await moveLedger(source, change(target), (line) => said.push(line));
  } finally {
    await target.close();
  }
  return said;
}

async function move(): Promise<string[]> {
  const source = openSource();
  try {
    return await moveFrom(source);
  } finally {
    source.close();
  }
}

/** A server's view of the ledger, which is closed after the test. */
async function server() {
  const { ledger, queue } = await openPostgresBackend(
    { url, listenUrl: null, schema: 'jobalyzer', connections: 2, leaseMs: 15_000 },
    { release: 'test', account: ACCOUNT },
  );
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await queue.close();
    await ledger.close();
  };
  onTestFinished(close);
  return { ledger, close };
}

function* first<T>(rows: Iterable<T>, count: number): Iterable<T> {
  let left = count;
  for (const row of rows) {
    if (left-- === 0) break;
    yield row;
  }
  throw new Error('interrupted');
}

async function execute(statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<object>(statement)).rows;
  } finally {
    await client.end();
  }
}
