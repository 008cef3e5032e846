import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backoff,
  faultDelay,
  hintedDelay,
  LONGEST_POLL_MS,
  LONGEST_RETRY_AFTER_MS,
  largeBodyDelay,
  paceOfAge,
  retryAfterHeader,
  SHORTEST_POLL_MS,
  withJitter,
} from '../../src/datasources/jobalyzer/retry.js';

const attempts = fc.oneof(fc.nat(2_000), fc.constant(Infinity));

describe('the backoff', () => {
  it('doubles from 250 ms up to 5 s', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 100, Infinity].map((attempt) => backoff(attempt))).toEqual([
      250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000, 5_000,
    ]);
  });

  it('never decreases', () => {
    fc.assert(
      fc.property(fc.nat(2_000), (attempt) => {
        expect(backoff(attempt + 1)).toBeGreaterThanOrEqual(backoff(attempt));
      }),
    );
  });

  it('treats a negative attempt as the first', () => {
    expect(backoff(-1)).toBe(250);
  });
});

describe('the delay that a 202 asks for', () => {
  it.each([
    ['missing', null],
    ['0', 0],
    ['negative', -5],
    ['NaN', Number.NaN],
    ['infinite', Infinity],
    ['negatively infinite', -Infinity],
  ])('is none if the hint is %s', (_, hint) => {
    expect(hintedDelay(hint, null)).toBeNull();
  });

  it.each([
    ['unchanged', 2_500, 2_500],
    ['rounded up to whole milliseconds', 1_500.2, 1_501],
    ['raised to the minimum', 1, SHORTEST_POLL_MS],
    ['raised to the minimum from a fraction', 0.4, SHORTEST_POLL_MS],
    ['lowered to the maximum', 1e9, LONGEST_POLL_MS],
    ['unchanged at the minimum', SHORTEST_POLL_MS, SHORTEST_POLL_MS],
    ['unchanged at the maximum', LONGEST_POLL_MS, LONGEST_POLL_MS],
  ])('is the hint, %s', (_, hint, expected) => {
    expect(hintedDelay(hint, null)).toBe(expected);
  });

  it.each([
    ['the larger of hint and Retry-After', 700, 2_000, 2_000],
    ['the larger of hint and Retry-After', 3_000, 2_000, 3_000],
    ['Retry-After without a hint', null, 2_000, 2_000],
    ['the hint if Retry-After is 0', 700, 0, 700],
    ['Retry-After beyond the longest hint, up to a minute', 1e9, 30_000, 30_000],
    ['at most a minute', null, 86_400_000, LONGEST_RETRY_AFTER_MS],
    ['none if both are 0', 0, 0, null],
  ])('is %s', (_, hint, retryAfterMs, expected) => {
    expect(hintedDelay(hint, retryAfterMs)).toBe(expected);
  });

  it('is whole milliseconds between minimum and maximum, and within them never less than any hint', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, minExcluded: true, noNaN: true, noDefaultInfinity: true }), (hint) => {
        const ms = hintedDelay(hint, null) ?? Number.NaN;
        expect(Number.isInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThanOrEqual(Math.max(SHORTEST_POLL_MS, Math.min(hint, LONGEST_POLL_MS)));
        expect(ms).toBeLessThanOrEqual(LONGEST_POLL_MS);
      }),
    );
  });
});

describe('the delay after a fault', () => {
  it.each([
    [null, 0, 250],
    [0, 1, 500],
    [100, 2, 1_000],
    [3_000, 0, 3_000],
    [3_000, 20, 5_000],
    [LONGEST_RETRY_AFTER_MS, 0, LONGEST_RETRY_AFTER_MS],
    [1e9, 0, LONGEST_RETRY_AFTER_MS],
    [Infinity, 0, LONGEST_RETRY_AFTER_MS],
  ])('with Retry-After %s at attempt %i is %i ms', (retryAfterMs, attempt, expected) => {
    expect(faultDelay(retryAfterMs, attempt)).toBe(expected);
  });

  it('is at least the backoff and at most the maximum', () => {
    fc.assert(
      fc.property(fc.option(fc.double({ noNaN: true, min: 0 })), attempts, (retryAfterMs, attempt) => {
        const ms = faultDelay(retryAfterMs, attempt);
        expect(ms).toBeGreaterThanOrEqual(backoff(attempt));
        expect(ms).toBeLessThanOrEqual(LONGEST_RETRY_AFTER_MS);
      }),
    );
  });
});

describe('a link', () => {
  it('is polled the less often the older it is', () => {
    const hour = 3_600_000;
    expect([-5, 0, 1, 60, 61, hour, 2 * hour].map(paceOfAge)).toEqual([0, 0, 1, 1, 2, 60_000, 60_000]);
  });

  it('whose body is too large is polled after a minute, then after twice as long each time, up to an hour', () => {
    const minutes = [0, 1, 2, 3, 4, 5, 6, 7, 1_000, Infinity].map((attempt) => largeBodyDelay(attempt) / 60_000);
    expect(minutes).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
  });
});

describe('jitter', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('adds at most 5 % and 50 ms, in whole milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 120_000 }), random, (ms, share) => {
        const jittered = withJitter(ms, share);
        expect(Number.isInteger(jittered)).toBe(true);
        expect(jittered).toBeGreaterThanOrEqual(ms);
        expect(jittered).toBeLessThanOrEqual(Math.ceil(Math.min(ms * 1.05, ms + 50)));
      }),
    );
  });

  it('spreads equal delays', () => {
    expect(withJitter(10_000, 0)).toBe(10_000);
    expect(withJitter(10_000, 0.5)).toBe(10_025);
    expect(new Set(Array.from({ length: 200 }, () => withJitter(10_000))).size).toBeGreaterThan(25);
  });
});

describe('the Retry-After header', () => {
  const now = Date.parse('2026-03-01T00:00:00Z');

  it.each([
    ['seconds', '2', 2_000],
    ['zero', '0', 0],
    ['a fraction of a second', '0.25', 250],
    ['seconds between spaces', ' 30 ', 30_000],
    ['a future HTTP date', 'Sun, 01 Mar 2026 00:00:07 GMT', 7_000],
    ['an HTTP date in asctime format', 'Sun Mar  1 00:00:07 2026 GMT', 7_000],
    ['an HTTP date in asctime format without a zone, which is UTC', 'Sun Mar  1 00:00:07 2026', 7_000],
    ['an HTTP date with a leap second', 'Sun, 01 Mar 2026 00:00:60 GMT', 60_000],
    ['a distant HTTP date, at most a day', 'Sun, 01 Mar 2076 00:00:00 GMT', 86_400_000],
    ['an HTTP date in RFC 850 format of the last century', 'Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['an HTTP date in RFC 850 format', 'Sunday, 01-Mar-26 00:00:07 GMT', 7_000],
    ['a past HTTP date', 'Sat, 28 Feb 2026 23:59:59 GMT', 0],
    ['the first of several', ['3', '9'], 3_000],
  ])('may be %s', (_, value, expected) => {
    expect(retryAfterHeader(value, now)).toBe(expected);
  });

  it.each([undefined, '', '  ', [], 'soon', '1e3', 'NaN', 'Infinity', '5 seconds'].map((value) => [value]))(
    'is ignored if it is %j',
    (value) => expect(retryAfterHeader(value, now)).toBeNull(),
  );

  it.each([
    'Sun, 32 Mar 2026 00:00:07 GMT',
    'Sun, 01 Foo 2026 00:00:07 GMT',
    'Sun, 01 Mar 2026 24:00:00 GMT',
    'Sun, 01 Mar 2026 00:60:00 GMT',
    'Sun, 01 Mar 2026 00:00:61 GMT',
    'Sun, 01 Mar 2026 00:00:07 PST',
    '2026-03-01T00:00:07Z',
  ])('is ignored if it is no date of HTTP: %s', (value) => {
    expect(retryAfterHeader(value, now)).toBeNull();
  });

  it('is a delay of at most a day, or nothing, for any text', () => {
    const texts = fc.oneof(fc.string(), fc.date({ noInvalidDate: true }).map(String), fc.double().map(String));
    fc.assert(
      fc.property(texts, (text) => {
        const ms = retryAfterHeader(text, now);
        expect(ms === null || (ms >= 0 && ms <= 86_400_000)).toBe(true);
      }),
    );
  });

  it('is the same in all forms of a date, whatever the time zone', () => {
    const zone = process.env['TZ'];
    try {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 86_400 }),
          fc.constantFrom('America/New_York', 'Asia/Tokyo'),
          (seconds, TZ) => {
            process.env['TZ'] = TZ;
            const imf = new Date(now + seconds * 1_000).toUTCString();
            const [, day, month, year, time] = imf.split(/,? /);
            const forms = [
              imf,
              `Monday, ${day}-${month}-${year?.slice(2)} ${time} GMT`,
              `Mon ${month} ${day} ${time} ${year}`,
            ];
            expect(forms.map((form) => retryAfterHeader(form, now))).toEqual(forms.map(() => seconds * 1_000));
          },
        ),
      );
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it.each(['-5', '+5', 'in 5', 'try 5'])(
    'is ignored if it is %j, which is neither seconds nor an HTTP date',
    (value) => {
      expect(retryAfterHeader(value, now)).toBeNull();
    },
  );

  it('gives a finite delay for any number of digits', () => {
    expect(Number.isFinite(faultDelay(retryAfterHeader('9'.repeat(400), now), 0))).toBe(true);
  });
});
