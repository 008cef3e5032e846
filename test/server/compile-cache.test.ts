import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { newDirectory } from '../fixtures/directory.js';
import { SERVER_ENTRY } from '../fixtures/server/built.js';
import { launchServer } from '../fixtures/server/server-process.js';

describe('the built server', () => {
  /** Of another installation, which has no dependencies beside it. */
  let entry: string;
  let beside: string;

  beforeEach(async () => {
    const root = await directory();
    const built = dirname(SERVER_ENTRY);
    const needed = (path: string): boolean => !/\.map$|\.compile-cache|^.playground$/.test(path.slice(built.length));
    await cp(built, join(root, 'dist'), { recursive: true, filter: needed });
    await cp('package.json', join(root, 'package.json'));
    entry = join(root, 'dist', 'main.js');
    beside = join(root, 'dist', '.compile-cache');
    await mkdir(beside);
  });

  it('keeps what it has compiled beside its code, also if it is killed', async () => {
    const server = launchServer({ entry, settings: { PORT: '0', DATA_DIR: await directory() } });
    onTestFinished(() => server.end('SIGKILL').then(() => undefined));
    await server.listening;
    await expect.poll(() => filesIn(beside)).toBeGreaterThan(10);
  });

  it('keeps it where NODE_COMPILE_CACHE says', async () => {
    const elsewhere = await directory();
    await check({ NODE_COMPILE_CACHE: elsewhere });
    expect(await filesIn(elsewhere)).toBeGreaterThan(5);
    expect(await filesIn(beside)).toBe(0);
  });

  it('keeps nothing where the build has made no place for it, as in a package', async () => {
    await rmdir(beside);
    await check({});
    expect(await filesIn(beside)).toBe(0);
  });

  it('runs without where nothing can be kept', async () => {
    await rmdir(beside);
    await writeFile(beside, 'not a directory');
    expect(await check({})).toContain('"dataDir"');
  });

  async function check(settings: Readonly<Record<string, string>>): Promise<string> {
    return (await promisify(execFile)(process.execPath, [entry, '--check-config'], { env: settings })).stdout;
  }
});

async function filesIn(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).length;
}

async function directory(): Promise<string> {
  const { path, remove } = await newDirectory();
  onTestFinished(remove);
  return path;
}
