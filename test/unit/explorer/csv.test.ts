import { expect, it } from 'vitest';
import { csvOf } from '../../../explorer/export/csv.js';
import { fileName } from '../../../explorer/export/file-name.js';
import { moneyOf } from '../../../explorer/charts/money.js';

it('cells are quoted as RFC 4180 has it, and none is run as a formula', () => {
  const rows = [
    ['a "b", c', -5.5, null],
    ['=1+1', 0, '@x'],
    ['two\r\nlines', 3, '+49'],
  ] as const;
  expect(csvOf({ columns: [{ name: 'Name' }, { name: 'Pay' }, { name: '-x' }], rows })).toBe(
    ["\ufeffName,Pay,'-x", '"a ""b"", c",-5.5,', "'=1+1,0,'@x", '"two\r\nlines",3,+49', ''].join('\r\n'),
  );
});

it('files are named by what they show', () => {
  expect(fileName('Pay by city – C# Developer, Köln', 'csv')).toBe('pay-by-city-c-developer-köln.csv');
});

it('amounts are written in the currency that a report names', () => {
  expect(moneyOf('USD').exact(123_683.4)).toBe('$123,683');
  expect(moneyOf('EUR').short(123_683)).toBe('€124K');
  expect(moneyOf('GBP').exact(59.456)).toBe('£59.46');
  expect(moneyOf(null).exact(1_200)).toBe('1,200');
});
