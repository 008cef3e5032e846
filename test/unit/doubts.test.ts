import { describe, expect, it } from 'vitest';
import {
  lostPurchase,
  responsesOf,
  uncertainPurchases,
  unresolvedOf,
  withLateResponse,
  withoutPurchase,
  type UnresolvedPurchase,
} from '../../src/datasources/reports/doubts.js';
import { hasExpired, isDoubtUntil, isNewer, type State } from '../../src/datasources/reports/ledger.js';
import { next } from '../../src/datasources/reports/next.js';
import { transition } from '../../src/datasources/reports/transition.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';

const failure = { code: 'UPSTREAM_TIMEOUT', message: 'No.' } as const;
const purchase = (purchaseId: string, since: number, response: string | null = null) => ({
  purchaseId,
  failure,
  response,
  since,
});
const DOUBT: UnresolvedPurchase = { ...purchase('c', 3), earlier: [purchase('b', 2), purchase('a', 1)] };
const UNCERTAIN: State = { state: 'UNCERTAIN', ...DOUBT };

describe('the purchases in doubt', () => {
  it('are all that are kept, newest first', () => {
    expect(uncertainPurchases(DOUBT)).toStrictEqual([purchase('c', 3), purchase('b', 2), purchase('a', 1)]);
    expect(uncertainPurchases(null)).toEqual([]);
    expect(unresolvedOf(entryAt(3, UNCERTAIN))).toStrictEqual(DOUBT);
    expect(unresolvedOf(entryAt(3, { state: 'INTENT', doubt: DOUBT }))).toBe(DOUBT);
    expect(unresolvedOf(entryAt(3, LINKED))).toBeNull();
  });

  it('are the others without one of them', () => {
    expect(withoutPurchase(DOUBT, { purchaseId: 'c' })).toStrictEqual({
      ...purchase('b', 2),
      earlier: [purchase('a', 1)],
    });
    expect(withoutPurchase({ ...purchase('c', 3), earlier: [purchase('b', 2)] }, { purchaseId: 'c' })).toStrictEqual(
      purchase('b', 2),
    );
    expect(withoutPurchase(purchase('c', 3), { purchaseId: 'c' })).toBeNull();
  });

  it('are one more when one is lost, later than those before, whatever the clock says', () => {
    const sending = { state: 'SENDING', purchaseId: 'd', response: '{}', cookies: 'x=1', doubt: DOUBT } as const;
    const lost = { purchaseId: 'd', failure, response: '{}', cookies: 'x=1' };
    const earlier = [purchase('c', 3), purchase('b', 2), purchase('a', 1)];
    expect(lostPurchase(sending, failure, 9)).toStrictEqual({ ...lost, since: 9, earlier });
    expect(lostPurchase(sending, failure, 3)).toStrictEqual({ ...lost, since: 4, earlier });
    expect(lostPurchase({ ...sending, doubt: null }, failure, 0)).toStrictEqual({ ...lost, since: 0 });
  });

  it('have the stored responses of all of them, and in flight only its own', () => {
    const doubt = { ...purchase('c', 3, 'C'), cookies: 'c=1', earlier: [purchase('b', 2), purchase('a', 1, 'A')] };
    const stored = [
      { purchaseId: 'c', body: 'C', cookies: 'c=1' },
      { purchaseId: 'a', body: 'A' },
    ];
    expect(responsesOf({ state: 'UNCERTAIN', ...doubt })).toEqual(stored);
    expect(responsesOf({ state: 'INTENT', doubt })).toEqual(stored);
    expect(responsesOf({ state: 'SENDING', purchaseId: 'd', response: 'D', doubt })).toEqual([
      { purchaseId: 'd', body: 'D' },
    ]);
    expect(responsesOf({ state: 'SENDING', purchaseId: 'd', response: null, doubt })).toEqual([]);
    expect(responsesOf(entryAt(3, { ...LINKED, doubt }))).toEqual([]);
  });
});

describe('a response that comes late', () => {
  const late = (purchaseId?: string) => ({ ...(purchaseId && { purchaseId }), body: '{}', cookies: 'x=1' });
  const received = { response: '{}', cookies: 'x=1' };

  it('is kept with its purchase, whichever of them it is', () => {
    expect(withLateResponse(DOUBT, late('b'), 9)).toStrictEqual({
      ...purchase('c', 3),
      earlier: [{ ...purchase('b', 2), ...received }, purchase('a', 1)],
    });
  });

  it('is not kept twice', () => {
    expect(withLateResponse(purchase('c', 3, 'C'), late('c'), 9)).toBeNull();
  });

  it('may be of a purchase that an earlier release sent without an id, unless that has a response', () => {
    const { purchaseId: _, ...nameless } = purchase('', 1);
    expect(withLateResponse({ ...purchase('c', 3), earlier: [nameless] }, late('d'), 9)).toStrictEqual({
      ...purchase('c', 3),
      earlier: [{ ...nameless, purchaseId: 'd', ...received }],
    });
    expect(withLateResponse({ ...nameless, response: 'A' }, late('d'), 9)).toMatchObject({
      response: 'A',
      earlier: [{ purchaseId: 'd', response: '{}' }],
    });
    expect(withLateResponse(nameless, { body: '{}' }, 9)).toStrictEqual({ ...nameless, response: '{}' });
  });

  it('is added as the oldest if nobody knows its purchase, and counted', () => {
    const added = { purchaseId: 'z', failure: expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE' }), ...received };
    expect(withLateResponse(purchase('c', 3), late('z'), 9)).toStrictEqual({
      ...purchase('c', 3),
      earlier: [{ ...added, since: 9 }],
    });
    const event = { kind: 'response', ...late('z') } as const;
    const unknown = transition(entryAt(3, LINKED), event, 9);
    expect(unknown).toMatchObject({ after: { state: 'LINKED', version: 4, doubt: { purchaseId: 'z' } } });
    expect(unknown?.journal).toEqual(['SUBMITTED', 'UNCERTAIN']);
    expect(transition(entryAt(3, UNCERTAIN), { ...event, purchaseId: 'b' }, 9)?.journal).toEqual([]);
  });

  it('that refuses an answer takes the doubt of its purchase back', () => {
    const refusal = { code: 'UNCONFIRMED_ANSWER', message: 'No.', details: { issues: [] } } as const;
    const event = { kind: 'reject', purchaseId: 'b', failure: refusal, expiresAt: 77 } as const;
    const step = transition(entryAt(3, UNCERTAIN), event, 9);
    expect(step?.after).toMatchObject({ state: 'UNCERTAIN', purchaseId: 'c', earlier: [{ purchaseId: 'a' }] });
    expect(step?.journal).toEqual(['RESOLVED', 'RECOVERED', 'FAILED']);
    const alone = entryAt(3, { state: 'UNCERTAIN', ...purchase('b', 2) });
    expect(next(alone, event, 9)).toMatchObject({ state: 'REJECTED', failure: refusal, expiresAt: 77 });
    expect(next(alone, { ...event, failure }, 9)).toBeNull();
    expect(next(alone, { ...event, purchaseId: 'x' }, 9)).toBeNull();
    expect(next(entryAt(3, { state: 'UNCERTAIN', ...purchase('b', 2, '{}') }), event, 9)).toBeNull();
  });
});

describe('an entry', () => {
  it('is a doubt until a time that it has reached by then', () => {
    expect([2, 3, 4].map((until) => isDoubtUntil(entryAt(3, UNCERTAIN), until))).toEqual([false, true, true]);
    expect(isDoubtUntil(entryAt(3, LINKED), 9)).toBe(false);
  });

  it('of the future is over if it is a rejection, but for a minute', () => {
    const rejected = { ...entryAt(3, { state: 'REJECTED', failure, expiresAt: 900_000 }), at: 600_000 };
    expect([539_999, 540_000, 899_999, 900_000].map((now) => hasExpired(rejected, now))).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(hasExpired(rejected, -Infinity)).toBe(false);
    const failed = { ...entryAt(3, { state: 'FAILED', failure, attempt: 1, expiresAt: 900_000 }), at: 600_000 };
    expect(hasExpired(failed, 0)).toBe(false);
  });

  it('is newer after a transition, or after a poll of the same link', () => {
    const linked = (version: number, attempt: number) => entryAt(version, { ...LINKED, attempt });
    expect(isNewer(linked(3, 5), linked(4, 0))).toBe(true);
    expect(isNewer(linked(4, 0), linked(3, 5))).toBe(false);
    expect([4, 5, 6].map((attempt) => isNewer(linked(3, 5), linked(3, attempt)))).toEqual([false, false, true]);
    const collected: State = { state: 'COLLECTED', rating: 1, warnings: [], attempt: 9, expiresAt: 1 };
    expect(isNewer(linked(3, 5), entryAt(3, collected))).toBe(false);
    expect(isNewer(entryAt(3, { ...collected, attempt: 1 }), linked(3, 5))).toBe(false);
  });
});
