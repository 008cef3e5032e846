import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { buildIfChanged } from '../../scripts/build/if-changed.js';
import { newDirectory } from '../fixtures/directory.js';

const STAMP = 'dist/.built.json';

describe('a product', () => {
  let root: string;
  let builds: number;

  beforeEach(async () => {
    const { path, remove } = await newDirectory();
    onTestFinished(remove);
    root = path;
    builds = 0;
    for (const directory of ['src/lib', 'dist']) await mkdir(inRoot(directory), { recursive: true });
    await writeFile(inRoot('src/main.ts'), 'one');
    await writeFile(inRoot('src/lib/delay.ts'), 'two');
  });

  const inRoot = (path: string): string => join(root, path);
  const build = async (): Promise<string[]> => {
    builds++;
    await writeFile(inRoot('dist/main.js'), await readFile(inRoot('src/main.ts'), 'utf8'));
    return ['dist/main.js'];
  };
  const ask = (make = build): Promise<boolean> =>
    buildIfChanged({ root, inputs: ['src/**', 'lock.json'], stamp: STAMP, build: make });

  it('is built once, and not again where nothing has changed', async () => {
    expect(await ask()).toBe(true);
    expect(await ask()).toBe(false);
    expect(builds).toBe(1);
  });

  it('is not built again for new times of its files, nor for other files', async () => {
    await ask();
    await utimes(inRoot('src/main.ts'), new Date(), new Date(Date.now() + 60_000));
    await writeFile(inRoot('README.md'), 'other');
    expect(await ask()).toBe(false);
  });

  it.each([
    ['has another content, of the same size and time', () => replaceUnseen('src/main.ts', 'six')],
    ['is new', () => writeFile(inRoot('src/lib/new.ts'), '')],
    ['is new, and was missing before', () => writeFile(inRoot('lock.json'), '{}')],
    ['is gone', () => rm(inRoot('src/lib/delay.ts'))],
    ['has another name', () => rename(inRoot('src/lib/delay.ts'), inRoot('src/lib/wait.ts'))],
  ])('is built again if an input %s', async (_, change) => {
    await utimes(inRoot('src/main.ts'), new Date(0), new Date(0));
    await ask();
    await change();
    expect(await ask()).toBe(true);
    expect(await ask()).toBe(false);
  });

  it('is built again if the inputs are what they were before the latest build', async () => {
    await ask();
    await writeFile(inRoot('src/main.ts'), 'of another branch');
    await ask();
    await writeFile(inRoot('src/main.ts'), 'one');
    expect(await ask()).toBe(true);
    expect(await readFile(inRoot('dist/main.js'), 'utf8')).toBe('one');
  });

  it.each([
    ['a file of it is gone', () => rm(inRoot('dist/main.js'))],
    ['a file of it is truncated', () => writeFile(inRoot('dist/main.js'), 'o')],
    ['all of it is gone', () => rm(inRoot('dist'), { recursive: true }).then(() => mkdir(inRoot('dist')))],
    ['its stamp is not readable', () => writeFile(inRoot(STAMP), '{"inputs":')],
  ])('is built again if %s', async (_, damage) => {
    await ask();
    await damage();
    expect(await ask()).toBe(true);
  });

  it('is built again after a build that was interrupted, whatever the earlier one had left', async () => {
    await ask();
    await writeFile(inRoot('src/main.ts'), 'broken');
    await expect(
      ask(async () => {
        throw new Error('Interrupted.');
      }),
    ).rejects.toThrow('Interrupted.');
    await writeFile(inRoot('src/main.ts'), 'one');
    expect(await ask()).toBe(true);
  });

  it('is built again if an input has changed during the build', async () => {
    await ask(async () => {
      const outputs = await build();
      await writeFile(inRoot('src/main.ts'), 'saved too late');
      return outputs;
    });
    expect(await ask()).toBe(true);
    expect(await readFile(inRoot('dist/main.js'), 'utf8')).toBe('saved too late');
  });

  async function replaceUnseen(path: string, text: string): Promise<void> {
    await writeFile(inRoot(path), text);
    await utimes(inRoot(path), new Date(0), new Date(0));
  }
});
