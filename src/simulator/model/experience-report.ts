import type { WireExperienceRange, WireYearsExperienceReport } from '../../contract/wire.js';
import { amountAt, averageOf, deviationOf } from './distribution.js';
import { basePay, experienceFactor, type PayFactors } from './pay-model.js';
import { sampleOf, type ReportSample } from './sample.js';

/** `middle` represents the range, in years; `percent` is the usual share of people in it. */
const RANGES = [
  { name: 'Entry Level (<1 year)', middle: 0.5, percent: 9 },
  { name: 'Early Career (1-4 years)', middle: 2.5, percent: 34 },
  { name: 'Mid Career (5-9 years)', middle: 7, percent: 25 },
  { name: 'Experienced (10-19 years)', middle: 14, percent: 21 },
  { name: 'Late Career (20+ years)', middle: 25, percent: 11 },
] as const;

/** Years of experience at which major shifts are reported. */
const SHIFTS = [1, 5, 10, 20] as const;

/** @returns the report's sample, across all years of experience, with its rating. */
export function experienceSample(factors: PayFactors): ReportSample {
  return sampleOf({ ...factors, years: null });
}

/**
 * @returns pay by years of experience for the other answers; the given years of experience are ignored. If the sample is
 * sparse, the rating is 0 and the ranges have only their names.
 */
export function experienceReport(factors: PayFactors): WireYearsExperienceReport {
  const { currency } = factors.country;
  const sample = experienceSample(factors);
  return {
    Currency: { Name: currency.name, Id: currency.id, Format: currency.format, Abbreviation: currency.abbreviation },
    Ranges: RANGES.map((range) => (sample.sparse ? emptyRange(range.name) : filledRange(range, factors))),
    MajorShifts: sample.sparse ? null : SHIFTS.map((years) => shift(years, factors)),
    ReportRating: sample.rating,
  };
}

function filledRange(range: (typeof RANGES)[number], factors: PayFactors): WireExperienceRange {
  const pay = basePay({ ...factors, years: range.middle });
  const at = (percentile: number) => Math.round(amountAt(pay, percentile));
  return {
    Name: range.name,
    Percent: range.percent,
    Average: Math.round(averageOf(pay)),
    StdDev: Math.round(deviationOf(pay)),
    Percent10: at(10),
    Percent25: at(25),
    Percent50: at(50),
    Percent75: at(75),
    Percent90: at(90),
  };
}

function emptyRange(name: string): WireExperienceRange {
  return {
    Name: name,
    Percent: null,
    Average: null,
    StdDev: null,
    Percent10: null,
    Percent25: null,
    Percent50: null,
    Percent75: null,
    Percent90: null,
  };
}

/** Percentage by which pay differs from the overall median: for the title in general, and for these answers. */
function shift(years: number, factors: PayFactors) {
  const everybody = basePay({ ...factors, years: null }).median;
  const target = experienceFactor(factors.job, years) - 1;
  const actual = basePay({ ...factors, years }).median / everybody - 1;
  // Each place deviates slightly, always by the same amount.
  const strays = 1 + ((factors.city ?? factors.state ?? '').length % 5) / 100;
  return {
    Experience: years,
    Target: Number((100 * target).toFixed(1)),
    Actual: Number((100 * actual * strays).toFixed(1)),
  };
}
