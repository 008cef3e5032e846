import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeCsv } from '../../../src/commands/price/csv-output.js';
import { testDirectory } from '../../fixtures/test-directory.js';

const SIGNAL = new AbortController().signal;

describe('the output', () => {
  it('is read again as it was, whatever is in its cells', async () => {
    const path = join(await testDirectory(), 'priced.csv');
    // Behind a letter, so that nothing is a formula.
    const cell = fc
      .string({ unit: fc.constantFrom('a', '"', ',', ';', '\t', '\r', '\n', '\r\n', ' ', 'é') })
      .map((text) => `x${text}`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(',', ';', '\t'),
        async (rows, delimiter) => {
          await writeCsv(path, Readable.from(rows), delimiter, SIGNAL);
          const text = await readFile(path, 'utf8');
          expect(parse(text, { bom: true, delimiter, record_delimiter: '\r\n' })).toEqual(rows);
          // For readers that end a row at any line break outside of quotes.
          expect(parse(text, { bom: true, delimiter, record_delimiter: ['\r\n', '\n', '\r'] })).toEqual(rows);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is that of the last of two runs at the same time, and whole', async () => {
    const directory = await testDirectory();
    const path = join(directory, 'priced.csv');
    const rowsOf = (name: string) => Array.from({ length: 2_000 }, () => [name, 'x'.repeat(20)]);
    await Promise.all(['a', 'b'].map((name) => writeCsv(path, Readable.from(rowsOf(name)), ',', SIGNAL)));
    const rows: string[][] = parse(await readFile(path), { bom: true });
    expect(rows).toHaveLength(2_000);
    expect(new Set(rows.map(([name]) => name)).size).toBe(1);
    expect(await readdir(directory)).toEqual(['priced.csv']);
  });

  it('leaves nothing where it could not be finished', async () => {
    const directory = await testDirectory();
    async function* rows() {
      yield ['a'];
      throw new Error('No more.');
    }
    await expect(writeCsv(join(directory, 'priced.csv'), rows(), ',', SIGNAL)).rejects.toThrow('No more.');
    expect(await readdir(directory)).toEqual([]);
  });
});
