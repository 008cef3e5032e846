import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/errors.js';
import { afterPoll, mayReopen, type AfterPoll } from '../../src/datasources/reports/collect-decisions.js';
import type { Entry, EntryIn } from '../../src/datasources/reports/ledger.js';
import { transition } from '../../src/datasources/reports/transition.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';

const failure: Failure = { code: 'UPSTREAM_TIMEOUT', message: 'No.' };
const NOW = 1_800_000_000_000;
const TTL = 500;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SETTINGS = { reportTtlMs: TTL, giveUpMs: 24 * HOUR, refusedForMs: MINUTE };
const TITLE = 'Software Developer';

function linked(given: Partial<EntryIn<'LINKED'>> = {}): EntryIn<'LINKED'> {
  return { ...entryAt(4, LINKED), ...LINKED, since: NOW, ...given };
}

describe('after a poll', () => {
  it('that returned the report, it is collected and kept for its time', () => {
    const ready = { kind: 'ready', body: '{}', rating: 0.5, submittedJobTitle: ' software  DEVELOPER' } as const;
    const after = afterPoll(linked(), ready, TITLE, NOW, SETTINGS);
    const event = { kind: 'collect', body: '{}', rating: 0.5, warnings: [], expiresAt: NOW + TTL };
    expect(after).toEqual({ kind: 'end', entry: linked(), event });
    expect(after.kind === 'end' && transition(linked(), after.event, NOW)).toMatchObject({
      after: { state: 'COLLECTED' },
      body: '{}',
    });
  });

  it('that returned the report of another job title, there is a warning', () => {
    const ready = { kind: 'ready', body: '{}', rating: 0.5, submittedJobTitle: 'Nurse' } as const;
    const message = 'The report is about another job title, "Nurse".';
    expect(afterPoll(linked(), ready, TITLE, NOW, SETTINGS)).toMatchObject({
      event: { warnings: [{ answerId: 'JobTitle', answerValue: TITLE, message, code: 'OTHER_JOB_TITLE' }] },
    });
  });

  it.each([
    ['SoftwareDeveloper', true],
    [' \u00a0 ', false],
    ['', false],
    ['\uff33oftware\tdeveloper ', false],
  ])('that returned the report of %j, there is a warning: %s', (submittedJobTitle, warned) => {
    const ready = { kind: 'ready', body: '{}', rating: 0.5, submittedJobTitle } as const;
    const after = afterPoll(linked(), ready, TITLE, NOW, SETTINGS);
    expect(after.kind === 'end' && 'warnings' in after.event && after.event.warnings).toHaveLength(warned ? 1 : 0);
  });

  it('with a hint, the next one is due exactly then, also if that is limited', () => {
    for (const [hintMs, dueMs] of [
      [1_000, 1_000],
      [1e9, 15_000],
      [1, 100],
    ] as const) {
      const pending = { kind: 'pending', hintMs, retryAfterMs: null } as const;
      expect(afterPoll(linked(), pending, TITLE, NOW, SETTINGS, 0.999)).toMatchObject({
        delayMs: dueMs,
        entry: { retryAfterMs: dueMs, nextPollAt: NOW + dueMs },
      });
    }
  });

  it.each([
    ['pending without a hint', { kind: 'pending', hintMs: null, retryAfterMs: null }, 250],
    ['failed', { kind: 'fault', failure, retryAfterMs: null }, 250],
    ['failed with Retry-After', { kind: 'fault', failure, retryAfterMs: 1_000 }, 1_000],
    ['refused', { kind: 'refused', failure }, 250],
  ] as const)('that was %s, the next one has jitter, by default a random one', (_, outcome, delayMs) => {
    const after = (random?: number) => afterPoll(linked(), outcome, TITLE, NOW, SETTINGS, random);
    const latest = Math.ceil(Math.min(delayMs * 1.05, delayMs + 50));
    expect([0, 0.999].map((random) => after(random))).toMatchObject([
      { delayMs, entry: { retryAfterMs: delayMs, nextPollAt: NOW + delayMs } },
      { delayMs: latest, entry: { retryAfterMs: delayMs, nextPollAt: NOW + latest } },
    ]);
    const polls = Array.from({ length: 100 }, () => after().entry.nextPollAt);
    expect(new Set(polls).size).toBeGreaterThan(5);
  });

  it('of a link so old that it is polled less often than hinted, the next one has jitter', () => {
    const entry = linked({ since: NOW - HOUR });
    const pending = { kind: 'pending', hintMs: 1_000, retryAfterMs: null } as const;
    expect(afterPoll(entry, pending, TITLE, NOW, SETTINGS, 0.999)).toMatchObject({ delayMs: MINUTE + 50 });
  });

  it('that upstream refused, it is polled again until that was repeated for a minute; then the failure is kept', () => {
    let entry = linked({ since: NOW - MINUTE });
    const refused: AfterPoll[] = [];
    for (const [index, [afterMs, kind]] of (
      [
        [0, 'poll-again'],
        [1_000, 'poll-again'],
        [MINUTE - 1, 'poll-again'],
        [MINUTE, 'end'],
      ] as const
    ).entries()) {
      const after = afterPoll(entry, { kind: 'refused', failure }, TITLE, NOW + afterMs, SETTINGS);
      expect([index, after.kind]).toEqual([index, kind]);
      refused.push(after);
      entry = after.entry;
    }
    const [first, , third, last] = refused;
    expect(first?.entry).toMatchObject({ failure, faults: 1, refusals: { since: NOW, count: 1 } });
    expect(third?.entry).toMatchObject({ failure, faults: 3, refusals: { since: NOW, count: 3 } });
    expect(last).toMatchObject({ event: { kind: 'end', failure, expiresAt: NOW + MINUTE + TTL } });
  });

  it.each([
    ['two refusals are too few', { since: NOW - HOUR, count: 1 }, 'poll-again'],
    ['the third after an hour is final', { since: NOW - HOUR, count: 2 }, 'end'],
    ['one within a minute is not, however many', { since: NOW - MINUTE + 1, count: 99 }, 'poll-again'],
  ] as const)('that upstream refused: %s', (_, refusals, kind) => {
    expect(afterPoll(linked({ refusals }), { kind: 'refused', failure }, TITLE, NOW, SETTINGS).kind).toBe(kind);
  });

  it('that is pending, refusals are forgotten; a fault neither counts nor takes them back', () => {
    const entry = linked({ refusals: { since: NOW - HOUR, count: 2 } });
    const pending = afterPoll(entry, { kind: 'pending', hintMs: 5, retryAfterMs: null }, TITLE, NOW, SETTINGS);
    expect(pending.entry).toMatchObject({ refusals: null, failure: null });
    const fault = afterPoll(entry, { kind: 'fault', failure, retryAfterMs: null }, TITLE, NOW, SETTINGS);
    expect(fault).toMatchObject({ kind: 'poll-again', entry: { refusals: entry.refusals, failure } });
  });

  it.each([
    ['pending', { kind: 'pending', hintMs: 1, retryAfterMs: null }],
    ['a fault', { kind: 'fault', failure, retryAfterMs: null }],
    ['a refusal', { kind: 'refused', failure }],
  ] as const)('that found nothing after a day, it is given up, also if it is %s', (_, outcome) => {
    const before = afterPoll(linked({ since: NOW - 24 * HOUR + 1 }), outcome, TITLE, NOW, SETTINGS);
    expect(before.kind).toBe('poll-again');
    const after = afterPoll(linked({ since: NOW - 24 * HOUR }), outcome, TITLE, NOW, SETTINGS);
    expect(after).toMatchObject({
      kind: 'end',
      event: { failure: { code: 'REPORT_FAILED', message: expect.stringContaining('24 hours') }, expiresAt: NOW + TTL },
    });
  });

  it('whose age was not stored counts from when it was linked', () => {
    const { since: _, ...entry } = linked({ at: NOW - 24 * HOUR });
    expect(afterPoll(entry, { kind: 'pending', hintMs: 1, retryAfterMs: null }, TITLE, NOW, SETTINGS).kind).toBe('end');
    const young = afterPoll(
      { ...entry, at: NOW - 7 },
      { kind: 'pending', hintMs: 1, retryAfterMs: null },
      TITLE,
      NOW,
      SETTINGS,
    );
    expect(young.entry).toMatchObject({ since: NOW - 7, at: NOW });
  });

  it.each([
    [0, 100],
    [5_000, 100],
    [30_000, 500],
    [10 * MINUTE, 10_000],
    [HOUR, MINUTE],
    [20 * HOUR, MINUTE],
  ])('that asks to be polled at once at an age of %i ms, it is polled after %i ms', (age, delayMs) => {
    const outcome = { kind: 'pending', hintMs: 1, retryAfterMs: null } as const;
    expect(afterPoll(linked({ since: NOW - age }), outcome, TITLE, NOW, SETTINGS, 0)).toMatchObject({ delayMs });
  });

  it.each([
    [0, MINUTE],
    [1, 2 * MINUTE],
    [6, HOUR],
    [500, HOUR],
  ])('whose body was too large, after %i faults it is downloaded again after %i ms', (faults, delayMs) => {
    const outcome = { kind: 'fault', failure, retryAfterMs: null, tooLarge: true } as const;
    expect(afterPoll(linked({ faults }), outcome, TITLE, NOW, SETTINGS, 0)).toMatchObject({ delayMs });
  });

  it('that had no usable report, its response is stored, at most once a minute', () => {
    const outcome = { kind: 'fault', failure, retryAfterMs: null, unusable: '<html>' } as const;
    const stored = (at: number | null) => {
      const entry = at === null ? linked() : linked({ unusable: { digest: 'd', at } });
      const after = afterPoll(entry, outcome, TITLE, NOW, SETTINGS);
      return after.kind === 'poll-again' && after.setAside;
    };
    expect([null, NOW - MINUTE, NOW - MINUTE + 1].map(stored)).toEqual(['<html>', '<html>', null]);
  });

  it('that is pending, it is polled when upstream says, and earlier faults are forgotten', () => {
    const entry = linked({ attempt: 3, faults: 2 });
    expect(afterPoll(entry, { kind: 'pending', hintMs: 700, retryAfterMs: null }, TITLE, NOW, SETTINGS, 0)).toEqual({
      kind: 'poll-again',
      entry: {
        ...entry,
        ...{ at: NOW, attempt: 4, faults: 0, failure: null, refusals: null },
        ...{ retryAfterMs: 700, nextPollAt: NOW + 700 },
      },
      delayMs: 700,
      setAside: null,
    });
  });

  it.each([
    [0, 250],
    [1, 500],
    [4, 4_000],
    [99, 5_000],
    [100, 60_000],
  ])('that failed after %i others in a row, it is polled again after %i ms', (faults, delayMs) => {
    const after = afterPoll(
      linked({ faults }),
      { kind: 'fault', failure, retryAfterMs: null },
      TITLE,
      NOW,
      SETTINGS,
      0,
    );
    expect(after).toMatchObject({ delayMs, entry: { faults: faults + 1, attempt: 1 } });
  });

  it('that said Retry-After, it is not polled before', () => {
    const after = afterPoll(linked(), { kind: 'fault', failure, retryAfterMs: 9_000 }, TITLE, NOW, SETTINGS, 0);
    expect(after).toMatchObject({ delayMs: 9_000, entry: { retryAfterMs: 9_000 } });
  });

  it('of any kind that does not end it, what clients are told is the delay without its jitter', () => {
    const hint = fc.option(fc.double());
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom('pending', 'fault'), hint, fc.nat(200), random, (kind, retryAfterMs, count, dice) => {
        const entry = linked({ attempt: count, faults: count });
        const outcome =
          kind === 'pending'
            ? { kind, hintMs: retryAfterMs, retryAfterMs: null }
            : { kind, failure, retryAfterMs: null };
        const after = afterPoll(entry, outcome, TITLE, NOW, SETTINGS, dice);
        if (after.kind !== 'poll-again') throw new Error('It was ended.');
        const told = after.entry.retryAfterMs ?? Number.NaN;
        expect(told).toBeGreaterThanOrEqual(100);
        expect(told).toBeLessThanOrEqual(60_000);
        expect(after.delayMs).toBeGreaterThanOrEqual(told);
        expect(after.delayMs).toBeLessThanOrEqual(told + 51);
        expect(after.entry).toEqual({
          ...entry,
          at: NOW,
          attempt: count + 1,
          faults: kind === 'fault' ? count + 1 : 0,
          failure: kind === 'fault' ? failure : null,
          refusals: null,
          retryAfterMs: told,
          nextPollAt: NOW + after.delayMs,
        });
      }),
    );
  });
});

describe('a report that failed', () => {
  const followed = { link: '/x', warnings: [] };
  const failed = (given: object): Entry =>
    ({ ...linked(), state: 'FAILED', expiresAt: NOW * 2, at: NOW, followed, ...given }) as Entry;

  it.each([
    [0, 0],
    [1, 1_000],
    [2, 2_000],
    [7, MINUTE],
    [5_000, MINUTE],
  ])(
    'and was polled %i times in vain since is polled again for those who ask after %i ms',
    (timesReopened, pauseMs) => {
      expect(mayReopen(failed({ timesReopened }), NOW + pauseMs)).toBe(true);
      expect(mayReopen(failed({ timesReopened }), NOW + pauseMs - 1)).toBe(false);
    },
  );

  it('is not polled again if its link was not stored, nor is a report in another state', () => {
    expect(mayReopen(failed({ followed: undefined }), NOW * 1.5)).toBe(false);
    expect(mayReopen(linked(), NOW * 1.5)).toBe(false);
  });
});
