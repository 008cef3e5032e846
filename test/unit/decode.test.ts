import { describe, expect, it } from 'vitest';
import {
  decodeDegrees,
  decodeImpact,
  decodeJobTitleMatch,
  decodeLocations,
  decodeReport as decode,
  decodeSuggestions,
} from '../../src/datasources/jobalyzer/decode.js';
import { Fields } from '../../src/datasources/jobalyzer/fields.js';
import { parseJson, parseJsonInOrder } from '../../src/lib/json.js';
import { decodeIssues } from '../../src/datasources/jobalyzer/issues.js';
import type { ReportType } from '../../src/model/report.js';
import { inLetterCase } from '../fixtures/upstream/letter-case.js';
import { impactBody, payBody, yoeBody } from '../fixtures/upstream/samples.js';

const decodeReport = <T extends ReportType>(type: T, body: unknown, country = 'United States') =>
  decode(type, body, { country });

const CASES = ['pascal', 'camel', 'mixed'] as const;

describe.each(CASES)('in %s case', (letterCase) => {
  it('decodes every field of a pay report', () => {
    const report = decodeReport('PAY', inLetterCase(payBody(), letterCase));
    expect(report).toMatchObject({
      basePay: {
        currencyName: 'US Dollar',
        currencyCode: 'USD',
        currencyFormat: '$#,##0',
        count: 1843,
        percent: 1,
        percentile10: 74_200,
        percentile25: 88_500,
        percentile50: 104_300,
        percentile75: 123_900,
        percentile90: 145_100,
        average: 107_200,
        statistics: { count: 1843, percent: 1, mean: 107_200, stdDev: 27_695.31, skewness: 0.42, kurtosis: 3.1 },
      },
      totalPay: { percentile50: 113_600 },
      hourlyPay: { percentile50: 50.14 },
      bonus: { percentile50: 8_200 },
      commission: { percentile50: 11_000 },
      profitShare: { percentile50: 4_900 },
      totalCompanies: 1127,
      totalIncumbents: 1843,
      totalProfilesAnalyzed: 1902,
      levelUsed: 'City',
      reportRating: 0.86,
      context: { submittedJobTitle: 'Software Developer', matchedJobTitle: 'Software Developer', jobTitleRating: 100 },
      warnings: [],
    });
    expect(report.rankedFactors.map(({ field }) => field)).toEqual(['City', 'YearsExperience', 'Skills']);
    expect(report.basePay?.percentiles).toHaveLength(99);
  });

  it('decodes every field of a years-of-experience report', () => {
    const report = decodeReport('YOE', inLetterCase(yoeBody(), letterCase));
    expect(report).toMatchObject({
      currency: { name: 'US Dollar', id: 1, format: '$#,##0', abbreviation: 'USD' },
      majorShifts: [
        { experience: 5, target: 104_300, actual: 108_900 },
        { experience: 10, target: 121_700, actual: 119_200 },
      ],
      reportRating: 0.74,
      context: { jobTitleRating: 100 },
    });
    expect(report.ranges).toHaveLength(5);
    expect(report.ranges[2]).toEqual({
      name: 'Mid-Career',
      minYears: null,
      maxYears: null,
      percent: 0.22,
      average: 118_120,
      stdDev: 29_531.25,
      percentile10: 81_300,
      percentile25: 97_800,
      percentile50: 117_200,
      percentile75: 137_400,
      percentile90: 156_900,
    });
  });

  it('decodes impacts without changing the names of answers', () => {
    const { impacts, context } = decodeImpact(Fields.of(inLetterCase(impactBody(), letterCase)));
    expect(impacts.map(({ answer }) => answer)).toEqual(['Python', 'C#', 'Microsoft Excel']);
    expect(impacts[1]).toEqual({
      answer: 'C#',
      profileCount: 288,
      percentReporting: 0.16,
      medianBasePay: 102_100,
      payDifferential: -2_200,
      payDifferentialPercentage: -2.11,
    });
    expect(context?.matchedJobTitle).toBe('Software Developer');
  });
});

describe('a report', () => {
  it('is also decoded from "Reports"', () => {
    const { Report, ...rest } = payBody();
    expect(decodeReport('PAY', { Reports: Report, ...rest })).toEqual(decodeReport('PAY', payBody()));
    expect(decodeReport('PAY', { Report: null, Reports: Report, ...rest })).toEqual(decodeReport('PAY', payBody()));
  });

  it.each([{}, { ReportRating: null }, [], 'text'])(
    'is decoded from the wrapper that has figures, not from %j',
    (empty) => {
      const { Report, ...rest } = payBody();
      const expected = decodeReport('PAY', payBody());
      expect(decodeReport('PAY', { Report: empty, Reports: Report, ...rest })).toEqual(expected);
      expect(decodeReport('PAY', { Report, Reports: empty, ...rest })).toEqual(expected);
    },
  );

  it('is decoded from the wrapper that has figures of its type, in whatever order', () => {
    const { Report: pay } = payBody();
    const { Report: yoe, ...rest } = yoeBody();
    const expected = decodeReport('YOE', yoeBody());
    expect(decodeReport('YOE', { Report: pay, Reports: yoe, ...rest })).toEqual(expected);
    expect(decodeReport('YOE', { Report: yoe, Reports: pay, ...rest })).toEqual(expected);
    expect(decodeReport('YOE', { Report: { LevelUsed: 'City' }, ...yoe, ...rest })).toEqual(expected);
  });

  it('has null or empty lists for missing parts', () => {
    expect(decodeReport('PAY', { Report: {} })).toEqual({
      basePay: null,
      totalPay: null,
      hourlyPay: null,
      bonus: null,
      commission: null,
      profitShare: null,
      totalCompanies: null,
      totalIncumbents: null,
      totalProfilesAnalyzed: null,
      rankedFactors: [],
      levelUsed: null,
      reportRating: null,
      context: null,
      warnings: [expect.objectContaining({ code: 'NO_FIGURES' })],
    });
    expect(decodeReport('YOE', { Report: {} })).toEqual({
      currency: null,
      ranges: [],
      majorShifts: [],
      reportRating: null,
      context: null,
      warnings: [expect.objectContaining({ code: 'NO_FIGURES' })],
    });
  });

  it('keeps zero values', () => {
    const report = decodeReport('PAY', { Report: { ReportRating: 0, TotalCompanies: 0, Bonus: { Percentile50: 0 } } });
    expect(report).toMatchObject({ reportRating: 0, totalCompanies: 0, bonus: { percentile50: 0 } });
  });

  it('skips ranked factors without a name, which a warning says, and null list elements', () => {
    const RankedFactors = [{ Field: 'City', Score: 3 }, null, { Score: 9 }, { Field: 'Skills' }];
    const { rankedFactors, warnings } = decodeReport('PAY', { Report: { RankedFactors } });
    expect(rankedFactors).toEqual([
      { field: 'City', score: 3 },
      { field: 'Skills', score: null },
    ]);
    expect(warnings).toEqual([
      {
        answerId: null,
        answerValue: null,
        message: 'Report.RankedFactors[2].Field could not be read: it should be a string, but is null.',
        code: 'UNREADABLE',
      },
    ]);
    expect(decodeReport('YOE', { Report: { Ranges: [null, { Name: 'Entry' }] } }).ranges).toHaveLength(1);
  });

  it('has the warnings of upstream', () => {
    const Warnings = [{ AnswerId: 'Skills', AnswerValue: 'Cobbol', Message: 'Ignored.', Code: 17 }, {}];
    expect(decodeReport('PAY', { Report: { ReportRating: 0 }, Warnings }).warnings).toEqual([
      { answerId: 'Skills', answerValue: 'Cobbol', message: 'Ignored.', code: '17' },
      { answerId: null, answerValue: null, message: null, code: null },
    ]);
  });

  it('has accompanying errors among its warnings', () => {
    const [Warnings, Errors] = [[{ Message: 'Sparse.' }], [{ AnswerId: 'Skills', Message: 'Ignored.' }]];
    const { warnings } = decodeReport('YOE', { Report: { ReportRating: 0 }, Warnings, Errors });
    expect(warnings.map(({ message }) => message)).toEqual(['Sparse.', 'Ignored.']);
  });

  it.each([3, {}, [3], [['text']]])('is not lost because of warnings that are unreadable: %j', (Warnings) => {
    const { reportRating, warnings } = decodeReport('PAY', { Report: { ReportRating: 0.5 }, Warnings });
    expect([reportRating, warnings]).toEqual([0.5, []]);
  });

  it('has the warnings that are only text', () => {
    const { warnings } = decodeReport('PAY', { Report: { ReportRating: 0 }, Warnings: ['Sparse.'] });
    expect(warnings).toMatchObject([{ message: 'Sparse.', answerId: null }]);
  });

  it.for([
    ['PAY', payBody(), yoeBody()],
    ['YOE', yoeBody(), payBody()],
  ] as const)(
    'of the type %s that holds the other one has a warning, and one of its own has none',
    ([type, own, other]) => {
      const codes = (body: unknown) => decodeReport(type, body).warnings.map(({ code }) => code);
      expect(codes(other)).toContain('OTHER_REPORT_TYPE');
      expect(codes(own)).not.toContain('OTHER_REPORT_TYPE');
    },
  );

  it('is decoded from the wrapper that makes it a report, as in a poll', () => {
    const Report = { LevelUsed: 'x', Currency: {} };
    expect(decodeReport('PAY', { Report, Reports: { TotalCompanies: 3 } })).toMatchObject({
      totalCompanies: 3,
      levelUsed: null,
      warnings: [],
    });
    expect(decodeReport('PAY', { Report, ReportRating: 0 })).toMatchObject({ reportRating: 0, warnings: [] });
  });

  it('is decoded without a wrapper', () => {
    const { Report, ...rest } = payBody();
    expect(decodeReport('PAY', { ...Report, ...rest })).toEqual(decodeReport('PAY', payBody()));
    const { Report: Years, ...others } = yoeBody();
    expect(decodeReport('YOE', { Report: null, ...Years, ...others })).toEqual(decodeReport('YOE', yoeBody()));
  });

  it('is served without the figures that cannot be read, and says which', () => {
    const body = parseJson(`{"Report":{"ReportRating":0.5,"TotalCompanies":3000000000,"LevelUsed":{},
      "BasePayReport":{"Percentile10":"NaN","Percentile25":"1,234","Percentile50":"104300","Percentile75":NaN,"Average":"",
        "FullPercentiles":{"20":"Infinity","30":5,"P40":6}},
      "RankedFactors":[{"Field":{},"Score":1},{"Field":"City","Score":"many"},"City"]}}`);
    const { warnings, ...report } = decodeReport('PAY', body);
    expect(report).toMatchObject({
      reportRating: 0.5,
      totalCompanies: null,
      levelUsed: null,
      basePay: {
        percentile10: null,
        percentile25: null,
        percentile50: 104_300,
        percentile75: null,
        average: null,
        percentiles: [
          { percentile: 30, value: 5 },
          { percentile: 50, value: 104_300 },
        ],
      },
      rankedFactors: [{ field: 'City', score: null }],
    });
    expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(['UNREADABLE']));
    expect(
      warnings.map(({ message }) => String(message).split(' ')[0] ?? '').toSorted((a, b) => (a < b ? -1 : 1)),
    ).toEqual([
      'Report.BasePayReport.Average',
      'Report.BasePayReport.FullPercentiles["20"]',
      'Report.BasePayReport.FullPercentiles["P40"]',
      'Report.BasePayReport.Percentile10',
      'Report.BasePayReport.Percentile25',
      'Report.BasePayReport.Percentile75',
      'Report.LevelUsed',
      'Report.RankedFactors[0].Field',
      'Report.RankedFactors[1].Score',
      'Report.RankedFactors[2]',
      'Report.TotalCompanies',
    ]);
  });

  it('omits percentiles whose name is not a number', () => {
    const FullPercentiles = { P10: 1, '': 2, '50': 3, '101': 4 };
    const { basePay } = decodeReport('PAY', { Report: { BasePayReport: { FullPercentiles } } });
    expect(basePay?.percentiles).toEqual([{ percentile: 50, value: 3 }]);
  });

  it.each([null, undefined, [], 'text', 3, {}, { Report: null }])('is not decoded from %j', (body) => {
    expect(() => decodeReport('PAY', body)).toThrow(expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE' }));
  });
});

describe('percentiles', () => {
  const percentilesOf = (BasePayReport: object) =>
    decodeReport('PAY', { Report: { BasePayReport } }).basePay?.percentiles;

  it('are sorted by rank, whatever their order and format upstream', () => {
    expect(percentilesOf({ FullPercentiles: { '99': 9, '2': '2.5', '10': 3, '1': 1, ' 50 ': 5, '12.5': 4 } })).toEqual([
      { percentile: 1, value: 1 },
      { percentile: 2, value: 2.5 },
      { percentile: 10, value: 3 },
      { percentile: 12.5, value: 4 },
      { percentile: 50, value: 5 },
      { percentile: 99, value: 9 },
    ]);
  });

  it('are those of the full table, supplemented by the five named ones', () => {
    expect(
      percentilesOf({ Percentile10: 1, Percentile50: 5, Percentile90: 9, FullPercentiles: { '50': 50, '60': 60 } }),
    ).toEqual([
      { percentile: 10, value: 1 },
      { percentile: 50, value: 50 },
      { percentile: 60, value: 60 },
      { percentile: 90, value: 9 },
    ]);
  });

  it('are the named ones without a table', () => {
    expect(percentilesOf({ Percentile25: 2, Percentile75: 7, FullPercentiles: null })).toEqual([
      { percentile: 25, value: 2 },
      { percentile: 75, value: 7 },
    ]);
  });

  it('omit null values and invalid ranks', () => {
    expect(percentilesOf({ FullPercentiles: { '-1': 1, '0': 2, '40': null, '100': 3, '101': 4 } })).toEqual([
      { percentile: 0, value: 2 },
      { percentile: 100, value: 3 },
    ]);
  });
});

describe('the lookups', () => {
  it('decode suggestions in upstream order, without nameless ones', () => {
    const body = {
      Answers: [{ Answer: 'Nurse', Score: 9 }, { Score: 8 }, { answer: 'Nursery Teacher', score: null, degree: null }],
    };
    expect(decodeSuggestions(Fields.of(body))).toEqual([
      { answer: 'Nurse', score: 9, degree: null },
      { answer: 'Nursery Teacher', score: null, degree: null },
    ]);
    expect(decodeSuggestions(Fields.of({}))).toEqual([]);
  });

  it('decode degrees by their exact names', () => {
    const Answers = ["Bachelor's Degree", 'bachelor\u2019s degree', ' Doctorate (PhD) ', 'Any', 'Nurse'].map(
      (Answer) => ({ Answer }),
    );
    const degrees = decodeDegrees(Fields.of({ Answers })).map(({ degree }) => degree);
    expect(degrees).toEqual(['BACHELORS', null, 'DOCTORATE', 'ANY', null]);
  });

  it('decode the tasks of each title', () => {
    const body = {
      Answers: [{ Answer: 'Nurse', Score: 100 }],
      Tasks: { Nurse: ['Care', null], Baker: null },
      YearsExperience: '3',
    };
    expect(decodeJobTitleMatch(Fields.of(body))).toEqual({
      matches: [{ answer: 'Nurse', score: 100, degree: null }],
      tasks: [
        { jobTitle: 'Nurse', tasks: ['Care'] },
        { jobTitle: 'Baker', tasks: [] },
      ],
      yearsExperience: 3,
    });
    expect(decodeJobTitleMatch(Fields.of({}))).toEqual({ matches: [], tasks: [], yearsExperience: null });
  });

  it('distinguish the tasks of titles that differ only in letter case', () => {
    expect(decodeJobTitleMatch(Fields.of({ Tasks: { RN: ['Care'], Rn: ['Count'] } })).tasks).toEqual([
      { jobTitle: 'RN', tasks: ['Care'] },
      { jobTitle: 'Rn', tasks: ['Count'] },
    ]);
  });

  it('decode locations, without nameless ones', () => {
    const body = { Name: 'x', Results: [{ Text: 'Seattle, WA', Id: 7, Frequency: 12 }, { Id: 8 }, { text: 'Here' }] };
    expect(decodeLocations(Fields.of(body))).toEqual([
      { text: 'Seattle, WA', city: 'Seattle', state: 'Washington', country: 'United States', id: 7, frequency: 12 },
      { text: 'Here', city: null, state: null, country: null, id: null, frequency: null },
    ]);
  });

  it('tell the currency of a report by its country where its name does not', () => {
    const codeIn = (country: string, CurrencyName: string | null) =>
      decodeReport('PAY', payBody({ Report: { BasePayReport: { CurrencyName } } }), country).basePay?.currencyCode;
    expect(codeIn('Canada', 'Dollar')).toBe('CAD');
    expect(codeIn('Canada', null)).toBe('CAD');
    expect(codeIn('Canada', 'Euro')).toBe('EUR');
    expect(codeIn('Canada', 'Yen or so')).toBeNull();
  });

  it('read the years of a range from its name', () => {
    const Ranges = [{ Name: 'Early Career (1-4 years)' }, { Name: '20 years or more' }, { Percent50: 1 }];
    const { ranges } = decodeReport('YOE', { Report: { Ranges } });
    expect(ranges.map(({ minYears, maxYears }) => [minYears, maxYears])).toEqual([
      [1, 4],
      [20, null],
      [null, null],
    ]);
  });

  it('omit null impacts', () => {
    expect(decodeImpact(Fields.of({ Answers: { SQL: null, Python: {} } })).impacts.map(({ answer }) => answer)).toEqual(
      ['Python'],
    );
  });

  it('decode impacts in upstream order, also where an answer is a number', () => {
    const text = '{"Answers":{"Python":{},"7":{},"2024":{},"3":{"ProfileCount":"x"}}}';
    const { impacts, warnings } = decodeImpact(Fields.of(parseJsonInOrder(text)));
    expect(impacts.map(({ answer }) => answer)).toEqual(['Python', '7', '2024', '3']);
    expect(warnings).toMatchObject([
      { code: 'UNREADABLE', message: expect.stringContaining('Answers["3"].ProfileCount ') },
    ]);
  });

  it('decode answers with the names of object properties', () => {
    const Answers = JSON.parse('{"__proto__":{"ProfileCount":1},"constructor":{"ProfileCount":2}}') as object;
    expect(decodeImpact(Fields.of({ Answers })).impacts).toMatchObject([
      { answer: '__proto__', profileCount: 1 },
      { answer: 'constructor', profileCount: 2 },
    ]);
  });
});

it('decodes issues with any subset of fields', () => {
  const body = Fields.of({ errors: [{ answerid: 'City' }, null, { Message: 5, Code: true }] });
  expect(decodeIssues(body, 'Errors')).toEqual([
    { answerId: 'City', answerValue: null, message: null, code: null },
    { answerId: null, answerValue: null, message: '5', code: 'true' },
  ]);
  expect(decodeIssues(body, 'Warnings')).toEqual([]);
});
