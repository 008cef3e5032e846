import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createExpiry } from '../../src/datasources/reports/expiry.js';
import type { Entry } from '../../src/datasources/reports/ledger.js';
import type { HttpOutcome } from '../../src/datasources/jobalyzer/http.js';
import { createTrustedClock } from '../../src/lib/trusted-clock.js';
import { entryAt } from '../fixtures/fake-ledger.js';

const DAY = 24 * 60 * 60_000;
const FOUND: HttpOutcome = { kind: 'response', status: 200, headers: {}, text: '{}' };

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2030, 0, 1) });
  onTestFinished(() => void vi.useRealTimers());
});

describe('what expires', () => {
  it('does so by a clock that is trusted, and nothing is asked', async () => {
    const { expiry, asked } = expiring({ trustedAt: Date.now() });
    expect(expiry.time()).toBe(Date.now());
    expect(expiry.timeFor(stored('COLLECTED'))).toBe(Date.now());
    await expiry.confirmFor([stored('COLLECTED')]);
    expect(asked).toEqual([]);
  });

  it('is nothing that was bought while the clock is in doubt; a rejection expires all the same', () => {
    const { expiry } = expiring();
    expect(expiry.time()).toBe(-Infinity);
    expect(expiry.timeFor(stored('COLLECTED'))).toBe(-Infinity);
    expect(expiry.timeFor(stored('REJECTED'))).toBe(Date.now());
  });

  it.each<[string, () => Entry[], number]>([
    ['a report that has expired', () => [stored('REJECTED'), stored('COLLECTED')], 1],
    ['a report that has not expired', () => [stored('COLLECTED', DAY)], 0],
    ['a rejection', () => [stored('REJECTED')], 0],
    ['nothing', () => [], 0],
  ])('is confirmed by Jobalyzer, while the clock is in doubt, for %s', async (_, entriesOf, times) => {
    const { expiry, asked } = expiring();
    await expiry.confirmFor(entriesOf());
    expect(asked).toEqual(Array.from({ length: times }, () => '/status'));
  });

  it('is asked for two seconds at most', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    onTestFinished(() => timeout.mockRestore());
    const { expiry } = expiring();
    await expiry.confirmFor([stored('COLLECTED')]);
    expect(timeout.mock.calls).toEqual([[2_000]]);
  });

  it('is asked once in ten seconds, and a failure is none of its caller', async () => {
    const { expiry, asked } = expiring({ failing: true });
    await Promise.all([expiry.confirmFor([stored('COLLECTED')]), expiry.confirmFor([stored('COLLECTED')])]);
    vi.advanceTimersByTime(9_999);
    await expiry.confirmFor([stored('COLLECTED')]);
    expect(asked).toHaveLength(1);
    vi.advanceTimersByTime(1);
    await expiry.confirmFor([stored('COLLECTED')]);
    expect(asked).toHaveLength(2);
  });
});

/** An entry that expires after this time, which may be over. */
function stored(state: 'COLLECTED' | 'REJECTED', inMs = -1): Entry {
  return { ...entryAt(4, { state: 'INTENT', doubt: null }), state, expiresAt: Date.now() + inMs } as unknown as Entry;
}

/** By default the clock was trusted eight days ago for the last time, so it is in doubt. */
function expiring({ trustedAt = Date.now() - 8 * DAY, failing = false } = {}) {
  const asked: string[] = [];
  const expiry = createExpiry(createTrustedClock({ trustedAt }), {
    async lookup(path) {
      asked.push(path);
      if (failing) throw new Error('No.');
      return FOUND;
    },
  });
  return { expiry, asked };
}
