import { once } from 'node:events';
import { closeSync, openSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openEmbeddedBackend } from '../../src/storage/sqlite/backend.js';
import { backUp, freeBytesOf } from '../../src/storage/sqlite/backup.js';
import { verifyLedger } from '../../src/storage/sqlite/verify.js';
import { testDirectory } from '../fixtures/test-directory.js';
import {
  BODY,
  bring,
  bringCollected,
  bringLinked,
  CLAIM,
  current,
  LOSE,
  newReport,
  RESPONSE,
  RESUBMIT,
  SEND,
} from './steps.js';

let root: string;
let data: string;
let target: string;
beforeEach(async () => {
  root = await testDirectory();
  data = join(root, 'data');
  target = join(root, 'backups', 'monday');
});

describe('a backup', () => {
  it('of an open ledger has every commit, in one sound file', async () => {
    const { ledger } = opened(data);
    const [collected, linked] = [newReport(), newReport()];
    const entry = await bringCollected(ledger, collected);
    await bringLinked(ledger, linked);
    const [copy] = await backUp(data, target);
    expect(copy).toMatchObject({ rows: { reports: 2, entries: 2, bodies: 1 } });
    expect(await readdir(target)).toEqual(['ledger.sqlite']);
    expect(await problemsOf(join(target, 'ledger.sqlite'))).toEqual([]);
    expect(await readdir(target)).toEqual(['ledger.sqlite']);

    const restored = opened(target).ledger;
    expect(await restored.body(entry)).toBe(BODY);
    expect(await current(restored, linked)).toEqual(await current(ledger, linked));
    expect(await restored.usage(0, Date.now())).toEqual(await ledger.usage(0, Date.now()));
    expect(restored.since).toBe(ledger.since);
  });

  it('of a stopped and a simulated ledger has both', async () => {
    for (const name of ['ledger', 'simulated']) {
      const { ledger } = openEmbeddedBackend(data, name);
      await bringCollected(ledger, newReport());
      await ledger.close();
    }
    const copies = await backUp(data, target);
    expect(copies.map(({ to, rows }) => [to, rows['bodies']])).toEqual([
      [join(target, 'ledger.sqlite'), 1],
      [join(target, 'simulated.sqlite'), 1],
    ]);
  });

  it('can be read by its owner only', async () => {
    opened(data);
    await backUp(data, target);
    expect((await stat(target)).mode & 0o777).toBe(0o700);
    expect((await stat(join(target, 'ledger.sqlite'))).mode & 0o777).toBe(0o600);
  });

  it('has what was about to be sent as sent, since it may have been sent by the time of a restore', async () => {
    const { ledger } = opened(data);
    const [intent, doubted] = [newReport(), newReport()];
    await bring(ledger, intent, [CLAIM]);
    const before = await bring(ledger, doubted, [CLAIM, SEND, RESPONSE, LOSE, RESUBMIT]);
    await backUp(data, target);
    expect(await problemsOf(join(target, 'ledger.sqlite'))).toEqual([]);
    const restored = opened(target).ledger;
    expect(await current(restored, intent)).toMatchObject({ state: 'SENDING', response: null, version: 2 });
    expect(await current(restored, doubted)).toEqual({
      ...before,
      state: 'SENDING',
      response: null,
      version: before.version + 1,
    });
    expect(await current(ledger, intent)).toMatchObject({ state: 'INTENT', version: 1 });
  });

  it('is of one moment while another thread commits', async () => {
    const { ledger } = openEmbeddedBackend(data, 'ledger');
    for (let count = 0; count < 40; count += 1)
      await bringCollected(ledger, newReport(), { body: `"${'x'.repeat(200_000)}"` });
    await ledger.close();
    const writing = new Worker(
      `const { workerData, parentPort } = require('node:worker_threads');
       const db = new (require('node:sqlite').DatabaseSync)(workerData);
       for (let count = 0; ; count += 1) {
         db.exec("BEGIN; INSERT INTO journal (at, kind, report_id, type) VALUES (1, 'SUBMITTED', 'r', 'PAY'), (1, 'FAILED', 'r', 'PAY'); COMMIT");
         if (count === 0) parentPort.postMessage('writing');
       }`,
      { eval: true, workerData: join(data, 'ledger.sqlite') },
    );
    onTestFinished(async () => void (await writing.terminate()));
    await once(writing, 'message');
    const [copy] = await backUp(data, target);
    const kinds = inCopy("SELECT kind, count(*) AS n FROM journal WHERE report_id = 'r' GROUP BY kind");
    expect(kinds).toHaveLength(2);
    expect(kinds[0]?.['n']).toBe(kinds[1]?.['n']);
    expect(copy?.rows['bodies']).toBe(40);
  });
});

describe('a backup is refused, and nothing is left behind,', () => {
  it('if there is no data directory or no ledger in it', async () => {
    await expect(backUp(data, target)).rejects.toThrow(`There is no ledger in ${data}: it does not exist.`);
    await mkdir(data);
    await expect(backUp(data, target)).rejects.toThrow(`There is no ledger in ${data}: it has no *.sqlite file.`);
  });

  it.each(['a directory', 'a file'])('if the target is %s', async (what) => {
    opened(data);
    await mkdir(join(root, 'backups'));
    if (what === 'a file') writeFileSync(target, 'mine');
    else await mkdir(target);
    await expect(backUp(data, target)).rejects.toThrow(`${target} exists, and a backup never overwrites anything.`);
    expect(await readdir(join(root, 'backups'))).toEqual(['monday']);
  });

  it('if a ledger is empty', async () => {
    opened(data);
    writeFileSync(join(data, 'simulated.sqlite'), '');
    await expect(backUp(data, target)).rejects.toThrow(
      'simulated.sqlite could not be backed up: it is not a ledger, or an empty one.',
    );
    expect(await readdir(join(root, 'backups'))).toEqual([]);
  });

  it('if a ledger is damaged', async () => {
    const { ledger } = openEmbeddedBackend(data, 'ledger');
    for (let count = 0; count < 20; count += 1) await bringCollected(ledger, newReport());
    await ledger.close();
    damage(join(data, 'ledger.sqlite'), "name = 'bodies'");
    await expect(backUp(data, target)).rejects.toThrow('the copy is damaged, and so may be the ledger: ');
    expect(await readdir(join(root, 'backups'))).toEqual([]);
  });

  it('if the disk has no room for it', async () => {
    const { ledger } = openEmbeddedBackend(data, 'ledger');
    await ledger.close();
    const path = join(data, 'ledger.sqlite');
    const { size } = await stat(path);
    await expect(backUp(data, target, () => size - 1)).rejects.toThrow(
      `it needs ${size} bytes, and the disk of ${join(root, 'backups')} has ${size - 1} left.`,
    );
    expect(await readdir(join(root, 'backups'))).toEqual([]);
    await backUp(data, target, () => size);
  });

  it('and what the disk has is what the file system says', () => {
    const { bavail, blocks, bsize } = statfsSync(root);
    const free = freeBytesOf(root);
    expect(free % bsize).toBe(0);
    expect(free).toBeLessThanOrEqual(blocks * bsize);
    // Others write to it at the same time.
    expect(Math.abs(free - bavail * bsize)).toBeLessThan(2 ** 30);
  });
});

/** A backend that is closed after the test. */
function opened(directory: string) {
  const backend = openEmbeddedBackend(directory, 'ledger');
  onTestFinished(() => backend.ledger.close());
  return backend;
}

async function problemsOf(path: string): Promise<string[]> {
  const problems: string[] = [];
  await verifyLedger(path, (problem) => problems.push(problem));
  return problems;
}

function inCopy(sql: string) {
  const db = new DatabaseSync(join(target, 'ledger.sqlite'), { readOnly: true });
  const rows = db.prepare(sql).all();
  db.close();
  return rows;
}

/** Overwrites the cells of the root page of a table or index, as a failing disk could. */
function damage(path: string, which: string): void {
  const db = new DatabaseSync(path, { readOnly: true });
  const page = Number(db.prepare(`SELECT rootpage FROM sqlite_schema WHERE ${which}`).get()?.['rootpage']);
  db.close();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(1_000, 0xff), 0, 1_000, (page - 1) * 4096 + 3_000);
  closeSync(file);
}
