import { describe, expect, it } from 'vitest';
import { closingTimes } from '../../src/doors/websocket/closing.js';

describe('the times at which sockets are closed at the end', () => {
  it.each([2, 3, 10, 40, 1_001])('are spread evenly over less than 3 seconds: %d sockets', (count) => {
    const times = closingTimes(count);
    expect(times).toHaveLength(count);
    expect(times[0]).toBe(0);
    for (const [index, at] of times.slice(1).entries()) expect(at - (times[index] ?? 0)).toBeCloseTo(3_000 / count);
    expect(times.at(-1)).toBeGreaterThanOrEqual(1_500);
    expect(times.at(-1)).toBeLessThan(3_000);
  });

  it('have at most about a third of the sockets in any second', () => {
    const times = closingTimes(40);
    for (const from of times) {
      expect(times.filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(14);
    }
  });

  it('do not delay a single socket', () => {
    expect([closingTimes(0), closingTimes(1)]).toEqual([[], [0]]);
  });
});
