import { expect, it } from 'vitest';
import { csvOf } from '../../../explorer/export/csv.js';
import { fileName } from '../../../explorer/export/file-name.js';
import { rangeTable } from '../../../explorer/results/range-table.js';
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

it('the head of a column says what its plain numbers are of', () => {
  expect(csvOf({ columns: [{ name: 'City' }, { name: 'P10', unit: 'USD per year' }], rows: [] })).toBe(
    '\ufeffCity,P10 (USD per year)\r\n',
  );
});

it('pay in several currencies has each of them beside its figures', () => {
  const range = { percentile10: 1, percentile25: 2, percentile50: 3, percentile75: 4, percentile90: 5 };
  const ranges = [
    { ...range, label: 'Toronto', currency: 'CAD' },
    { ...range, label: 'Seattle', currency: 'USD' },
  ];
  const table = { caption: '', head: 'Compared', money: moneyOf(null), currency: null };
  expect(
    csvOf(rangeTable({ ...table, ranges }))
      .split('\r\n')
      .slice(0, 2),
  ).toEqual([
    '\ufeffCompared,Currency,P10 (per year),P25 (per year),Median (per year),P75 (per year),P90 (per year)',
    'Toronto,CAD,1,2,3,4,5',
  ]);
  const [head] = csvOf(rangeTable({ ...table, ranges: [{ ...range, label: 'Toronto' }], currency: 'CAD' })).split(
    '\r\n',
  );
  expect(head).toContain('Compared,P10 (CAD per year)');
});

it('files are named by what they show', () => {
  expect(fileName('Pay by city – C# Developer, Köln', 'csv')).toBe('pay-by-city-c-developer-köln.csv');
  expect(fileName(`${'Ж'.repeat(90)}!`, 'png')).toBe(`${'ж'.repeat(80)}.png`);
});

it('amounts are written in the currency that a report names', () => {
  expect(moneyOf('USD').exact(123_683.4)).toBe('$123,683');
  expect(moneyOf('EUR').short(123_683)).toBe('€124K');
  expect(moneyOf('GBP').exact(59.456)).toBe('£59.46');
  // Not every dollar is the same.
  expect(moneyOf('CAD').exact(83_434)).toBe('CA$83,434');
  expect(moneyOf(null).exact(1_200)).toBe('1,200');
});
