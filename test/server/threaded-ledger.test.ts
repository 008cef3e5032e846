import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { absent } from '../../src/datasources/reports/ledger.js';
import { openEmbeddedBackend, type EmbeddedOptions } from '../../src/storage/sqlite/backend.js';
import type { DamagedRow } from '../../src/storage/sqlite/entries.js';
import { inNewDirectory } from '../contract/embedded.js';
import { ledgerSuite } from '../contract/ledger-suite.js';
import { notificationSuite } from '../contract/notification-suite.js';
import { bring, bringLinked, CLAIM, COLLECT, current, newReport, stepOf, TO_LINKED } from '../contract/steps.js';
import { eventually } from '../fixtures/eventually.js';
import { SERVER_ENTRY } from '../fixtures/server/built.js';
import { testDirectory } from '../fixtures/test-directory.js';

/** As it is built: a thread runs no TypeScript. */
const THREAD = join(dirname(SERVER_ENTRY), 'storage', 'sqlite', 'writer-thread.js');
const UNAVAILABLE = { name: 'ApiError', code: 'STORE_UNAVAILABLE' };
const LOST = { ...UNAVAILABLE, cause: { name: 'LedgerLost' } };

let directory: string;
beforeEach(async () => {
  directory = await testDirectory();
});

// The other suites are about what is read, or would start as many threads again for the same way to write.
ledgerSuite('embedded, written on a thread', inNewDirectory({ thread: THREAD }));
notificationSuite('embedded, written on a thread', inNewDirectory({ thread: THREAD }));

describe('a ledger that is written on a thread', () => {
  it('is read at once while the thread waits for another program that writes to it', async () => {
    const { ledger } = opened();
    const [known, other] = [newReport(), newReport()];
    await bring(ledger, known, [CLAIM]);
    const foreign = connected();
    foreign.exec('BEGIN IMMEDIATE');
    const [waiting, patient] = [known, other].map((report) => ledger.commit(report, [claimOf(report)]));
    expect(await ledger.read(known.id)).toMatchObject({ id: known.id });
    await expect(waiting).rejects.toMatchObject(UNAVAILABLE);
    await expect(patient).rejects.toMatchObject(UNAVAILABLE);
    foreign.exec('ROLLBACK');
    expect(await bring(ledger, other, [CLAIM])).toMatchObject({ state: 'INTENT' });
  });

  it('says why something could not be stored, stores nothing of it, and goes on', async () => {
    const { ledger } = opened();
    const report = newReport();
    const foreign = connected();
    foreign.exec("CREATE TRIGGER full BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
    await expect(bring(ledger, report, [CLAIM])).rejects.toMatchObject({
      ...UNAVAILABLE,
      cause: { message: 'disk is full', errcode: expect.any(Number) },
    });
    expect(await ledger.read(report.id)).toBeNull();
    foreign.exec('DROP TRIGGER full');
    expect(await bring(ledger, report, TO_LINKED)).toMatchObject({ state: 'LINKED' });
  });

  it('rejects what cannot be passed to the thread, and goes on', async () => {
    const { ledger } = opened();
    const report = newReport();
    const unheardOf = { ...claimOf(report), body: (() => undefined) as unknown as string };
    await expect(ledger.commit(report, [unheardOf])).rejects.toMatchObject(UNAVAILABLE);
    expect(await bring(ledger, report, [CLAIM])).toMatchObject({ state: 'INTENT' });
  });

  it('is not bought into once it was moved, while what was bought is stored', async () => {
    const { ledger } = opened();
    const [bought, other] = [newReport(), newReport()];
    const linked = await bringLinked(ledger, bought);
    await rename(join(directory, 'ledger.sqlite'), join(directory, 'moved.sqlite'));
    await expect(ledger.commit(other, [claimOf(other)])).rejects.toMatchObject(LOST);
    expect(await ledger.commit(bought, [stepOf(linked, COLLECT)])).toMatchObject([{ won: true }]);
  });

  it('names a damaged row once, whichever thread meets it', async () => {
    const damaged: DamagedRow[] = [];
    const { ledger } = opened({ onDamage: (row) => damaged.push(row) });
    const report = newReport();
    const linked = await bringLinked(ledger, report);
    connected().exec("UPDATE entries SET data = 'x'");
    await expect(ledger.commit(report, [stepOf(linked, COLLECT)])).resolves.toBeDefined();
    await ledger.read(report.id);
    await eventually(() => expect(damaged).toMatchObject([{ table: 'entries', reportId: report.id, type: 'PAY' }]));
  });

  it('stores what it was told before it is closed', async () => {
    const { ledger } = openEmbeddedBackend(directory, 'ledger', { thread: THREAD });
    const reports = Array.from({ length: 50 }, () => newReport());
    const claims = Promise.all(reports.map((report) => ledger.commit(report, [claimOf(report)])));
    await ledger.close();
    expect((await claims).flat().map(({ won }) => won)).toEqual(reports.map(() => true));
    const next = opened().ledger;
    for (const report of reports) expect(await current(next, report)).toMatchObject({ state: 'INTENT' });
  });
});

describe('a ledger whose thread has failed', () => {
  it.each([
    ['throws', "throw new Error('It broke.')", 'It broke.'],
    ['ends', 'process.exit(0)', 'has ended'],
  ])('is read and not bought into any more: it %s', async (_, fails, reason) => {
    const faults: (string | null)[] = [];
    const thread = program(`parentPort.once('message', () => { ${fails}; });`);
    const { ledger } = opened({ thread, onFault: (fault) => faults.push(fault) });
    const report = newReport();
    await expect(ledger.commit(report, [claimOf(report)])).rejects.toMatchObject({
      ...UNAVAILABLE,
      cause: { name: 'OutcomeUnknown', message: expect.stringContaining(reason) },
    });
    expect(ledger.mayBuy([])).toBe(false);
    const failed = { ...UNAVAILABLE, cause: { name: 'Error', message: expect.stringContaining(reason) } };
    await expect(ledger.commit(report, [claimOf(report)])).rejects.toMatchObject(failed);
    await expect(ledger.ping()).rejects.toMatchObject(failed);
    expect(await ledger.read(report.id)).toBeNull();
    expect((await ledger.usage(0, Date.now())).submitted).toBe(0);
    expect(faults).toEqual([expect.stringContaining(reason)]);
  });

  it('is read and not bought into: it cannot be started', async () => {
    const faults: (string | null)[] = [];
    const { ledger } = opened({ thread: 'neither-absolute-nor-relative.js', onFault: (fault) => faults.push(fault) });
    const report = newReport();
    const failed = {
      ...UNAVAILABLE,
      cause: { name: 'Error', message: expect.stringContaining('could not be started') },
    };
    for (let time = 0; time < 2; time++) {
      await expect(ledger.commit(report, [claimOf(report)])).rejects.toMatchObject(failed);
    }
    expect(ledger.mayBuy([])).toBe(false);
    await expect(ledger.ping()).rejects.toMatchObject(failed);
    expect(await ledger.read(report.id)).toBeNull();
    expect(faults).toEqual([expect.stringContaining('could not be started')]);
  });
});

function opened(options: EmbeddedOptions = {}) {
  const backend = openEmbeddedBackend(directory, 'ledger', { thread: THREAD, ...options });
  onTestFinished(() => backend.ledger.close());
  return backend;
}

function connected(): DatabaseSync {
  const db = new DatabaseSync(join(directory, 'ledger.sqlite'));
  onTestFinished(() => db.close());
  return db;
}

function claimOf(report: { readonly id: string }) {
  return stepOf(absent(report.id, 'PAY'), CLAIM);
}

function program(body: string): URL {
  const script = `import { parentPort } from 'node:worker_threads'; ${body}`;
  return new URL(`data:text/javascript,${encodeURIComponent(script)}`);
}
