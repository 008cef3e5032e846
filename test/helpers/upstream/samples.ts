import type {
  WireContext,
  WireExperienceRange,
  WireImpactReport,
  WirePayReport,
  WirePayStatistics,
  WireReport,
  WireYearsExperienceReport,
} from '../../../src/contract/wire.ts';

/** A deep partial of T. Lists are replaced as a whole; `undefined` omits a field. */
export type Overrides<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: Overrides<T[K]> | undefined }
    : T;

/**
 * A complete pay report as collected, in PascalCase; `ready` and the defaults apply the letter case option to it.
 *
 * @example payBody({ Report: { ReportRating: 0, Bonus: null } })
 */
export function payBody(overrides: Overrides<WireReport<WirePayReport>> = {}): WireReport<WirePayReport> {
  return merge(PAY, overrides);
}

/**
 * A complete years-of-experience report as collected, in PascalCase.
 *
 * @example yoeBody({ Report: { Ranges: [] } })
 */
export function yoeBody(
  overrides: Overrides<WireReport<WireYearsExperienceReport>> = {},
): WireReport<WireYearsExperienceReport> {
  return merge(YEARS_OF_EXPERIENCE, overrides);
}

/** The response of the impact endpoints, in PascalCase; the keys of `Answers` are data. */
export function impactBody(overrides: Overrides<WireImpactReport> = {}): WireImpactReport {
  return merge(IMPACT, overrides);
}

/** The part of a body that identifies its submission. */
export function contextFor(jobTitle: string, factors: Record<string, unknown> = {}): WireContext {
  return { MatchedFactors: factors, JobTitleRating: 100, MatchedJobTitle: jobTitle, SubmittedJobTitle: jobTitle };
}

const CONTEXT: WireContext = contextFor('Software Developer', {
  City: 'Seattle',
  State: 'Washington',
  Country: 'United States',
  'Years of Experience': 5,
});

const POINTS = [10, 25, 50, 75, 90] as const;

type FiveNumbers = readonly [number, number, number, number, number];

function statistics(values: FiveNumbers, count: number, percent: number): WirePayStatistics {
  const [p10, p25, p50, p75, p90] = values;
  const mean = round((p10 + p25 + p50 + p75 + p90) / 5);
  const deviation = round((p90 - p10) / 2.56);
  return {
    CurrencyName: 'US Dollar',
    CurrencyFormat: '$#,##0',
    Count: count,
    Percent: percent,
    Percentile10: p10,
    Percentile25: p25,
    Percentile50: p50,
    Percentile75: p75,
    Percentile90: p90,
    Average: mean,
    Statistics: { Count: count, Percent: percent, Mean: mean, StdDev: deviation, Skewness: 0.42, Kurtosis: 3.1 },
    FullPercentiles: fullPercentiles(values),
  };
}

/** Percentiles "1" to "99", interpolated linearly from the five given. */
function fullPercentiles(values: FiveNumbers): Record<string, number> {
  const all: Record<string, number> = {};
  for (let percentile = 1; percentile <= 99; percentile++) {
    const after = POINTS.findIndex((point) => percentile <= point);
    const right = after === -1 ? POINTS.length - 1 : Math.max(after, 1);
    const [x0 = 0, x1 = 1] = [POINTS[right - 1], POINTS[right]];
    const [y0 = 0, y1 = 0] = [values[right - 1], values[right]];
    all[percentile] = Math.max(0, round(y0 + ((percentile - x0) * (y1 - y0)) / (x1 - x0)));
  }
  return all;
}

function range(name: string, percent: number, values: FiveNumbers): WireExperienceRange {
  const [p10, p25, p50, p75, p90] = values;
  return {
    Name: name,
    Percent: percent,
    Average: round((p10 + p25 + p50 + p75 + p90) / 5),
    StdDev: round((p90 - p10) / 2.56),
    Percent10: p10,
    Percent25: p25,
    Percent50: p50,
    Percent75: p75,
    Percent90: p90,
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

const PAY: WireReport<WirePayReport> = {
  Report: {
    BasePayReport: statistics([74_200, 88_500, 104_300, 123_900, 145_100], 1843, 1),
    TotalPayReport: statistics([77_900, 94_100, 113_600, 139_200, 171_400], 1843, 1),
    HourlyPayReport: statistics([35.67, 42.55, 50.14, 59.57, 69.76], 1843, 1),
    Bonus: statistics([1_900, 4_100, 8_200, 14_800, 25_300], 902, 0.49),
    Commission: statistics([2_500, 5_000, 11_000, 19_500, 34_000], 31, 0.02),
    ProfitShare: statistics([980, 2_000, 4_900, 9_800, 19_200], 264, 0.14),
    TotalCompanies: 1127,
    TotalIncumbents: 1843,
    TotalProfilesAnalyzed: 1902,
    RankedFactors: [
      { Field: 'City', Score: 0.31 },
      { Field: 'YearsExperience', Score: 0.27 },
      { Field: 'Skills', Score: 0.12 },
    ],
    LevelUsed: 'City',
    ReportRating: 0.86,
  },
  Warnings: null,
  Errors: null,
  Context: CONTEXT,
};

const YEARS_OF_EXPERIENCE: WireReport<WireYearsExperienceReport> = {
  Report: {
    Currency: { Name: 'US Dollar', Id: 1, Format: '$#,##0', Abbreviation: 'USD' },
    Ranges: [
      range('Entry Level', 0.18, [62_000, 71_500, 83_900, 97_200, 111_400]),
      range('Early Career', 0.39, [70_400, 82_100, 97_600, 114_300, 131_800]),
      range('Mid-Career', 0.22, [81_300, 97_800, 117_200, 137_400, 156_900]),
      range('Experienced', 0.15, [86_100, 104_700, 124_800, 146_300, 168_200]),
      range('Late Career', 0.06, [84_900, 106_200, 127_500, 151_100, 174_600]),
    ],
    MajorShifts: [
      { Experience: 5, Target: 104_300, Actual: 108_900 },
      { Experience: 10, Target: 121_700, Actual: 119_200 },
    ],
    ReportRating: 0.74,
  },
  Warnings: null,
  Errors: null,
  Context: CONTEXT,
};

function impact(count: number, reporting: number, median: number, difference: number) {
  return {
    ProfileCount: count,
    PercentReporting: reporting,
    MedianBasePay: median,
    PayDifferential: difference,
    PayDifferentialPercentage: round((100 * difference) / (median - difference)),
  };
}

const IMPACT: WireImpactReport = {
  Answers: {
    Python: impact(612, 0.33, 108_600, 4_300),
    'C#': impact(288, 0.16, 102_100, -2_200),
    'Microsoft Excel': impact(97, 0.05, 91_400, -12_900),
  },
  Context: CONTEXT,
};

/** A copy of `base` with `overrides` merged into it. */
function merge<T>(base: T, overrides: Overrides<NoInfer<T>>): T {
  return overlaid(structuredClone(base), overrides) as T;
}

function overlaid(base: unknown, over: unknown): unknown {
  if (!isPlainObject(base) || !isPlainObject(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = overlaid(merged[key], value);
  return merged;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
