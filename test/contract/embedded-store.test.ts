import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { absent } from '../../src/datasources/reports/ledger.js';
import { openEmbeddedBackend } from '../../src/storage/sqlite/backend.js';
import { testDirectory } from '../fixtures/test-directory.js';
import { bring, CLAIM, DAY, newReport, stepOf } from './steps.js';

let directory: string;
beforeEach(async () => {
  directory = await testDirectory();
});

describe('opening an embedded ledger', () => {
  it('creates a missing directory that only its owner can read', async () => {
    const inside = join(directory, 'a', 'b');
    opened(inside);
    expect((await stat(inside)).mode & 0o777).toBe(0o700);
  });

  it('rejects a second opener with an error naming DATA_DIR, while the first keeps working', async () => {
    const { ledger } = opened(directory);
    expect(() => openEmbeddedBackend(directory, 'ledger')).toThrow(
      `DATA_DIR: the ledger in ${directory} cannot be opened: another process is using it; stop that one, or set another DATA_DIR.`,
    );
    expect(await bring(ledger, newReport(), [CLAIM])).toMatchObject({ state: 'INTENT' });
  });

  it('keeps ledgers with different names in one directory separate', async () => {
    const report = newReport();
    await bring(opened(directory, 'ledger').ledger, report, [CLAIM]);
    expect(await opened(directory, 'simulated').ledger.read(report.id)).toBeNull();
  });

  it.each([
    ['after it closed the database', 'onceTold(() => { held.close(); process.exit(); });'],
    [
      'even if it kept no reference but the database',
      'const { db } = held; held = null; gc(); onceTold(() => process.exit(Number(!db.isOpen)));',
    ],
  ])('waits for the process that holds the ledger to exit: %s', async (_, then) => {
    const holder = await holding(directory, then);
    const left = once(holder, 'exit');
    const startedAt = performance.now();
    holder.stdin?.write('leave\n');
    opened(directory);
    expect(performance.now() - startedAt).toBeGreaterThan(350);
    expect(await left).toEqual([0, null]);
  });

  it.each([
    ['a file', async () => writeFile(join(directory, 'data'), '')],
    ['below a file', async () => writeFile(join(directory, 'data'), '')],
    ['a directory as a file', async () => mkdir(join(directory, 'data', 'ledger.sqlite'), { recursive: true })],
    ['a non-database file', async () => damaged('This is no database, but long enough to be looked at as one.')],
    ['refused by the file system with ENOENT', async () => undefined],
  ])('fails with an error naming DATA_DIR: %s', async (what, prepare) => {
    await prepare();
    const inData = join(directory, 'data', ...(what === 'below a file' ? ['x'] : []));
    const data = what.startsWith('refused') ? '/proc/none/data' : inData;
    expect(() => openEmbeddedBackend(data, 'ledger')).toThrow(`DATA_DIR: the ledger in ${data} cannot be opened`);
  });

  it('allows another connection to read it while it is in use', async () => {
    const { ledger } = opened(directory);
    const report = newReport();
    await bring(ledger, report, [CLAIM]);
    const backup = new DatabaseSync(join(directory, 'ledger.sqlite'), { readOnly: true });
    expect(backup.prepare('SELECT id FROM reports').all()).toEqual([{ id: report.id }]);
    backup.close();
  });

  async function damaged(text: string): Promise<void> {
    await mkdir(join(directory, 'data'));
    await writeFile(join(directory, 'data', 'ledger.sqlite'), text.repeat(50));
  }
});

it('an embedded ledger stores what was to be written before it was closed', async () => {
  const { ledger } = openEmbeddedBackend(directory, 'ledger');
  const report = newReport();
  const writing = ledger.commit(report, [stepOf(absent(report.id, 'PAY'), CLAIM)]);
  await ledger.close();
  expect(await writing).toMatchObject([{ won: true }]);
  expect((await opened(directory).ledger.read(report.id))?.entries).toMatchObject([{ state: 'INTENT' }]);
});

describe('an embedded ledger after SIGKILL', () => {
  it('keeps every acknowledged commit and releases its lock', async () => {
    const child = run(`
      const { openEmbeddedBackend } = await import(${JSON.stringify(sourceUrl('storage/sqlite/backend.ts'))});
      const { absent } = await import(${JSON.stringify(sourceUrl('datasources/reports/ledger.ts'))});
      const { transition } = await import(${JSON.stringify(sourceUrl('datasources/reports/transition.ts'))});
      const { ledger } = openEmbeddedBackend(${JSON.stringify(directory)}, 'ledger');
      const claim = transition(absent('r', 'PAY'), ${JSON.stringify(CLAIM)}, 1000);
      await ledger.commit({ id: 'r', request: { answers: {}, autoResolveJobTitle: true } }, [claim]);
      await ledger.commit({ id: 'r', request: {} }, [transition(claim.after, { kind: 'send' }, 2000)]);
      process.kill(process.pid, 'SIGKILL');`);
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    const [record] = await opened(directory).ledger.adopt(1_000, []);
    expect(record).toEqual({
      id: 'r',
      request: { answers: {}, autoResolveJobTitle: true },
      entries: [
        {
          reportId: 'r',
          type: 'PAY',
          version: 2,
          at: 2000,
          state: 'SENDING',
          charge: { client: 'anonymous', day: DAY },
          response: null,
          doubt: null,
        },
      ],
    });
  });
});

/** A backend that is closed after the test. */
function opened(path: string, name = 'ledger') {
  const backend = openEmbeddedBackend(path, name);
  onTestFinished(() => backend.ledger.close());
  return backend;
}

/** Runs the script in another process that can import the TypeScript sources directly. */
function run(script: string): ChildProcess {
  const hooks = `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from 'node:module';
    registerHooks({
      resolve: (specifier, context, next) =>
        next(context.parentURL?.includes('/src/') && specifier.startsWith('.') ? specifier.replace(/\\.js$/, '.ts') : specifier, context),
    });`)}`;
  const options = [
    '--no-warnings',
    '--expose-gc',
    '--experimental-transform-types',
    '--import',
    hooks,
    '--input-type=module',
  ];
  return spawn(process.execPath, [...options, '--eval', script], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Another process that opens the ledger in this directory, then runs `then`; `onceTold` is 400 ms after a line to it. */
async function holding(path: string, then: string): Promise<ChildProcess> {
  const child = run(`
    const { openDatabase } = await import(${JSON.stringify(sourceUrl('storage/sqlite/database.ts'))});
    const onceTold = (act) => process.stdin.once('data', () => setTimeout(act, 400));
    let held = openDatabase(${JSON.stringify(path)}, 'ledger');
    ${then}
    console.log('It is held.');`);
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

function sourceUrl(path: string): string {
  return new URL(`../../src/${path}`, import.meta.url).href;
}
