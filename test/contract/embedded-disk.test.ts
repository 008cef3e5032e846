import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase, type Database } from '../../src/storage/sqlite/database.js';
import { createGroupCommit } from '../../src/storage/sqlite/group-commit.js';
import { createSqliteLedger } from '../../src/storage/sqlite/ledger.js';
import { absent, type Entry } from '../../src/datasources/reports/ledger.js';
import type { ReportKey } from '../../src/model/report.js';
import { eventually } from '../fixtures/eventually.js';
import { testDirectory } from '../fixtures/test-directory.js';
import { writerOn } from '../fixtures/writer.js';
import {
  BODY,
  bring,
  bringCollected,
  bringLinked,
  CLAIM,
  COLLECT,
  current,
  newReport,
  SEND,
  stepOf,
  TO_LINKED,
} from './steps.js';

const UNAVAILABLE = { name: 'ApiError', code: 'STORE_UNAVAILABLE' };

let directory: string;
beforeEach(async () => {
  directory = await testDirectory();
});

describe('the SQLite ledger', () => {
  it('uses WAL with full synchronous commits', () => {
    const { db } = rawLedger();
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  });

  it('groups 100 concurrent writes into fewer than 5 database commits', async () => {
    const { db, ledger } = rawLedger();
    const commits = counting(db, 'COMMIT');
    await Promise.all(Array.from({ length: 100 }, () => bring(ledger, newReport(), [CLAIM])));
    expect(commits()).toBeLessThan(5);
  });
});

describe('what cannot be written', () => {
  it('fails alone: what is written in the same turn is stored', async () => {
    const { db, ledger } = rawLedger();
    const [before, bad, after] = [newReport(), newReport(), newReport()];
    db.exec(`
      CREATE TRIGGER bad BEFORE INSERT ON entries WHEN NEW.report_id = '${bad.id}'
      BEGIN SELECT RAISE(ABORT, 'it cannot be written'); END`);
    const [first, refused, last] = [before, bad, after].map((report) =>
      ledger.commit(report, [stepOf(absent(report.id, 'PAY'), CLAIM)]),
    );
    await expect(refused).rejects.toMatchObject({ ...UNAVAILABLE, cause: { message: 'it cannot be written' } });
    expect([await first, await last]).toMatchObject([[{ won: true }], [{ won: true }]]);
    expect(await ledger.read(bad.id)).toBeNull();
    expect([await current(ledger, before), await current(ledger, after)]).toMatchObject([
      { state: 'INTENT', version: 1 },
      { state: 'INTENT', version: 1 },
    ]);
  });
});

describe('a full disk', () => {
  it('rejects a commit without storing or announcing anything, and recovers once there is space', async () => {
    const { db, ledger } = rawLedger();
    const report = newReport();
    const linked = await bringLinked(ledger, report);
    const heard: Entry[] = [];
    await ledger.subscribe(report.id, (entry) => heard.push(entry));
    const large = stepOf(linked, COLLECT, Date.now(), 'x'.repeat(1_000_000));

    const room = filledUp(db);
    await expect(ledger.commit(report, [large])).rejects.toMatchObject(UNAVAILABLE);
    expect([await current(ledger, report), heard]).toEqual([linked, []]);
    expect(await ledger.usage(0, Date.now())).toMatchObject({ collected: 0 });
    room();
    expect(await ledger.commit(report, [large])).toMatchObject([{ won: true }]);
    expect(heard).toHaveLength(1);
  });

  it('rejects claims with STORE_UNAVAILABLE, keeping the reason in the error cause', async () => {
    const { db, ledger } = rawLedger();
    filledUp(db);
    const report = newReport('x'.repeat(200));
    const claims = Array.from({ length: 300 }, () => newReport()).map((other) =>
      ledger.commit(other, [stepOf(absent(other.id, 'PAY'), CLAIM)]),
    );
    const outcomes = await Promise.allSettled(claims);
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        reason: {
          ...UNAVAILABLE,
          message: "This server's report store is unavailable, so nothing can be bought right now. Try again later.",
          cause: { message: expect.stringContaining('full') },
        },
      });
      // Of the error, clients are told its message and details.
      expect((outcome as PromiseRejectedResult).reason.details).toEqual({});
    }
    expect(await ledger.read(report.id)).toBeNull();
  });

  it('keeps the saved count when it cannot be written', async () => {
    const { db, ledger } = rawLedger();
    const stored = (): unknown => db.prepare('SELECT sum(reports) AS reports FROM saved_by_minute').get()?.['reports'];
    db.exec("CREATE TRIGGER full BEFORE INSERT ON saved_by_minute BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
    const failed = counting(db, 'ROLLBACK');
    ledger.countSaved(3);
    expect((await ledger.usage(0, Date.now())).saved).toBe(3);
    await eventually(() => expect(failed()).toBeGreaterThan(0));
    expect((await ledger.usage(0, Date.now())).saved).toBe(3);
    db.exec('DROP TRIGGER full');
    await eventually(() => expect(stored()).toBe(3));
    expect((await ledger.usage(0, Date.now())).saved).toBe(3);
  });
});

describe('another program that writes to the ledger', () => {
  it('is waited for without holding up anything else', async () => {
    const { ledger } = rawLedger();
    const known = newReport();
    await bring(ledger, known, [CLAIM]);
    const unlock = locked();
    const report = newReport();
    const claimed = ledger.commit(report, [stepOf(absent(report.id, 'PAY'), CLAIM)]);
    // Reads go on, and the event loop turns: a wait inside SQLite would let neither happen before it has failed.
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(await ledger.read(known.id)).toMatchObject({ id: known.id });
    expect((await ledger.usage(0, Date.now())).submitted).toBe(0);
    unlock();
    expect(await claimed).toMatchObject([{ won: true }]);
  });

  it('makes a write fail with STORE_UNAVAILABLE in the end, and only that one', async () => {
    const { ledger } = rawLedger();
    const unlock = locked();
    const [first, second] = [newReport(), newReport()];
    const claim = (report: ReportKey) => ledger.commit(report, [stepOf(absent(report.id, 'PAY'), CLAIM)]);
    await expect(claim(first)).rejects.toMatchObject(UNAVAILABLE);
    const claimed = claim(second);
    await turn();
    unlock();
    expect(await claimed).toMatchObject([{ won: true }]);
    expect(await ledger.read(first.id)).toBeNull();
  });

  it('does not prevent closing the ledger', async () => {
    const { ledger, database } = rawLedger();
    locked();
    ledger.countSaved(1);
    await ledger.close();
    database.close();
    expect(database.db.isOpen).toBe(false);
  });

  /** Locks the ledger as a foreign program would, until the result is called. */
  function locked(): () => void {
    const other = new DatabaseSync(join(directory, 'ledger.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    onTestFinished(() => void (other.isOpen && other.close()));
    return () => other.close();
  }
});

it('lets the event loop turn between the transactions of many writes', async () => {
  const { db, ledger } = rawLedger();
  const commits = counting(db, 'COMMIT');
  const claims = Array.from({ length: 1_000 }, () => newReport()).map((report) =>
    ledger.commit(report, [stepOf(absent(report.id, 'PAY'), CLAIM)]),
  );
  await claims[0];
  const turned = turn().then(commits);
  await Promise.all(claims);
  expect(await turned).toBeLessThan(5);
  expect(commits()).toBe(5);
});

describe('a ledger whose database was closed', () => {
  it('rejects every read with STORE_UNAVAILABLE', async () => {
    const { database, ledger } = rawLedger();
    const collected = await bringCollected(ledger, newReport());
    database.close();
    for (const reading of [
      () => ledger.read('r'),
      () => ledger.body(collected),
      () => ledger.adopt(1_000, []),
      () => ledger.usage(0, 1),
    ]) {
      await expect(reading()).rejects.toMatchObject(UNAVAILABLE);
    }
  });

  it('rejects a write with STORE_UNAVAILABLE', async () => {
    const { database, db } = rawLedger();
    const group = createGroupCommit(db);
    database.close();
    const written = group.write(() => db.exec('SELECT 1'));
    // An exception in the flush would be uncaught, which fails the test run.
    await Promise.all([expect(written).rejects.toMatchObject(UNAVAILABLE), group.drain()]);
  });
});

it('stores a report whose expiry is not a whole millisecond', async () => {
  const { ledger } = rawLedger();
  const report = newReport();
  await bring(ledger, report, TO_LINKED);
  const expiresAt = Date.now() + (1 / 7) * 3_600_000;
  expect(await bring(ledger, report, [{ kind: 'collect', body: BODY, rating: 1, expiresAt }])).toMatchObject({
    state: 'COLLECTED',
  });
});

it('leaves the entry unchanged when writing a transition fails', async () => {
  const { ledger } = rawLedger();
  const report = newReport();
  const claimed = await bring(ledger, report, [CLAIM]);
  const unheardOf = { ...stepOf(claimed, SEND), body: {} as unknown as string };
  await expect(ledger.commit(report, [unheardOf])).rejects.toMatchObject(UNAVAILABLE);
  expect(await current(ledger, report)).toEqual(claimed);
});

/** A ledger and its database, closed after the test unless the test closed it. */
function rawLedger() {
  const database: Database = openDatabase(directory, 'ledger');
  const { db } = database;
  const ledger = createSqliteLedger(db, writerOn(db));
  onTestFinished(async () => {
    if (!db.isOpen) return;
    await ledger.close();
    database.close();
  });
  return { database, db, ledger };
}

/** Leaves no free page; call the result to make room again. */
function filledUp(db: DatabaseSync): () => void {
  const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${pages}`);
  return () => db.exec('PRAGMA max_page_count = 1000000');
}

/** Counts how often a statement is executed from now on. */
function counting(db: DatabaseSync, statement: string): () => number {
  const exec = db.exec.bind(db);
  let count = 0;
  db.exec = (sql) => {
    if (sql === statement) count += 1;
    exec(sql);
  };
  return () => count;
}
