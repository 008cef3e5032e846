import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { PROGRAMS } from '../scripts/build/bundle.js';
import { newDirectory } from './fixtures/directory.js';

/** Prints what is beside one of its modules, what a module has that is loaded when it is used, and a dependency's answer. */
const MAIN = `
import { createServer } from 'node:http';
import pLimit from 'p-limit';
import { texts } from './storage/texts.js';
const { LATER } = await import('./later.js');
console.log([texts(), LATER, typeof createServer, pLimit(3).concurrency].join(' '));
`;
const SOURCES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(PROGRAMS.map((name) => [`src/${name}.ts`, 'export {};'])),
  'src/main.ts': MAIN,
  'src/later.ts': `export const LATER: string = 'later';`,
  'src/storage/texts.ts': `import { readdirSync } from 'node:fs';
export const texts = (): string => readdirSync(import.meta.dirname + '/migrations').join();`,
  'src/storage/migrations/0001-first.sql': '--',
  'src/commands/backup.ts': `import { texts } from '../storage/texts.js';
console.log('backup of', texts());`,
};

describe('scripts/build.ts', () => {
  let root: string;

  beforeEach(async () => {
    const { path, remove } = await newDirectory();
    onTestFinished(remove);
    root = path;
    for (const name of ['tsconfig.json', 'tsconfig.build.json', 'scripts']) {
      await cp(name, inRoot(name), { recursive: true });
    }
    await symlink(resolve('node_modules'), inRoot('node_modules'));
    await write('package.json', '{"type":"module"}');
    await write('package-lock.json', '{}');
    for (const [name, text] of Object.entries(SOURCES)) await write(name, text);
  });

  it('builds programs that find the files beside their modules, and run without node_modules', async () => {
    expect(await build()).toContain('server: built');
    await rm(inRoot('node_modules'));
    expect(await run('dist/main.js')).toBe('0001-first.sql later function 3\n');
    expect(await run('dist/commands/backup.js')).toBe('backup of 0001-first.sql\n');
  });

  it('builds again what has changed, and leaves nothing of what was there before', async () => {
    await build();
    const before = await filesOf('dist');
    expect(await build()).toBe('');
    await write('src/later.ts', `export const LATER: string = 'changed';`);
    await rename(inRoot('src/storage/migrations/0001-first.sql'), inRoot('src/storage/migrations/0001-renamed.sql'));
    expect(await build()).toContain('server: built');
    expect(await run('dist/main.js')).toBe('0001-renamed.sql changed function 3\n');
    expect(await filesOf('dist')).toHaveLength(before.length);
    expect(await filesOf('build')).toEqual(expect.arrayContaining(['later.js', 'storage/migrations/0001-renamed.sql']));
    expect(await filesOf('build')).not.toContain('storage/migrations/0001-first.sql');
    expect(await build()).toBe('');
  });

  it('says what is wrong, leaves what was built, and tries again', async () => {
    await build();
    await write('src/later.ts', 'export const LATER: string = 1;');
    await expect(build()).rejects.toThrow("Type 'number' is not assignable to type 'string'");
    expect(await run('dist/main.js')).toBe('0001-first.sql later function 3\n');
    // What is wrong, and not what was compiled all the same.
    await expect(build()).rejects.toMatchObject({
      stderr: expect.stringMatching(/^src\/\S+ error .* is not assignable .*\n$/) as string,
    });
  });

  it('refuses what would find no file beside it', async () => {
    await write('src/later.ts', 'export const LATER: string = import.meta.url;');
    await expect(build()).rejects.toThrow('later.ts: only import.meta.dirname can be bundled');
  });

  it('builds the server, and says that it builds no page, without development dependencies', async () => {
    await install('rolldown', 'p-limit', 'yocto-queue');
    const { stdout, stderr } = await execute('scripts/build.ts');
    expect(stdout).toContain('server: built');
    expect(stderr).toContain('explorer: not built, which takes the development dependencies');
    expect(await run('dist/main.js')).toBe('0001-first.sql later function 3\n');
    expect(await readdir(root)).not.toContain('build');
  });

  it('leaves what was built where development dependencies are removed, and builds the rest where they are added', async () => {
    await build();
    await install('rolldown');
    expect(await build()).toBe('');
    await rm(inRoot('build'), { recursive: true });
    expect(await build()).toBe('');
    await install('rolldown', 'p-limit', 'yocto-queue', 'typescript', '@types');
    expect(await build()).toContain('server: built');
    expect(await filesOf('build')).toContain('later.js');
  });

  it('says what to do where nothing is installed', async () => {
    await install();
    await expect(build()).rejects.toMatchObject({
      stderr: 'The server is not built, and what builds it is not installed: run npm ci.\n',
    });
  });

  it('builds nothing where there are no sources', async () => {
    await rm(inRoot('src'), { recursive: true });
    expect(await build()).toBe('');
    expect(await readdir(root)).not.toContain('dist');
  });

  const inRoot = (name: string): string => join(root, name);

  async function write(name: string, text: string): Promise<void> {
    await mkdir(dirname(inRoot(name)), { recursive: true });
    await writeFile(inRoot(name), text);
  }

  /** Leaves no other packages. */
  async function install(...names: string[]): Promise<void> {
    await rm(inRoot('node_modules'), { recursive: true });
    await mkdir(inRoot('node_modules'));
    for (const name of names) await symlink(resolve('node_modules', name), inRoot(`node_modules/${name}`));
  }

  const execute = (...program: string[]) => promisify(execFile)(process.execPath, program, { cwd: root });

  /** What it prints; rejects with what it prints as errors. */
  const run = async (...program: string[]): Promise<string> => (await execute(...program)).stdout;

  const build = (): Promise<string> => run('scripts/build.ts', 'server');

  async function filesOf(directory: string): Promise<string[]> {
    const entries = await readdir(inRoot(directory), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(inRoot(directory), join(parentPath, name)));
  }
});
