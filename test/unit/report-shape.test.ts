import { describe, expect, it } from 'vitest';
import { reportShape } from '../../src/datasources/jobalyzer/report-shape.js';

const PAY = [
  ...['BasePayReport', 'TotalPayReport', 'HourlyPayReport', 'Bonus', 'Commission', 'ProfitShare'],
  ...['TotalCompanies', 'TotalIncumbents', 'TotalProfilesAnalyzed', 'RankedFactors'],
];
const YOE = ['Ranges', 'MajorShifts'];

describe('a body', () => {
  it.each([...PAY.map((name) => ['PAY', name] as const), ...YOE.map((name) => ['YOE', name] as const)])(
    'is a report of type %s if it has a figure in %s, and one of the other type otherwise',
    (type, name) => {
      const other = type === 'PAY' ? 'YOE' : 'PAY';
      for (const value of [0, '7', { low: 1 }, [{ low: { a: 1 } }]]) {
        expect(reportShape({ [name]: value }, type), JSON.stringify(value)).toEqual({
          kind: 'report',
          wrapper: null,
          rating: null,
        });
        expect(reportShape({ [name.toUpperCase()]: value }, type)).toMatchObject({ kind: 'report' });
        expect(reportShape({ [name]: value }, other)).toEqual({ kind: 'other-type', wrapper: null });
      }
      expect(reportShape({ [name]: null }, type)).toEqual({ kind: 'nothing', wrapper: null });
      expect(reportShape({ [name]: {} }, type)).toEqual({ kind: 'nothing', wrapper: null });
      // Without a figure, what it is about shows in the names of its fields.
      expect(reportShape({ [name]: {} }, other)).toMatchObject({ kind: 'other-type' });
    },
  );

  it.each(['Report', 'Reports'] as const)('may have its report in %s', (wrapper) => {
    expect(reportShape({ [wrapper]: { Ranges: [{ Low: 1 }], ReportRating: 0.5 } }, 'YOE')).toEqual({
      kind: 'report',
      wrapper,
      rating: 0.5,
    });
    expect(reportShape({ [wrapper]: { TotalCompanies: 1 } }, 'YOE')).toEqual({ kind: 'other-type', wrapper });
    expect(reportShape({ [wrapper]: { other: 1 } }, 'YOE')).toEqual({ kind: 'nothing', wrapper });
  });

  it('counts by the first place that has figures of this type', () => {
    const both = { Report: { other: 1 }, Reports: { TotalCompanies: 1, ReportRating: 2 }, TotalIncumbents: 1 };
    expect(reportShape(both, 'PAY')).toEqual({ kind: 'report', wrapper: 'Reports', rating: 2 });
    const around = { Report: { Ranges: [1] }, TotalIncumbents: 1, ReportRating: '3' };
    expect(reportShape(around, 'PAY')).toEqual({ kind: 'report', wrapper: null, rating: 3 });
  });

  it('is a report by its rating alone, also 0, unless it has what belongs to the other type', () => {
    expect(reportShape({ Report: { ReportRating: 0 } }, 'PAY')).toEqual({
      kind: 'report',
      wrapper: 'Report',
      rating: 0,
    });
    expect(reportShape({ ReportRating: null, other: 1 }, 'PAY')).toEqual({ kind: 'nothing', wrapper: null });
    expect(reportShape({ ReportRating: 'much' }, 'PAY')).toEqual({ kind: 'nothing', wrapper: null });
    expect(reportShape({ ReportRating: 1, Ranges: [] }, 'PAY')).toEqual({ kind: 'other-type', wrapper: null });
    expect(reportShape({ ReportRating: 1, Ranges: [], Bonus: {} }, 'PAY')).toMatchObject({ kind: 'report', rating: 1 });
  });

  it('has no figure in a text, in a format, or too far down', () => {
    for (const name of ['CurrencyName', 'currencyFormat', 'Field', 'NAME']) {
      expect(reportShape({ Bonus: { [name]: '0.00' } }, 'PAY'), name).toMatchObject({ kind: 'nothing' });
    }
    expect(reportShape({ Bonus: { a: { b: { c: { d: 1 } } } } }, 'PAY')).toMatchObject({ kind: 'report' });
    expect(reportShape({ Bonus: { a: { b: { c: { d: { e: 1 } } } } } }, 'PAY')).toMatchObject({ kind: 'nothing' });
  });

  it('with a field in two letter cases has the first one that is not null', () => {
    expect(reportShape({ ReportRating: null, reportRating: 4 }, 'PAY')).toMatchObject({ rating: 4 });
  });

  it.each([null, [], 'text', 7, undefined])('that is no object holds nothing: %j', (body) => {
    expect(reportShape(body, 'PAY')).toEqual({ kind: 'nothing', wrapper: null });
  });
});
