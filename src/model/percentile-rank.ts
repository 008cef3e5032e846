import type { Percentile } from './report-contents.js';

/**
 * The percentile rank of `amount` among the points, 0 to 100: interpolated linearly, never decreasing as the amount
 * rises. If several percentiles share the value, their midpoint. Null below the lowest and above the highest value:
 * there is no data there. Points must be in ascending order of percentile. Upstream's values are not assumed to be
 * ascending: a value below an earlier one counts as equal to the highest before it.
 */
export function percentileRank(points: readonly Percentile[], amount: number): number | null {
  const rising = runningMaximum(points);
  const lowest = rising[0];
  const highest = rising.at(-1);
  if (!lowest || !highest || !(amount >= lowest.value && amount <= highest.value)) return null;

  const level = rising.filter((point) => point.value === amount);
  const [first, last] = [level[0], level.at(-1)];
  if (first && last) return (first.percentile + last.percentile) / 2;

  const above = rising.findIndex((point) => point.value > amount);
  const upper = rising[above];
  const lower = rising[above - 1];
  if (!upper || !lower) return null;
  const share = (amount - lower.value) / (upper.value - lower.value);
  return lower.percentile + share * (upper.percentile - lower.percentile);
}

function runningMaximum(points: readonly Percentile[]): Percentile[] {
  let highest = -Infinity;
  return points.map(({ percentile, value }) => {
    highest = Math.max(highest, value);
    return { percentile, value: highest };
  });
}
