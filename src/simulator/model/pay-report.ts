import type { WirePayReport, WirePayStatistics } from '../../contract/wire.js';
import type { ExtraPay } from '../labour-market-schema.js';
import { emptyStatistics, payStatistics, type PayDistribution, type Sample } from './distribution.js';
import { basePay, type PayFactors } from './pay-model.js';
import { sampleOf, type ReportSample } from './sample.js';

const HOURS_A_YEAR = 2_080;

/** @returns the pay report's sample, with its rating. */
export function paySample(factors: PayFactors): ReportSample {
  return sampleOf(factors);
}

/** @returns the pay report. If the sample is sparse, the rating is 0 and amounts are null. */
export function payReport(factors: PayFactors): WirePayReport {
  const sample = paySample(factors);
  const { trade } = factors.job;
  const about = (percent: number, currencyFormat = factors.country.currency.format): Sample => ({
    currencyName: factors.country.currency.name,
    currencyFormat,
    count: Math.max(1, Math.round((sample.profiles * percent) / 100)),
    percent,
  });
  const counts = {
    TotalCompanies: sample.companies,
    TotalIncumbents: sample.profiles,
    TotalProfilesAnalyzed: sample.profiles,
    RankedFactors: rankedFactors(factors),
    LevelUsed: sample.level,
    ReportRating: sample.rating,
  };
  if (sample.sparse) {
    // One of the six is an object of nulls and the others are null, because clients must handle both.
    return {
      BasePayReport: emptyStatistics({ ...about(0), count: sample.profiles }),
      TotalPayReport: null,
      HourlyPayReport: null,
      Bonus: null,
      Commission: null,
      ProfitShare: null,
      ...counts,
    };
  }

  const base = basePay(factors);
  const extras = [trade.bonus, trade.commission, trade.profitShare];
  // The average share of base pay that all extras add up to.
  const extraShare = extras.reduce((sum, extra) => sum + (extra ? (extra.reporting * extra.ofBase) / 10_000 : 0), 0);
  const scaled = (factor: number, spread = base.spread): PayDistribution => ({ median: base.median * factor, spread });
  const extra = (pay: ExtraPay | null): WirePayStatistics | null =>
    pay && payStatistics(scaled(pay.ofBase / 100, base.spread * 1.9 + 0.15), about(pay.reporting));
  return {
    BasePayReport: payStatistics(base, about(100)),
    TotalPayReport: payStatistics(scaled(1 + extraShare, base.spread * (1 + extraShare)), about(100)),
    HourlyPayReport: payStatistics(scaled(1 / HOURS_A_YEAR), about(62, `${factors.country.currency.format}.00`), 2),
    Bonus: extra(trade.bonus),
    Commission: extra(trade.commission),
    ProfitShare: extra(trade.profitShare),
    ...counts,
  };
}

/** The given answers in a fixed order of weight, highest first. */
function rankedFactors(factors: PayFactors): { Field: string; Score: number }[] {
  const given: [string, number, boolean][] = [
    ['JobTitle', 100, true],
    ['City', 82, factors.city !== null],
    ['YearsExperience', 76, factors.years !== null],
    ['State', 61, factors.state !== null],
    ['Country', 58, true],
    ['Certifications', 44, factors.certifications.length > 0],
    ['Skills', 41, factors.skills.length > 0],
    ['HighestDegreeEarned', 35, factors.degree !== null],
    ['EmployerProductActivity', 27, factors.activity !== null],
    ['AverageSizeCompetitor', 18, factors.averageSizeCompetitor !== null],
    ['CompanySales', 12, factors.companySales !== null],
  ];
  return given.filter(([, , present]) => present).map(([Field, Score]) => ({ Field, Score }));
}
