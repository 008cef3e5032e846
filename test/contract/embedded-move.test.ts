import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openEmbeddedBackend } from '../../src/storage/sqlite/backend.js';
import { openMoveSource } from '../../src/storage/sqlite/move-source.js';
import { verifyLedger } from '../../src/storage/sqlite/verify.js';
import { testDirectory } from '../fixtures/test-directory.js';
import { bringCollected, bringLinked, newReport } from './steps.js';

const ACCOUNT = { origin: 'https://jobalyzer.example', customerId: 'c1' };

let directory: string;
beforeEach(async () => {
  directory = await testDirectory();
  const { ledger } = openEmbeddedBackend(directory, 'ledger', { account: ACCOUNT });
  await bringCollected(ledger, newReport());
  await bringLinked(ledger, newReport());
  await ledger.close();
});

describe('an embedded ledger that is moved', () => {
  it('is refused by a server from when it is marked, and can be opened to go on', () => {
    const source = opened();
    expect(source.mark).toBeNull();
    const { id } = source;
    source.begin();
    source.close();
    expect(() => openEmbeddedBackend(directory, 'ledger')).toThrow('run move-ledger again until it is done');
    const again = opened();
    expect(again.mark).toEqual({ id, state: 'moving' });
    again.begin();
    again.finish();
    again.close();
    expect(() => openEmbeddedBackend(directory, 'ledger')).toThrow('have been moved to PostgreSQL');
    expect(opened().mark).toEqual({ id, state: 'moved' });
  });

  it('is refused by a release that knows nothing of moves, as changed by a newer one', () => {
    const source = opened();
    source.begin();
    source.close();
    const db = new DatabaseSync(join(directory, 'ledger.sqlite'));
    onTestFinished(() => db.close());
    expect(db.prepare('SELECT name FROM migrations WHERE breaking = 1 AND number > 12').all()).toEqual([
      { name: expect.stringMatching(/^moving-to-postgresql-/) as string },
    ]);
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 9_999 });
  });

  it('is sound all the same', async () => {
    const source = opened();
    source.begin();
    source.close();
    expect(await verifyLedger(join(directory, 'ledger.sqlite'), (problem) => expect(problem).toBe(''))).toMatchObject({
      problems: 0,
      entries: 2,
    });
  });

  it('is given row by row, from any one on', () => {
    const source = opened();
    const rows = [...source.rows('journal', null)];
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.map(({ id }) => id)).toEqual(rows.map((_, index) => index + 1));
    expect([...source.rows('journal', [2])]).toEqual(rows.slice(2));
    const entries = [...source.rows('entries', null)];
    expect(entries).toHaveLength(2);
    const { report_id: id, type } = entries[0] as { report_id: string; type: string };
    expect([...source.rows('entries', [id, type])]).toEqual(entries.slice(1));
  });

  it('cannot be opened while a server uses it, for another account, or if there is none', async () => {
    const { ledger } = openEmbeddedBackend(directory, 'ledger');
    expect(() => opened()).toThrow('another process is using it');
    await ledger.close();
    expect(() => openMoveSource(directory, 'ledger', { ...ACCOUNT, customerId: 'c2' })).toThrow('customer id c1');
    expect(() => openMoveSource(directory, 'simulated', ACCOUNT)).toThrow('there is no simulated.sqlite');
  });
});

function opened() {
  const source = openMoveSource(directory, 'ledger', ACCOUNT);
  let isClosed = false;
  const close = (): void => {
    if (!isClosed) source.close();
    isClosed = true;
  };
  onTestFinished(close);
  return { ...source, close };
}
