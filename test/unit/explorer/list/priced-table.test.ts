import { describe, expect, it } from 'vitest';
import { csvOf } from '../../../../explorer/export/csv.js';
import { readRows, priced } from '../../../../explorer/list/listed.js';
import { parseList } from '../../../../explorer/list/parse-list.js';
import { pricedTable } from '../../../../explorer/list/priced-table.js';
import { learnt } from '../../../../explorer/list/known.js';
import { buyable, countsOf, progressOf, reportsOf, standingOf, timeText } from '../../../../explorer/list/summary.js';
import type { FiguresFragment } from '../../../../explorer/generated/operations.js';
import { canonicalAnswers } from '../../../../src/model/answers.js';
import { recognizeColumns } from '../../../../src/model/job-list/columns.js';

const FIGURES: FiguresFragment = {
  currencyName: 'Euro',
  currencyCode: 'EUR',
  percentile10: 1,
  percentile25: 2,
  percentile50: 3,
  percentile75: 4,
  percentile90: 5,
  average: 3.5,
};

describe('a list of which one report is here', () => {
  const { columns, rows } = parseList('Title,Notes\ncook,=1+1\nCook,"a ""b"""\nChef,-2\n,x\nWaiter,y,z\n');
  const answer = { field: 'jobTitle', value: 'cook', verdict: 'CORRECTED' as const, spelling: 'Cook', suggestions: [] };
  const probe = canonicalAnswers({ jobTitle: 'cook', country: 'France' }, '');
  const check = { answers: [answer], matchedJobTitle: null, jobTitleRating: null };
  const given = priced(readRows(rows, recognizeColumns(columns), 'France'), ['PAY'], learnt([probe], [check]));
  const context = { submittedJobTitle: 'Cook', matchedJobTitle: 'Cook, Line', jobTitleRating: 90 };
  const pay = { basePay: null, hourlyPay: FIGURES, reportRating: 0.7, context };
  const problem = { code: 'BUDGET_EXCEEDED', message: '' };
  const [cook, chef] = [...given.reports.values()];
  const [cookKey, chefKey] = [...given.reports.keys()] as [string, string];
  const state = {
    rows: given.rows,
    types: ['PAY'] as const,
    reports: new Map([
      [cookKey, { ...cook!, id: 'id', status: 'READY' as const, pay }],
      [chefKey, { ...chef!, status: 'NOT_REQUESTED' as const, problem }],
    ]),
  };

  it('asks for one report for rows that differ in spelling alone', () => {
    expect([...given.reports.values()].map(({ answers }) => answers)).toEqual([
      { jobTitle: 'Cook', country: 'France' },
      { jobTitle: 'Chef', country: 'France' },
    ]);
    expect(given.rows.map((row) => [reportsOf(row, given.reports), row.sameAs])).toEqual([
      [[cook], null],
      [[cook], 2],
      [[chef], null],
      [[], null],
      [[], null],
    ]);
  });

  it('counts what has become of its rows and reports', () => {
    expect(state.rows.map((row) => standingOf(row, reportsOf(row, state.reports)))).toEqual([
      'here',
      'here',
      'failed',
      'wrong',
      'wrong',
    ]);
    expect(countsOf(state)).toMatchObject({ here: 1, failed: 1, wrong: 2, 'to-buy': 0 });
  });

  it('is taken along as it was given, each row with its figures or its error, and no cell is run as a formula', () => {
    const lines = csvOf(pricedTable(columns, state)).split('\r\n');
    expect(lines).toEqual([
      '\ufeffTitle,Notes,,P10,P25,Median,P75,P90,Average,Per,Rating,Currency,Matched title,Report id,Error,Remarks',
      'cook,\'=1+1,,1,2,3,4,5,3.5,hour,0.7,EUR,"Cook, Line",id,,“cook” is asked as “Cook”.',
      'Cook,"a ""b""",,1,2,3,4,5,3.5,hour,0.7,EUR,"Cook, Line",id,,The same as row 2.',
      'Chef,-2,,,,,,,,,,,,,BUDGET_EXCEEDED,Today’s budget is used up.',
      ',x,,,,,,,,,,,,,BAD_ROW,Job title is missing.',
      expect.stringMatching(/^Waiter,y,z,,,,,,,,,,,,BAD_ROW,"?The row has/),
      '',
    ]);
  });
});

it('what upstream does not know is bought only if it is wanted; a title that is taken for another is known', () => {
  const { columns, rows } = parseList('Title\nWizard\nSorcerer\nCook\n');
  const probes = ['Wizard', 'Sorcerer'].map((jobTitle) => canonicalAnswers({ jobTitle, country: 'France' }, ''));
  const checks = probes.map(({ jobTitle }) => ({
    answers: [{ field: 'jobTitle', value: jobTitle, verdict: 'UNKNOWN' as const, spelling: null, suggestions: [] }],
    matchedJobTitle: jobTitle === 'Sorcerer' ? 'Magician' : null,
    jobTitleRating: null,
  }));
  const { reports } = priced(readRows(rows, recognizeColumns(columns), 'France'), ['PAY'], learnt(probes, checks));
  const absent = new Map([...reports].map(([key, report]) => [key, { ...report, status: 'NOT_REQUESTED' as const }]));
  const titles = (keys: readonly string[]) => keys.map((key) => absent.get(key)?.answers.jobTitle);
  expect(titles(buyable(absent, false))).toEqual(['Sorcerer', 'Cook']);
  expect(titles(buyable(absent, true))).toEqual(['Wizard', 'Sorcerer', 'Cook']);
});

it('how long a purchase takes is told by what has come since the first, once that is enough', () => {
  const { columns, rows } = parseList(`Title\n${Array.from({ length: 10 }, (_, at) => `Job ${at}\n`).join('')}`);
  const { reports } = priced(readRows(rows, recognizeColumns(columns), 'France'), ['PAY'], learnt([], []));
  const pay = { basePay: FIGURES, hourlyPay: null, reportRating: 1, context: null };
  const after = (count: number) =>
    new Map(
      [...reports].map(([key, report], at) => [
        key,
        { ...report, status: 'READY' as const, pay: at < count ? pay : null },
      ]),
    );
  // Five minutes of waiting until two are here say nothing of the others.
  const purchase = { chosen: [...reports.keys()], first: { at: 300_000, done: 2 } };
  expect(progressOf({ ...purchase, first: null }, after(0), 300_000)).toMatchObject({ leftMs: null });
  expect(progressOf(purchase, after(5), 310_000)).toEqual({ total: 10, here: 5, failed: 0, leftMs: null });
  expect(progressOf(purchase, after(6), 301_000)).toMatchObject({ leftMs: null });
  expect(progressOf(purchase, after(6), 308_000)).toMatchObject({ leftMs: 8_000 });
  expect(progressOf(purchase, after(8), 312_000)).toMatchObject({ leftMs: 4_000 });
});

it.each([
  [null, ''],
  [1_000, 'less than a minute left'],
  [60_000, 'about a minute left'],
  [600_000, 'about 10 minutes left'],
  [7_300_000, 'about 2 hours left'],
])('%s milliseconds are %j', (left, text) => {
  expect(timeText(left)).toBe(text);
});
