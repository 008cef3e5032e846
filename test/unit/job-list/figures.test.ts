import { describe, expect, it } from 'vitest';
import { canonicalAnswers } from '../../../src/model/answers.js';
import { figureColumns, figuresOf, type PricedJob, type PricedPay } from '../../../src/model/job-list/figures.js';
import type { ReportType } from '../../../src/model/report.js';

const PAID = {
  currencyCode: 'USD',
  currencyName: 'US Dollar',
  percentile10: 1,
  percentile25: 2,
  percentile50: 3,
  percentile75: 4,
  percentile90: 5,
  average: 6,
};
const PAY: PricedPay = { basePay: PAID, hourlyPay: null, reportRating: 0.5, context: { matchedJobTitle: 'Nurse' } };
const RANGES = [
  { minYears: 0, maxYears: 1, percentile50: 10 },
  { minYears: 1, maxYears: 4, percentile50: 20 },
  { minYears: 5, maxYears: 9, percentile50: 30 },
  { minYears: 20, maxYears: null, percentile50: 50 },
  { minYears: null, maxYears: null, percentile50: 99 },
];
const YOE = { currency: { name: 'Euro', abbreviation: null }, ranges: RANGES, reportRating: 0.25, context: null };

/** By the names of the columns, without the blank ones. */
function figures(types: readonly ReportType[], job: Partial<PricedJob>, yearsExperience: number | null = null) {
  const answers = canonicalAnswers({ jobTitle: 'x', country: 'y', yearsExperience }, 'answers');
  const values = figuresOf(types, { pay: null, yoe: null, ...job }, answers);
  const named = figureColumns(types).map((name, at) => [name, values[at]] as const);
  return Object.fromEntries(named.filter(([, value]) => value !== null));
}

describe('the figures of a row', () => {
  const OF_PAY = { P10: 1, P25: 2, Median: 3, P75: 4, P90: 5, Average: 6, Rating: 0.5, Currency: 'USD' };

  it('are those of a year, or of jobs that are paid by the hour, of an hour', () => {
    const expected = { ...OF_PAY, Per: 'year', 'Matched title': 'Nurse' };
    expect(figures(['PAY'], { pay: PAY })).toEqual(expected);
    const hourly = { ...PAY, basePay: null, hourlyPay: PAID };
    expect(figures(['PAY'], { pay: hourly })).toEqual({ ...expected, Per: 'hour' });
  });

  it('over a career are medians at some years, each of the range that the years are in', () => {
    expect(figures(['YOE'], { yoe: YOE }, 1)).toEqual({
      'Median at own years': 20,
      'Median at 0 years': 10,
      'Median at 2 years': 20,
      'Median at 5 years': 30,
      'Median at 20 years': 50,
      'Rating by years': 0.25,
      Currency: 'Euro',
    });
  });

  it('over a career are those of a range also at its end, if no other begins there', () => {
    expect(figures(['YOE'], { yoe: YOE }, 9)).toMatchObject({ 'Median at own years': 30 });
    expect(figures(['YOE'], { yoe: YOE }, 10)).not.toHaveProperty('Median at own years');
  });

  it('have their columns whatever is missing', () => {
    expect(figures(['PAY', 'YOE'], {})).toEqual({});
    expect(figureColumns(['PAY', 'YOE'])).toEqual([...new Set(figureColumns(['PAY', 'YOE']))]);
  });
});
