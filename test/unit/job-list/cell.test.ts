import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeCell } from '../../../src/model/job-list/cell.js';

/** What spreadsheets, and the programs that lists go through before them, drop at the start of a cell. */
const LOST = ['', ' ', '\t', '\r', '\n', '\u00a0', '\ufeff', '\u200b', '\0', '\u001f', '"'];

describe('a cell of a spreadsheet', () => {
  it.each([
    '=1+1',
    '+1+1',
    '-x',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\nx',
    '-1-1',
    '+49 30 1',
    '-1e5+A1',
    '--1',
    '＝1',
    '＠x',
  ])('is no formula: %j', (text) => {
    expect(safeCell(text)).toBe(`'${text}`);
  });

  it('is no formula either when what is before it gets lost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...LOST)).map((parts) => parts.join('')),
        fc.constantFrom('=', '+', '-', '@', '＝', '＋', '－', '＠'),
        fc.string().map((text) => `a${text}`),
        (lost, sign, rest) => {
          expect(safeCell(lost + sign + rest)).toBe(`'${lost}${sign}${rest}`);
        },
      ),
    );
  });

  it.each(['', 'a=b', 'a\n=b', '-', '--', '-5 €', '-$5', '- 5', '5%', '-.5', '-1E+5', "-1'234'567.5", "'=1", ' -5 '])(
    'is as it was: %j',
    (text) => {
      expect(safeCell(text)).toBe(text);
    },
  );

  it('is as it was if it is a number, however it is written', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom('en', 'de', 'fr', 'da', 'en-IN'),
        fc.constantFrom(undefined, 'EUR', 'USD', 'INR'),
        (number, locale, currency) => {
          const style = currency ? 'currency' : 'decimal';
          const format = new Intl.NumberFormat(locale, { style, currency, currencyDisplay: 'narrowSymbol' });
          const written = (value: number) => format.format(value);
          for (const text of [String(number), written(number), `+${written(Math.abs(number))}`])
            expect(safeCell(text)).toBe(text);
        },
      ),
    );
  });
});
