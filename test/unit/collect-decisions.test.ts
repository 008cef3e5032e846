import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/errors.js';
import { afterPoll } from '../../src/datasources/reports/collect-decisions.js';
import { transition, type EntryIn } from '../../src/datasources/reports/ledger.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';

const failure: Failure = { code: 'UPSTREAM_TIMEOUT', message: 'No.' };
const NOW = 1_000;
const TTL = 500;

function linked(given: Partial<EntryIn<'LINKED'>> = {}): EntryIn<'LINKED'> {
  return { ...entryAt(4, LINKED), ...LINKED, ...given };
}

describe('after a poll', () => {
  it('that returned the report, it is collected and kept for its time', () => {
    const after = afterPoll(linked(), { kind: 'ready', body: '{}', rating: 0.5 }, NOW, TTL);
    expect(after).toEqual({ kind: 'end', event: { kind: 'collect', body: '{}', rating: 0.5, expiresAt: NOW + TTL } });
    expect(after.kind === 'end' && transition(linked(), after.event, NOW)).toMatchObject({
      after: { state: 'COLLECTED' },
      body: '{}',
    });
  });

  it('that upstream ended, the failure is kept for the same time', () => {
    const after = afterPoll(linked(), { kind: 'ended', failure }, NOW, TTL);
    expect(after).toEqual({ kind: 'end', event: { kind: 'end', failure, expiresAt: NOW + TTL } });
    expect(after.kind === 'end' && transition(linked(), after.event, NOW)?.after.state).toBe('FAILED');
  });

  it('that is pending, it is polled when upstream says, and earlier faults are forgotten', () => {
    const entry = linked({ attempt: 3, faults: 2 });
    expect(afterPoll(entry, { kind: 'pending', hintMs: 700, retryAfterMs: null }, NOW, TTL, 0)).toEqual({
      kind: 'poll-again',
      entry: { ...entry, at: NOW, attempt: 4, faults: 0, retryAfterMs: 700, nextPollAt: NOW + 700 },
      delayMs: 700,
    });
  });

  it.each([
    [0, 250],
    [1, 500],
    [4, 4_000],
    [99, 5_000],
    [100, 60_000],
  ])('that failed after %i others in a row, it is polled again after %i ms', (faults, delayMs) => {
    const after = afterPoll(linked({ faults }), { kind: 'fault', failure, retryAfterMs: null }, NOW, TTL, 0);
    expect(after).toMatchObject({ delayMs, entry: { faults: faults + 1, attempt: 1 } });
  });

  it('that said Retry-After, it is not polled before', () => {
    const after = afterPoll(linked(), { kind: 'fault', failure, retryAfterMs: 9_000 }, NOW, TTL, 0);
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
        const after = afterPoll(entry, outcome, NOW, TTL, dice);
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
          retryAfterMs: told,
          nextPollAt: NOW + after.delayMs,
        });
      }),
    );
  });
});
