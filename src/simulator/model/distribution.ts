import type { WirePayStatistics } from '../../contract/wire.js';

/** A log-normal distribution, a common approximation of the distribution of pay. */
export interface PayDistribution {
  /** In a currency, per year or per hour. */
  median: number;
  /** Standard deviation of the logarithm. */
  spread: number;
}

/** @returns the amount that `percentile` percent earn less than; `percentile` is above 0 and below 100. */
export function amountAt({ median, spread }: PayDistribution, percentile: number): number {
  return median * Math.exp(spread * standardNormal(percentile / 100));
}

export function averageOf({ median, spread }: PayDistribution): number {
  return median * Math.exp(spread ** 2 / 2);
}

export function deviationOf(distribution: PayDistribution): number {
  return averageOf(distribution) * Math.sqrt(Math.expm1(distribution.spread ** 2));
}

/** A set of statistics without its amounts. */
export interface Sample {
  currencyName: string;
  currencyFormat: string;
  /** Number of people who reported an amount. */
  count: number;
  /** Percentage of all respondents, 0 to 100. */
  percent: number;
}

/** @returns the statistics in Jobalyzer's format, amounts rounded to `decimals`. */
export function payStatistics(
  distribution: PayDistribution,
  sample: Sample,
  decimals = 0,
): Required<WirePayStatistics> {
  const amount = (value: number) => Number(value.toFixed(decimals));
  const at = (percentile: number) => amount(amountAt(distribution, percentile));
  const growth = Math.exp(distribution.spread ** 2);
  return {
    ...sampleFields(sample),
    Percentile10: at(10),
    Percentile25: at(25),
    Percentile50: at(50),
    Percentile75: at(75),
    Percentile90: at(90),
    Average: amount(averageOf(distribution)),
    Statistics: {
      Count: sample.count,
      Percent: sample.percent,
      Mean: Number(averageOf(distribution).toFixed(2)),
      StdDev: Number(deviationOf(distribution).toFixed(2)),
      Skewness: Number(((growth + 2) * Math.sqrt(growth - 1)).toFixed(4)),
      Kurtosis: Number((growth ** 4 + 2 * growth ** 3 + 3 * growth ** 2 - 6).toFixed(4)),
    },
    FullPercentiles: Object.fromEntries(Array.from({ length: 99 }, (_, below) => [`${below + 1}`, at(below + 1)])),
  };
}

/** @returns statistics for too few people: the counts, and null for all amounts. */
export function emptyStatistics(sample: Sample): Required<WirePayStatistics> {
  return {
    ...sampleFields(sample),
    Percentile10: null,
    Percentile25: null,
    Percentile50: null,
    Percentile75: null,
    Percentile90: null,
    Average: null,
    Statistics: null,
    FullPercentiles: null,
  };
}

function sampleFields(sample: Sample) {
  return {
    CurrencyName: sample.currencyName,
    CurrencyFormat: sample.currencyFormat,
    Count: sample.count,
    Percent: sample.percent,
  };
}

/**
 * The inverse of the standard normal distribution, by bisection of its integral. The usual approximations are faster, but
 * a wrong digit in their coefficients would go unnoticed. Computed once per percentile.
 */
function standardNormal(probability: number): number {
  const known = quantiles.get(probability);
  if (known !== undefined) return known;
  let [low, high] = [-8, 8];
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2;
    if (below(middle) < probability) low = middle;
    else high = middle;
  }
  const quantile = (low + high) / 2;
  if (quantiles.size < 1_000) quantiles.set(probability, quantile);
  return quantile;
}

const quantiles = new Map<number, number>();

/** The share of a standard normal distribution below `z`, from the power series of its integral. */
function below(z: number): number {
  let [term, sum] = [z, z];
  for (let n = 3; Math.abs(term) > 1e-17 && n < 400; n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}
