import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WirePayStatistics } from '../../src/contract/wire.js';
import { countries, degrees, jobTitles, trades } from '../../src/simulator/labour-market.js';
import { amountAt } from '../../src/simulator/model/distribution.js';
import { experienceReport } from '../../src/simulator/model/experience-report.js';
import { certificationNames, skillNames } from '../../src/simulator/model/market.js';
import { basePay, PLATEAU_YEARS, type PayFactors } from '../../src/simulator/model/pay-model.js';
import { payReport } from '../../src/simulator/model/pay-report.js';
import { sampleOf } from '../../src/simulator/model/sample.js';
import { resolveTitle } from '../../src/simulator/model/title-match.js';

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const factors: fc.Arbitrary<PayFactors> = fc.constantFrom(...countries).chain((country) =>
  fc
    .record({
      job: fc.constantFrom(...jobTitles),
      place: maybe(fc.constantFrom(...country.places)),
      years: maybe(fc.integer({ min: 0, max: 60 })),
      degree: maybe(fc.constantFrom(...degrees)),
      skills: fc.subarray(skillNames.all(), { maxLength: 14 }),
      certifications: fc.subarray(certificationNames.all(), { maxLength: 4 }),
      averageSizeCompetitor: maybe(fc.integer({ min: 0, max: 1_000_000 })),
      companySales: maybe(fc.double({ min: 0, max: 1e12, noNaN: true })),
    })
    .map(({ place, ...rest }) => ({
      ...rest,
      country,
      state: place?.state ?? null,
      city: place?.city ?? null,
      activity: null,
    })),
);

describe('the pay model of the simulator', () => {
  it('is deterministic', () => {
    fc.assert(
      fc.property(factors, (given) => {
        expect(payReport(structuredClone(given))).toEqual(payReport(given));
        expect(experienceReport(structuredClone(given))).toEqual(experienceReport(given));
      }),
    );
  });

  it('never pays less for more experience, and is constant beyond the plateau', () => {
    fc.assert(
      fc.property(factors, fc.integer({ min: 0, max: 60 }), (given, years) => {
        const [now, later] = [basePay({ ...given, years }), basePay({ ...given, years: years + 1 })];
        expect(later.median).toBeGreaterThanOrEqual(now.median);
        // No single year adds more than 6 %.
        expect(later.median / now.median).toBeLessThan(1.06);
        expect(later.median === now.median).toBe(years >= PLATEAU_YEARS);
      }),
    );
  });

  it('has ascending percentiles within a plausible range', () => {
    fc.assert(
      fc.property(factors, (given) => {
        const report = payReport(given);
        for (const part of [report.BasePayReport, report.TotalPayReport, report.HourlyPayReport, report.Bonus]) {
          if (!part?.FullPercentiles) continue;
          const values = Object.values(part.FullPercentiles) as number[];
          expect(values).toHaveLength(99);
          expect(values.every((value, at) => at === 0 || value >= (values[at - 1] ?? 0))).toBe(true);
          expect(part.Percentile50).toBe(part.FullPercentiles['50']);
          expect(part.Average).toBeGreaterThanOrEqual(part.Percentile50 ?? Infinity);
          expect(part.Percentile90).toBeLessThan(20 * (part.Percentile10 ?? 0) + 20);
        }
      }),
    );
  });

  it('uses the currency of the country everywhere', () => {
    fc.assert(
      fc.property(factors, (given) => {
        const parts = Object.values(payReport(given)) as (WirePayStatistics | null)[];
        const named = parts.map((part) => part?.CurrencyName).filter((name) => name !== undefined);
        expect(new Set(named)).toEqual(new Set([given.country.currency.name]));
        expect(experienceReport(given).Currency?.Abbreviation).toBe(given.country.currency.abbreviation);
      }),
    );
  });

  it('pays more for each higher degree, and nothing extra for Any', () => {
    fc.assert(
      fc.property(factors, (given) => {
        const ladder = degrees.filter(({ level }) => level !== null);
        const pays = ladder.map((degree) => basePay({ ...given, degree }).median);
        expect(pays.every((pay, at) => at === 0 || pay > (pays[at - 1] ?? 0))).toBe(true);
        const any = degrees.find(({ level }) => level === null) ?? null;
        expect(basePay({ ...given, degree: any }).median).toBe(basePay({ ...given, degree: null }).median);
      }),
    );
  });

  it('pays more or less for a skill or certification according to the sign of its premium', () => {
    fc.assert(
      fc.property(factors, (given) => {
        const plain = basePay({ ...given, skills: [], certifications: [] }).median;
        for (const [name, premium] of Object.entries(given.job.skills)) {
          const pay = basePay({ ...given, skills: [name], certifications: [] }).median;
          expect(Math.sign(Number((pay / plain - 1).toFixed(9)))).toBe(Math.sign(premium));
        }
        for (const [name, premium] of Object.entries(given.job.certifications)) {
          const pay = basePay({ ...given, skills: [], certifications: [name] }).median;
          expect(Math.sign(Number((pay / plain - 1).toFixed(9)))).toBe(Math.sign(premium));
        }
      }),
    );
  });

  it('scales the median by the factor of the place', () => {
    fc.assert(
      fc.property(factors, (given) => {
        const place = given.country.places.find(({ city }) => city === given.city);
        const whole = basePay({ ...given, state: null, city: null }).median;
        expect(basePay(given).median / whole).toBeCloseTo(place?.pay ?? 1, 9);
      }),
    );
  });

  it('has a rating from 0 to 1, and amounts only if it is above 0', () => {
    fc.assert(
      fc.property(factors, (given) => {
        const report = payReport(given);
        const rating = report.ReportRating ?? -1;
        expect(rating >= 0 && rating <= 1).toBe(true);
        expect(report.BasePayReport?.Percentile50 !== null).toBe(rating > 0);
        expect(report.TotalPayReport !== null).toBe(rating > 0);
        const overloaded = { ...given, skills: skillNames.all().slice(0, 13) };
        expect(payReport(overloaded).ReportRating).toBe(0);
      }),
    );
  });

  it('has a rating independent of the years of experience', () => {
    fc.assert(
      fc.property(factors, fc.nat(60), fc.nat(60), (given, one, other) => {
        expect(sampleOf({ ...given, years: one })).toEqual(sampleOf({ ...given, years: other }));
      }),
    );
  });

  it('has years-of-experience ranges that rise and add up to 100 percent', () => {
    fc.assert(
      fc.property(factors, (given) => {
        const { Ranges, ReportRating } = experienceReport(given);
        if (!ReportRating) return;
        const medians = (Ranges ?? []).map((range) => range.Percent50 ?? 0);
        expect(medians).toEqual([...medians].sort((a, b) => a - b));
        expect((Ranges ?? []).reduce((sum, range) => sum + (range.Percent ?? 0), 0)).toBe(100);
      }),
    );
  });

  it('has a commission only in trades with commissions', () => {
    fc.assert(
      fc.property(factors, (given) => {
        const report = payReport(given);
        if (report.ReportRating === 0) return;
        expect(report.Commission === null).toBe(given.job.trade.commission === null);
      }),
    );
  });

  it('matches known quantiles of the normal distribution', () => {
    const at = (percentile: number) => Math.log(amountAt({ median: 1, spread: 1 }, percentile));
    expect(at(50)).toBeCloseTo(0, 9);
    expect(at(97.5)).toBeCloseTo(1.959963985, 7);
    expect(at(1)).toBeCloseTo(-2.326347874, 7);
  });
});

describe('the labour market of the simulator', () => {
  it('has at least 80 titles and 60 places in 8 countries with their own currencies', () => {
    expect(jobTitles.length).toBeGreaterThanOrEqual(80);
    expect(new Set(jobTitles.map(({ title }) => title)).size).toBe(jobTitles.length);
    expect(countries).toHaveLength(8);
    expect(new Set(countries.map(({ currency }) => currency.abbreviation)).size).toBe(8);
    expect(countries.flatMap(({ places }) => places).length).toBeGreaterThanOrEqual(60);
    expect(new Set(jobTitles.map(({ trade }) => trade))).toEqual(new Set(Object.values(trades)));
    for (const { title, skills, tasks } of jobTitles) {
      expect(Object.keys(skills).length, title).toBeGreaterThanOrEqual(2);
      expect(tasks.length, title).toBeGreaterThanOrEqual(2);
    }
  });

  it('spells skills and certifications consistently', () => {
    const spelled = (names: string[]) => new Set(names.map((name) => name.toLowerCase())).size === new Set(names).size;
    expect(spelled(jobTitles.flatMap(({ skills }) => Object.keys(skills)))).toBe(true);
    expect(spelled(jobTitles.flatMap(({ certifications }) => Object.keys(certifications)))).toBe(true);
  });

  it('has no duplicate places in a country, and population shares of at most 100 percent', () => {
    for (const { name, places } of countries) {
      expect(new Set(places.map(({ city }) => city)).size, name).toBe(places.length);
      expect(
        places.reduce((sum, { share }) => sum + share, 0),
        name,
      ).toBeLessThanOrEqual(100);
    }
  });

  it('resolves every alias to its title', () => {
    const wrong = jobTitles.flatMap(({ title, aliases }) =>
      aliases.filter((alias) => resolveTitle(alias)?.job.title !== title).map((alias) => `${alias}: not ${title}`),
    );
    expect(wrong).toEqual([]);
  });
});
