import { describe, expect, it } from 'vitest';
import { parseList } from '../../../../explorer/list/parse-list.js';
import { MOST_ROWS, textOf } from '../../../../explorer/list/read-text.js';

const ROW = { number: 2, cells: ['Cook', 'France; or "Italy"'] };

describe('a list', () => {
  it.each([',', ';', '\t', '|'])('may be separated by %j', (separator) => {
    const text = `\ufeffJob title${separator}"Country, or more"\r\nCook${separator}"France; or ""Italy"""\r\n`;
    expect(parseList(text)).toEqual({ columns: ['Job title', 'Country, or more'], rows: [ROW] });
  });

  it('is read as programs write it: with a line that says what separates cells, other ends of lines, and quotes within cells', () => {
    expect(parseList('\ufeffsep=|\r\nJob title|Country, or more\r\nCook|France; or "Italy"\n')).toEqual({
      columns: ['Job title', 'Country, or more'],
      rows: [ROW],
    });
    expect(parseList('Title,Notes\r\nCook,12" pipe\nChef,b\rWaiter,c').rows.map(({ cells }) => cells)).toEqual([
      ['Cook', '12" pipe'],
      ['Chef', 'b'],
      ['Waiter', 'c'],
    ]);
  });

  it('has its rows numbered as spreadsheets do, blank ones counted and left out', () => {
    const { rows } = parseList('Title,Notes\n\nCook,"two\nlines"\n,\n  \nChef\nWaiter,a,b\n');
    expect(rows).toEqual([
      { number: 3, cells: ['Cook', 'two\nlines'] },
      { number: 6, cells: ['Chef'] },
      { number: 7, cells: ['Waiter', 'a', 'b'] },
    ]);
  });

  it.each([
    ['', 'There is nothing in it.'],
    [' \n,\n', 'There is nothing in it.'],
    ['Title,Country', 'It has one line only.'],
    ['Title\n"Cook', 'It cannot be read as CSV'],
    [`Title\n"${'x'.repeat(200_000)}"`, 'It cannot be read as CSV'],
    [`Title\n${'Cook\n'.repeat(MOST_ROWS + 1)}`, 'which is the most for this page'],
  ])('is refused with a reason: %#', (text, reason) => {
    expect(() => parseList(text)).toThrow(reason);
  });

  it('is read up to the most rows', () => {
    expect(parseList(`Title\n${'Cook\n'.repeat(MOST_ROWS)}`).rows).toHaveLength(MOST_ROWS);
  });
});

describe('a file', () => {
  const file = (...bytes: (string | number[])[]) =>
    new Blob(bytes.map((part) => (typeof part === 'string' ? part : new Uint8Array(part))));

  it('is read in UTF-8, and in UTF-16 with a byte-order mark', async () => {
    expect(await textOf(file('Café'))).toBe('Café');
    expect(await textOf(file([0xff, 0xfe, 0xe9, 0, 0x21, 0]))).toBe('é!');
    expect(await textOf(file([0xfe, 0xff, 0, 0xe9, 0, 0x21]))).toBe('é!');
  });

  it.each([
    [file(), 'The file is empty.'],
    [file([0x50, 0x4b, 3, 4, 0, 0]), 'This is no text.'],
    [file([0x43, 0x61, 0x66, 0xe9]), 'this is not UTF-8'],
    [file([...new Uint8Array(10_000_001)]), 'The file has 11 MB; this page reads at most 10.'],
  ])('is refused with a reason: %#', async (blob, reason) => {
    await expect(textOf(blob)).rejects.toThrow(reason);
  });
});
