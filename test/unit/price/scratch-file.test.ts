import { readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { openScratchFile } from '../../../src/commands/price/scratch-file.js';
import { allOf } from '../../fixtures/all-of.js';
import { testDirectory } from '../../fixtures/test-directory.js';

const SIGNAL = new AbortController().signal;

it('rows are kept in files that nobody sees, each by itself', async () => {
  const directory = await testDirectory();
  const open = async () => {
    const file = await openScratchFile<string>(directory);
    onTestFinished(() => file.close());
    return file;
  };
  const [one, other] = [await open(), await open()];
  const rows = Array.from({ length: 10_000 }, (_, at) => `${at}\n"é\u2028`);
  await Promise.all([one.write(Readable.from(rows), SIGNAL), other.write(Readable.from(['b']), SIGNAL)]);
  expect(await readdir(directory)).toEqual([]);
  expect(await allOf(one.read(SIGNAL))).toEqual(rows);
  // More than once.
  expect(await allOf(one.read(SIGNAL))).toEqual(rows);
  expect(await allOf(other.read(SIGNAL))).toEqual(['b']);
});
