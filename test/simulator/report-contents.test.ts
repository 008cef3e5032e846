import { describe, expect, it } from 'vitest';
import { clientOf, codes, started } from './helpers.js';

describe('the reports of the simulator', () => {
  it('have all documented parts in the currency of the country', async () => {
    const client = await clientOf(await started());
    const answers = { JobTitle: 'Software Developer', Country: 'United Kingdom', City: 'London', YearsExperience: 4 };
    const { Links } = (await client.ask(answers)).body;
    const pay = (await client.get(Links.PayReport)).body.Report;
    expect(pay).toMatchObject({
      BasePayReport: {
        CurrencyName: 'British Pound',
        CurrencyFormat: '£#,##0',
        Statistics: { Mean: expect.any(Number) },
      },
      TotalPayReport: { Percentile50: expect.any(Number) },
      HourlyPayReport: { Percentile50: expect.any(Number) },
      Bonus: { Percent: 46 },
      Commission: null,
      TotalProfilesAnalyzed: expect.any(Number),
      LevelUsed: 'City',
    });
    expect(pay.TotalPayReport.Percentile50).toBeGreaterThan(pay.BasePayReport.Percentile50);
    expect(pay.ReportRating > 0 && pay.ReportRating <= 1).toBe(true);
    expect(pay.RankedFactors[0]).toEqual({ Field: 'JobTitle', Score: 100 });

    const yoe = (await client.get(Links.YearsExperienceReport)).body;
    expect(yoe.Report.Currency).toEqual({ Name: 'British Pound', Id: 3, Format: '£#,##0', Abbreviation: 'GBP' });
    expect(yoe.Report.Ranges.map((range: { Name: string }) => range.Name)).toContain('Early Career (1-4 years)');
    expect(yoe.Report.MajorShifts[0]).toEqual({
      Experience: 1,
      Target: expect.any(Number),
      Actual: expect.any(Number),
    });
    expect(yoe.Context).toBeUndefined();
  });

  it('have a rating of 0 and nulls for a rare title in a small place, and are not billable', async () => {
    const simulator = await started();
    const client = await clientOf(simulator);
    const { Links } = (await client.ask({ JobTitle: 'Judge', Country: 'United States', City: 'Helena' })).body;
    const pay = (await client.get(Links.PayReport)).body.Report;
    expect(pay).toMatchObject({ ReportRating: 0, TotalPayReport: null, HourlyPayReport: null });
    expect(pay.BasePayReport).toMatchObject({ Percentile50: null, Statistics: null, FullPercentiles: null });
    const yoe = (await client.get(Links.YearsExperienceReport)).body.Report;
    expect(yoe).toMatchObject({ ReportRating: 0, MajorShifts: null });
    expect(yoe.Ranges[0]).toMatchObject({ Name: 'Entry Level (<1 year)', Percent50: null });
    expect(simulator.counters()).toMatchObject({ submittedReports: 2, billableReports: 0 });
  });

  it.each([
    ['Software Enginer', 'Software Developer'],
    ['Senior Nurse', 'Registered Nurse'],
    ['electritian', 'Electrician'],
  ])('resolve "%s" to %s with AutoResolveJobTitle, and name it in the context', async (submitted, matched) => {
    const client = await clientOf(await started());
    const answers = { JobTitle: submitted, Country: 'Canada', City: 'Toronto' };
    const { Links } = (await client.ask(answers, { AutoResolveJobTitle: true })).body;
    const { Context } = (await client.get(Links.PayReport)).body;
    expect(Context).toMatchObject({ SubmittedJobTitle: submitted, MatchedJobTitle: matched });
    expect(Context.MatchedFactors).toMatchObject({ JobTitle: matched, State: 'Ontario', City: 'Toronto' });
    expect(Context.JobTitleRating % 10).toBe(0);
    expect(Context.JobTitleRating).toBeLessThan(100);
    expect(Context.JobTitleRating).toBeGreaterThanOrEqual(60);
  });

  it('are rejected for an unknown title that cannot be resolved', async () => {
    const client = await clientOf(await started());
    const reply = await client.ask({ JobTitle: 'Dragon Tamer', Country: 'Germany' }, { AutoResolveJobTitle: true });
    expect(reply.status).toBe(400);
    expect(codes(reply)).toEqual([['JobTitle', 'UnconfirmedAnswer']]);
  });
});
