import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSpread } from '../../src/lib/spread.js';

const WINDOW_MS = 20;
const MOST = 4;

const options = fc.record({ windowMs: fc.integer({ min: 1, max: 50 }), most: fc.integer({ min: 1, max: 6 }) });
/** Many of them coincide. */
const moments = fc.array(fc.oneof(fc.integer({ min: 0, max: 100 }), fc.double({ min: 0, max: 300, noNaN: true })), {
  maxLength: 80,
});

describe('moments that are spread', () => {
  it('stay where they are, exactly, unless there are too many of them in their window', () => {
    const { place } = createSpread({ windowMs: WINDOW_MS, most: MOST });
    const due = [3.25, 3.25, 3.25, 3.25, 20, 39.999, 1e12];
    expect(due.map((at) => place(at, 0))).toEqual(due);
  });

  it('that find no room are spaced evenly over the windows after it', () => {
    const { place } = createSpread({ windowMs: WINDOW_MS, most: MOST });
    const placed = Array.from({ length: 12 }, () => place(1, 0));
    expect(placed).toEqual([1, 1, 1, 1, 20, 25, 30, 35, 40, 45, 50, 55]);
  });

  it('are never earlier than due, and never more than the most in one window', () => {
    fc.assert(
      fc.property(options, moments, ({ windowMs, most }, due) => {
        const { place } = createSpread({ windowMs, most });
        const placed = due.map((at) => place(at, 0));
        due.forEach((at, index) => expect(placed[index]).toBeGreaterThanOrEqual(at));
        const windows = Map.groupBy(placed, (at) => Math.floor(at / windowMs));
        for (const within of windows.values()) expect(within.length).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('are later than due only if every window from the one in which they are due is full', () => {
    fc.assert(
      fc.property(options, moments, ({ windowMs, most }, due) => {
        const { place } = createSpread({ windowMs, most });
        const counts = new Map<number, number>();
        for (const at of due) {
          const window = Math.floor(place(at, 0) / windowMs);
          for (let passed = Math.floor(at / windowMs); passed < window; passed++) expect(counts.get(passed)).toBe(most);
          counts.set(window, (counts.get(window) ?? 0) + 1);
        }
      }),
    );
  });

  it('are placed the same, whether or not what is over has been forgotten', () => {
    fc.assert(
      fc.property(options, moments, (given, due) => {
        const [forgetting, keeping] = [createSpread(given), createSpread(given)];
        for (const at of due.toSorted((a, b) => a - b)) expect(forgetting.place(at, at)).toBe(keeping.place(at, 0));
      }),
    );
  });

  it('are looked up in a fixed number of steps, also if they all coincide', () => {
    const { place } = createSpread({ windowMs: 1, most: 1 });
    const placed = Array.from({ length: 100_000 }, () => place(0, 0));
    expect(placed.at(-1)).toBe(99_999);
  });
});
