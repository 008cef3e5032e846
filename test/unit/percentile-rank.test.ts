import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentileRank } from '../../src/model/percentile-rank.js';
import type { Percentile } from '../../src/model/report-contents.js';

const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });

/** Points in ascending order of rank, with values in any order. */
const points = fc
  .uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 30 })
  .chain((ranks) =>
    fc
      .array(fc.oneof(value, fc.integer({ min: 0, max: 5 })), { minLength: ranks.length, maxLength: ranks.length })
      .map((values) =>
        ranks
          .toSorted((a, b) => a - b)
          .map((percentile, index): Percentile => ({ percentile, value: values[index] ?? 0 })),
      ),
  );

const rising = points.map((given) => {
  const values = given.map((point) => point.value).toSorted((a, b) => a - b);
  return given.map(({ percentile }, index): Percentile => ({ percentile, value: values[index] ?? 0 }));
});

const FIVE: Percentile[] = [
  { percentile: 10, value: 100 },
  { percentile: 25, value: 200 },
  { percentile: 50, value: 300 },
  { percentile: 75, value: 300 },
  { percentile: 90, value: 500 },
];

describe('the percentile rank of an amount', () => {
  it.each([
    ['at a given point', 200, 25],
    ['at the lowest', 100, 10],
    ['at the highest', 500, 90],
    ['half way between two', 150, 17.5],
    ['three quarters of the way between two', 450, 86.25],
    ['in the middle of a flat run', 300, 62.5],
    ['just below a flat run', 299, 49.75],
    ['just above a flat run', 301, 75.075],
  ])('%s (%d) is %d', (_, amount, rank) => {
    expect(percentileRank(FIVE, amount)).toBeCloseTo(rank, 10);
  });

  it.each([99.99, 500.01, -Infinity, Infinity, Number.NaN, 0, -100])(
    'is null outside the range of the data: %d',
    (amount) => {
      expect(percentileRank(FIVE, amount)).toBeNull();
    },
  );

  it('is null without points', () => {
    expect(percentileRank([], 100)).toBeNull();
  });

  it('is defined only at the point if there is a single one', () => {
    const single = [{ percentile: 50, value: 100 }];
    expect([99, 100, 101].map((amount) => percentileRank(single, amount))).toEqual([null, 50, null]);
  });

  it('treats a decreasing value as equal to the highest before it', () => {
    const falling: Percentile[] = [
      { percentile: 10, value: 100 },
      { percentile: 20, value: 200 },
      { percentile: 30, value: 150 },
      { percentile: 40, value: 300 },
    ];
    expect([100, 150, 200, 250, 300].map((amount) => percentileRank(falling, amount))).toEqual([10, 15, 25, 35, 40]);
  });

  it('is monotonic in the amount for any points', () => {
    fc.assert(
      fc.property(points, fc.array(value, { minLength: 2, maxLength: 40 }), (given, amounts) => {
        const asked = [...amounts, ...given.map((point) => point.value)].toSorted((a, b) => a - b);
        const ranks = asked.map((amount) => percentileRank(given, amount)).filter((rank) => rank !== null);
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is exact at a given point, or the middle of those with the same value', () => {
    fc.assert(
      fc.property(rising, (given) => {
        for (const { value: amount } of given) {
          const same = given.filter((point) => point.value === amount).map(({ percentile }) => percentile);
          expect(percentileRank(given, amount)).toBe((Math.min(...same) + Math.max(...same)) / 2);
        }
      }),
    );
  });

  it('is within the given ranks, and null only outside the given values', () => {
    fc.assert(
      fc.property(points, value, (given, amount) => {
        const first = given[0];
        const highest = Math.max(...given.map((point) => point.value));
        const inside = first !== undefined && amount >= first.value && amount <= highest;
        const rank = percentileRank(given, amount);
        expect(rank !== null).toBe(inside);
        if (rank === null) return;
        expect(rank).toBeGreaterThanOrEqual(first?.percentile ?? 0);
        expect(rank).toBeLessThanOrEqual(given.at(-1)?.percentile ?? 100);
      }),
    );
  });

  it('does not mutate the points', () => {
    const frozen = Object.freeze([...FIVE].map((point) => Object.freeze({ ...point })));
    expect(percentileRank(frozen, 150)).toBe(17.5);
  });
});
