import { describe, expect, it } from 'vitest';
import { FullReportDocument, WhereAnAmountFallsDocument, type FullReportQuery } from '../generated/operations.js';
import { json, payBody, ready, unconfirmed, yoeBody, type UpstreamOptions } from '../fixtures/upstream/upstream.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

const LETTER_CASES: UpstreamOptions['letterCase'][] = ['pascal', 'camel', 'mixed'];
const WRAPPERS: UpstreamOptions['wrapper'][] = ['Report', 'Reports'];
const LINK_VERSIONS: UpstreamOptions['linkVersion'][] = ['v1', 'v2', 'mixed'];

const COMBINATIONS = LETTER_CASES.flatMap((letterCase) =>
  (['v1', 'v2'] as const).map((api) => [letterCase, api] as const),
);

/** Both reports without their collection times. */
function figures(data: FullReportQuery | null): unknown {
  const { pay, yoe } = data?.report ?? {};
  return { pay: { ...pay, collectedAt: null }, yoe: { ...yoe, collectedAt: null } };
}

describe.concurrent('the fields of both reports', () => {
  it('have the figures of upstream', async ({ start }) => {
    const startedAt = Date.now();
    const server = await start();
    const { data } = await server.run(FullReportDocument, { answers: SEATTLE });
    const { pay, yoe } = data?.report ?? {};
    expect(pay?.basePay).toMatchObject({
      currencyName: 'US Dollar',
      currencyFormat: '$#,##0',
      count: 1843,
      percent: 1,
      percentile10: 74_200,
      percentile25: 88_500,
      percentile50: 104_300,
      percentile75: 123_900,
      percentile90: 145_100,
      average: 107_200,
      statistics: { count: 1843, percent: 1, mean: 107_200, skewness: 0.42, kurtosis: 3.1 },
    });
    expect(pay?.basePay?.percentiles).toHaveLength(99);
    expect(pay?.basePay?.percentiles[49]).toEqual({ percentile: 50, value: 104_300 });
    const medians = [pay?.totalPay, pay?.hourlyPay, pay?.bonus, pay?.commission, pay?.profitShare];
    expect(medians.map((part) => part?.percentile50)).toEqual([113_600, 50.14, 8_200, 11_000, 4_900]);
    expect(pay).toMatchObject({ totalCompanies: 1127, totalIncumbents: 1843, totalProfilesAnalyzed: 1902 });
    expect(pay?.rankedFactors.map(({ field }) => field)).toEqual(['City', 'YearsExperience', 'Skills']);
    expect(pay).toMatchObject({ levelUsed: 'City', reportRating: 0.86, warnings: [] });
    const context = { submittedJobTitle: SEATTLE.jobTitle, matchedJobTitle: SEATTLE.jobTitle, jobTitleRating: 100 };
    expect([pay?.context, yoe?.context]).toEqual([context, context]);
    expect(yoe?.currency).toEqual({ name: 'US Dollar', id: 1, format: '$#,##0', abbreviation: 'USD' });
    expect(yoe?.ranges[0]).toMatchObject({
      name: 'Entry Level',
      percent: 0.18,
      percentile10: 62_000,
      percentile90: 111_400,
    });
    expect(yoe?.majorShifts).toEqual([
      { experience: 5, target: 104_300, actual: 108_900 },
      { experience: 10, target: 121_700, actual: 119_200 },
    ]);
    expect(yoe?.reportRating).toBe(0.74);
    const collectedAt = Date.parse(pay?.collectedAt ?? '');
    expect(collectedAt).toBeGreaterThanOrEqual(startedAt);
    expect(collectedAt).toBeLessThanOrEqual(Date.now());
  });

  it.for(COMBINATIONS)(
    'are the same for %s case from API %s, with any wrapper and link version',
    async ([letterCase, api], { upstream, start }) => {
      const server = await start({ env: { JOBALYZER_API_VERSION: api } });
      const plain = await server.run(FullReportDocument, { answers: SEATTLE });
      Object.assign(upstream.options, { letterCase, pendingPolls: 1 });
      let number = 0;
      for (const wrapper of WRAPPERS) {
        for (const linkVersion of LINK_VERSIONS) {
          Object.assign(upstream.options, { wrapper, linkVersion });
          const { data, errors } = await server.run(FullReportDocument, { answers: numbered(number++) });
          expect(errors).toEqual([]);
          expect(figures(data)).toEqual(figures(plain.data));
        }
      }
      const paths = upstream.requests.filter(({ kind }) => kind === 'submit').map(({ path }) => path);
      expect(new Set(paths)).toEqual(new Set([`/jobalyzer/${api}/reports`]));
      expect(upstream.count('submit')).toBe(7);
    },
  );

  it.for<[string, object | null]>([
    ['everything but the rating', { ReportRating: 0 }],
    [
      'everything but the rating, with null for every other part',
      {
        ...Object.fromEntries(Object.keys({ ...payBody().Report, ...yoeBody().Report }).map((key) => [key, null])),
        ReportRating: 0,
      },
    ],
    [
      'what would be in its parts',
      {
        ReportRating: 0,
        BasePayReport: {},
        Statistics: {},
        RankedFactors: [],
        Currency: {},
        Ranges: [{}, null],
        MajorShifts: [null],
      },
    ],
  ])('may be missing upstream: %s', async ([name, Report], { upstream, start }) => {
    for (const type of ['pay', 'yoe'] as const) upstream.script.poll(type).push(ready({ Report }));
    const server = await start();
    const { data, errors } = await server.run(FullReportDocument, { answers: SEATTLE });
    expect(errors).toEqual([]);
    const { pay, yoe } = data?.report ?? {};
    expect(pay).toMatchObject({
      totalPay: null,
      levelUsed: null,
      reportRating: 0,
      rankedFactors: [],
      context: null,
      warnings: [],
    });
    expect(yoe).toMatchObject({ majorShifts: [], reportRating: 0, context: null, warnings: [] });
    if (name !== 'what would be in its parts') return;
    expect(pay?.basePay).toMatchObject({ percentile50: null, statistics: null, percentiles: [] });
    expect(yoe?.currency).toEqual({ name: null, id: null, format: null, abbreviation: null });
    expect(yoe?.ranges).toHaveLength(1);
  });

  it('include the warnings of the submission and of the report without duplicates', async ({ upstream, start }) => {
    const [early, late] = [unconfirmed('City', 'Atlantis'), unconfirmed('Skills', 'Sorcery')];
    upstream.script.submit.push(() =>
      json({
        Links: { PayReport: upstream.link('pay'), YearsExperienceReport: upstream.link('yoe') },
        Warnings: [early],
      }),
    );
    upstream.script.poll('pay').push(ready(payBody({ Warnings: [late, early] })));
    const server = await start();
    const { data } = await server.run(FullReportDocument, { answers: SEATTLE });
    const ids = (warnings: readonly { answerId: string | null }[] = []) => warnings.map(({ answerId }) => answerId);
    expect(ids(data?.report?.pay?.warnings)).toEqual(['City', 'Skills']);
    expect(ids(data?.report?.yoe?.warnings)).toEqual(['City']);
    expect(data?.report?.pay?.warnings[0]).toEqual({
      field: 'city',
      answerId: 'City',
      answerValue: 'Atlantis',
      message: "'Atlantis' is not a confirmed answer",
      code: 'UnconfirmedAnswer',
    });
  });
});

describe.concurrent('a report value of the wrong type', () => {
  it.for<[string, object, string, object]>([
    [
      'a string for a number',
      { BasePayReport: { Percentile50: 'plenty' } },
      'Report.BasePayReport.Percentile50',
      { basePay: { percentile25: 88_500, percentile50: null } },
    ],
    ['an object for a number', { ReportRating: {} }, 'Report.ReportRating', { reportRating: null }],
    ['a list for an object', { BasePayReport: [] }, 'Report.BasePayReport', { basePay: null }],
    ['a string for a list', { RankedFactors: 'City' }, 'Report.RankedFactors', { rankedFactors: [] }],
    [
      'a string in the percentiles',
      { Bonus: { FullPercentiles: { 60: 'x' } } },
      'Report.Bonus.FullPercentiles["60"]',
      { bonus: { percentile50: 8_200 } },
    ],
    ['an integer beyond 32 bits', { TotalCompanies: 2 ** 40 }, 'Report.TotalCompanies', { totalCompanies: null }],
  ])('is null or left out, with a warning: %s', async ([, Report, path, served], { upstream, start, restart }) => {
    upstream.script.poll('pay').push(ready(payBody({ Report })));
    const server = await start();
    const first = await server.run(FullReportDocument, { answers: SEATTLE });
    // The report was paid for, so it is kept as it is and neither bought nor collected again.
    const later = await (await restart(server)).run(FullReportDocument, { answers: SEATTLE });
    for (const { data, errors } of [first, later]) {
      expect(errors).toEqual([]);
      expect(data?.report?.pay).toMatchObject({
        totalIncumbents: 1843,
        ...served,
        warnings: [
          { answerId: null, answerValue: null, code: 'UNREADABLE', message: expect.stringContaining(`${path} `) },
        ],
      });
      const has60th = data?.report?.pay?.bonus?.percentiles.some(({ percentile }) => percentile === 60);
      expect(has60th).toBe(!path.startsWith('Report.Bonus.FullPercentiles'));
      expect(data?.report?.yoe).toMatchObject({ reportRating: 0.74, warnings: [] });
    }
    expect([upstream.count('submit'), upstream.polls('pay').length]).toEqual([1, 1]);
  });

  it('is accepted if it is a numeric string', async ({ upstream, start }) => {
    upstream.script
      .poll('pay')
      .push(ready(payBody({ Report: { BasePayReport: { Percentile50: '104300' as never } } })));
    const server = await start();
    const { data } = await server.run(FullReportDocument, { answers: SEATTLE });
    expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
  });
});

describe.concurrent('percentileRank', () => {
  it.for([
    [104_300, 50],
    [123_900, 75],
    [1, null],
    [10_000_000, null],
    [-5, null],
  ] as const)('of amount %d is %s', async ([amount, rank], { start }) => {
    const server = await start();
    const { data } = await server.run(WhereAnAmountFallsDocument, { answers: SEATTLE, amount });
    expect(data?.report?.pay?.basePay?.percentileRank).toBe(rank);
  });
});
