import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError, type Failure } from '../../src/errors.js';
import { absent, type Entry, type State } from '../../src/datasources/reports/ledger.js';
import { transition } from '../../src/datasources/reports/transition.js';
import {
  ClaimChanged,
  outcomeOfError,
  pauseBeforeNextAttempt,
  purchaseEvent,
  resultOf,
  resultWithoutPurchase,
  resumptionOf,
  type NotAccepted,
} from '../../src/datasources/reports/purchase-decisions.js';
import { PurchasesPaused } from '../../src/datasources/reports/purchase-breaker.js';
import { TokenError } from '../../src/datasources/jobalyzer/token-failures.js';
import { backoff } from '../../src/datasources/jobalyzer/retry.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';

const failure: Failure = { code: 'UPSTREAM_UNAVAILABLE', message: 'No.' };

function notAccepted(given: Partial<NotAccepted> = {}): NotAccepted {
  return { kind: 'not-accepted', failure, retryAfterMs: null, again: true, withoutToken: false, ...given };
}

describe('the pause before the next attempt', () => {
  it('grows from 250 ms, and ends with the fifth attempt', () => {
    const pauses = [1, 2, 3, 4, 5, 6].map((attempts) => pauseBeforeNextAttempt(notAccepted(), attempts, 0, 0));
    expect(pauses).toEqual([250, 500, 1_000, 2_000, null, null]);
  });

  it('has jitter, by default a random one, so that those who failed together do not return together', () => {
    expect(pauseBeforeNextAttempt(notAccepted(), 1, 0, 0.999)).toBeGreaterThan(260);
    const pauses = Array.from({ length: 100 }, () => pauseBeforeNextAttempt(notAccepted(), 4, 0));
    expect(new Set(pauses).size).toBeGreaterThan(10);
  });

  it('is none if another attempt makes no sense', () => {
    expect(pauseBeforeNextAttempt(notAccepted({ again: false }), 1, 0)).toBeNull();
  });

  it('is as long as upstream asks, if that is within 15 s of the start', () => {
    expect(pauseBeforeNextAttempt(notAccepted({ retryAfterMs: 9_000 }), 1, 6_000, 0)).toBe(9_000);
    expect(pauseBeforeNextAttempt(notAccepted({ retryAfterMs: 9_000 }), 1, 6_001, 0)).toBeNull();
    expect(pauseBeforeNextAttempt(notAccepted({ retryAfterMs: 60_000 }), 1, 0, 0)).toBeNull();
  });

  it('never ends after 15 s, and is never shorter than the backoff or what upstream asks', () => {
    const retryAfterMs = fc.option(fc.integer({ min: 0, max: 100_000 }));
    const elapsed = fc.double({ min: 0, max: 20_000, noNaN: true });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(retryAfterMs, fc.integer({ min: 1, max: 8 }), elapsed, random, (asked, attempts, elapsedMs, dice) => {
        const pauseMs = pauseBeforeNextAttempt(notAccepted({ retryAfterMs: asked }), attempts, elapsedMs, dice);
        if (pauseMs === null) return;
        expect(elapsedMs + pauseMs).toBeLessThanOrEqual(15_000);
        expect(pauseMs).toBeGreaterThanOrEqual(Math.max(asked ?? 0, backoff(attempts - 1)));
      }),
    );
  });
});

describe('an error of the client', () => {
  it.each([
    ['UPSTREAM_UNAVAILABLE', true],
    ['UPSTREAM_TIMEOUT', true],
    ['UPSTREAM_RATE_LIMITED', true],
    ['UPSTREAM_UNAUTHORIZED', false],
    ['UPSTREAM_BAD_RESPONSE', false],
    ['STORE_UNAVAILABLE', false],
  ] as const)('means that nothing was accepted: %s, another attempt %s', (code, again) => {
    expect(outcomeOfError(new ApiError(code, 'It failed.'))).toEqual(
      notAccepted({ failure: { code, message: 'It failed.', details: {} }, again }),
    );
  });

  it('has the wait that upstream asked for', () => {
    const limited = new ApiError('UPSTREAM_RATE_LIMITED', 'Slower.', { retryAfterMs: 700 });
    expect(outcomeOfError(limited).retryAfterMs).toBe(700);
  });

  it.each([true, false])('that there is no token is told apart, another attempt %s', (again) => {
    const error = new TokenError({ failure: { code: 'UPSTREAM_UNAUTHORIZED', message: 'No token.' } }, again, 700);
    expect(outcomeOfError(error)).toMatchObject({ again, withoutToken: true, retryAfterMs: 700 });
  });

  it('that purchases are paused is not tried again, and says until when', () => {
    const refusal = new ApiError('UPSTREAM_UNAVAILABLE', 'Paused.', { retryAfterMs: 5_000 });
    expect(outcomeOfError(new PurchasesPaused(refusal))).toEqual(
      notAccepted({ failure: refusal.toFailure(), again: false }),
    );
  });

  it('that part of the claim has changed is tried again with the rest', () => {
    expect(outcomeOfError(new ClaimChanged('It changed.'))).toMatchObject({ again: true, withoutToken: false });
  });

  it('that is unexpected is not told to clients, and not tried again', () => {
    const outcome = outcomeOfError(new Error('secret'));
    expect(outcome).toMatchObject({ again: false, failure: { code: 'UPSTREAM_UNAVAILABLE' } });
    expect(JSON.stringify(outcome)).not.toContain('secret');
  });
});

describe('an attempt that was not accepted', () => {
  it.each([
    ['is no failure while it is repeated', notAccepted(), false, 'delayed'],
    ['is a failure when it is given up', notAccepted(), true, 'failed'],
    ['is no failure if nothing is wrong but this request', notAccepted({ again: false }), true, 'neutral'],
    ['is no failure for want of a token', notAccepted({ withoutToken: true }), false, 'delayed'],
    ['is none either when that is given up', notAccepted({ withoutToken: true }), true, 'delayed'],
    ['is none either when that is final', notAccepted({ withoutToken: true, again: false }), true, 'delayed'],
  ] as const)('%s', (_, outcome, givenUp, result) => {
    expect(resultWithoutPurchase(outcome, givenUp)).toBe(result);
  });
});

describe('what a purchase that was sent came to', () => {
  const uncertain = (purchaseId: string): State => ({
    state: 'UNCERTAIN',
    failure,
    response: null,
    since: 1,
    purchaseId,
  });
  const collected: State = { state: 'COLLECTED', rating: 1, warnings: [], attempt: 1, expiresAt: 1 };
  const rejected: State = { state: 'REJECTED', failure, expiresAt: 1 };
  const sent: State = { state: 'SENDING', purchaseId: 'p', response: null, doubt: null };

  it.each<[string, State[], string]>([
    ['is a success with links', [LINKED, LINKED], 'succeeded'],
    ['is a success with one link beside a rejection', [rejected, LINKED], 'succeeded'],
    ['is a success if it has been collected by now', [collected, rejected], 'succeeded'],
    ['is lost as soon as one of its reports is', [LINKED, uncertain('p')], 'failed'],
    ['is lost with both', [uncertain('p'), uncertain('p')], 'failed'],
    ['is no failure for the doubt of another purchase', [uncertain('q'), LINKED], 'succeeded'],
    ['says nothing if it was rejected', [rejected, rejected], 'neutral'],
    ['says nothing beside the doubt of another purchase', [uncertain('q'), rejected], 'neutral'],
    ['says nothing while it is being sent', [sent, rejected], 'neutral'],
  ])('%s', (_, states, result) => {
    expect(
      resultOf(
        states.map((state) => entryAt(3, state)),
        'p',
      ),
    ).toBe(result);
  });
});

describe('the outcome of a purchase', () => {
  const warnings = [{ answerId: 'City', answerValue: 'Sprngfield', message: null, code: null }];
  it.each([
    [
      { kind: 'linked', link: '/jobalyzer/x', warnings },
      { kind: 'link', purchaseId: 'p', link: '/jobalyzer/x', warnings, cookies: 'a=1' },
    ],
    [
      { kind: 'rejected', failure },
      { kind: 'reject', purchaseId: 'p', failure, expiresAt: 77 },
    ],
    [
      { kind: 'uncertain', failure },
      { kind: 'lose', purchaseId: 'p', failure },
    ],
  ] as const)('%j becomes an event of the ledger', (outcome, event) => {
    expect(purchaseEvent(outcome, 'p', 77, 'a=1')).toEqual(event);
  });
});

describe('an entry that an earlier process left', () => {
  const NOW = 10_000_000;
  const MINUTE = 60_000;
  const doubt = { failure, response: null, since: 1 };
  const at = (state: State, ageMs: number): Entry => ({ ...entryAt(2, state), at: NOW - ageMs });

  it.each<[string, string, State, number]>([
    ['LINKED', 'leave', LINKED, 0],
    ['SENDING', 'UNCERTAIN', { state: 'SENDING', response: null, doubt: null }, 0],
    ['UNCERTAIN', 'leave', { state: 'UNCERTAIN', failure, response: null, since: 1 }, 0],
    ['INTENT of nearly ten minutes', 'purchase', { state: 'INTENT', doubt: null }, 10 * MINUTE - 1],
    ['INTENT of ten minutes', 'ABSENT', { state: 'INTENT', doubt: null }, 10 * MINUTE],
    ['INTENT of ten minutes with a doubt', 'UNCERTAIN', { state: 'INTENT', doubt }, 10 * MINUTE],
    ['ABSENT', 'leave', { state: 'ABSENT', failure: null }, 0],
    ['COLLECTED', 'leave', { state: 'COLLECTED', rating: 1, warnings: [], attempt: 1, expiresAt: NOW + 1 }, 0],
    ['REJECTED', 'leave', { state: 'REJECTED', failure, expiresAt: NOW + 1 }, 0],
    ['FAILED', 'leave', { state: 'FAILED', failure, attempt: 1, expiresAt: NOW + 1 }, 0],
  ])('that is %s: %s', (_, expected, state, ageMs) => {
    const entry = at(state, ageMs);
    const resumption = resumptionOf(entry, NOW);
    // What changes the entry is named by its next state.
    const next = resumption.kind === 'apply' ? transition(entry, resumption.event, NOW)?.after.state : resumption.kind;
    expect(next).toBe(expected);
  });

  it('is never bought if it may have been sent', () => {
    const sending = { state: 'SENDING', purchaseId: 'p', response: null, doubt: null } as const;
    expect(resumptionOf({ ...absent('r', 'PAY'), ...sending }, 0)).toEqual({
      kind: 'apply',
      event: {
        kind: 'lose',
        purchaseId: 'p',
        failure: { code: 'UPSTREAM_UNAVAILABLE', message: 'The server stopped before Jobalyzer answered.' },
      },
    });
  });
});
