import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FixedWindow } from '../../src/lib/fixed-window.js';

describe('a fixed window', () => {
  it('has so many points for each key, and says when there are more', () => {
    const window = new FixedWindow(3, 1_000);
    expect([window.use('a', 2, 0), window.use('a', 1, 400), window.use('b', 3, 400)]).toEqual([null, null, null]);
    expect(window.use('a', 1, 400.5)).toBe(600);
    expect(window.use('b', 1, 1_399)).toBe(1);
    expect(window.use('a', 3, 1_000)).toBeNull();
  });

  it('uses nothing where there are not enough points', () => {
    const window = new FixedWindow(3, 1_000);
    expect([window.use('a', 2, 0), window.use('a', 2, 1), window.use('a', 1, 2)]).toEqual([null, 999, null]);
  });

  it('forgets who has not asked for the longest time', () => {
    const window = new FixedWindow(1, 1_000, 2);
    for (const key of ['a', 'b', 'c']) window.use(key, 1, 0);
    expect([window.use('c', 1, 0), window.use('a', 1, 0)]).toEqual([1_000, null]);
  });

  it('never gives out more than its points in one window', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 300 }))), (uses) => {
        const window = new FixedWindow(7, 1_000, 1);
        let now = 0;
        let start = -Infinity;
        let given = 0;
        for (const [points, later] of uses) {
          now += later;
          if (now >= start + 1_000) [start, given] = [now, 0];
          if (window.use('a', points, now) === null) given += points;
          expect(given).toBeLessThanOrEqual(7);
        }
      }),
    );
  });
});
