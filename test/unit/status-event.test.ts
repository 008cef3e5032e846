import { describe, expect, it } from 'vitest';
import type { State } from '../../src/datasources/reports/ledger.js';
import { isChange, isLast, statusEvent } from '../../src/datasources/reports/status-event.js';
import { statusOf, unavailableReason } from '../../src/datasources/reports/status.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import { NURSE } from '../fixtures/answers/answers.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';

const REPORT = { id: 'r', request: { autoResolveJobTitle: true, answers: canonicalAnswers(NURSE, 'answers') } };
const failure = { code: 'UPSTREAM_TIMEOUT', message: 'No.' } as const;
const AT = 4;
const states: Readonly<Record<State['state'], State>> = {
  ABSENT: { state: 'ABSENT', failure: null },
  ALIAS: { state: 'ALIAS', standsFor: 'other' },
  INTENT: { state: 'INTENT', doubt: null },
  SENDING: { state: 'SENDING', response: null, doubt: null },
  LINKED: { ...LINKED, attempt: 3, retryAfterMs: 700 },
  COLLECTED: { state: 'COLLECTED', rating: 1, warnings: [], attempt: 5, expiresAt: 9 },
  REJECTED: { state: 'REJECTED', failure, expiresAt: 9 },
  UNCERTAIN: { state: 'UNCERTAIN', failure, response: null, since: 1_000 },
  FAILED: { state: 'FAILED', failure, attempt: 6, expiresAt: 9 },
};
const event = (state: State, ensured = false, now = 8) => statusEvent(REPORT, entryAt(AT, state), ensured, now);

describe('the event of an entry', () => {
  it.each([
    ['ABSENT', 'NOT_REQUESTED', 0, null, null],
    ['INTENT', 'SUBMITTING', 0, null, null],
    ['SENDING', 'SUBMITTING', 0, null, null],
    ['LINKED', 'PENDING', 3, null, null],
    ['COLLECTED', 'READY', 5, null, null],
    ['REJECTED', 'FAILED', 0, 'UPSTREAM_TIMEOUT', AT],
    ['UNCERTAIN', 'FAILED', 0, 'SUBMISSION_UNCERTAIN', 1_000],
    ['FAILED', 'FAILED', 6, 'UPSTREAM_TIMEOUT', AT],
  ] as const)('in %s has the status %s', (state, status, attempt, code, since) => {
    const { failure: why, ...rest } = event(states[state]);
    expect(rest).toEqual({
      report: REPORT,
      type: 'PAY',
      status,
      at: new Date(AT),
      attempt,
      retryAfterMs: state === 'LINKED' ? 700 : null,
      failingSince: since === null ? null : new Date(since),
    });
    expect(why?.code ?? null).toBe(code);
  });

  it('that has expired is NOT_REQUESTED since then, unless it was valid when it was ensured', () => {
    const { status, at, attempt, failure: why } = event(states.FAILED, false, 9);
    expect([status, at, attempt, why]).toEqual(['NOT_REQUESTED', new Date(9), 0, null]);
    expect(event(states.COLLECTED, true, 9)).toMatchObject({ status: 'READY', at: new Date(AT), attempt: 5 });
  });

  it('that was given up is FAILED to those who asked for it, with the reason', () => {
    const givenUp = { status: 'FAILED', failure, failingSince: new Date(AT) };
    expect(event({ state: 'ABSENT', failure }, true)).toMatchObject(givenUp);
    expect(event(states.ABSENT, true).failure).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(event({ state: 'ABSENT', failure }, false)).toMatchObject({ status: 'NOT_REQUESTED', failure: null });
  });

  it('that is pending says why the latest poll failed, and a later one that it did not', () => {
    expect(event({ ...LINKED, failure })).toMatchObject({ failure, failingSince: null });
    const refused = event({ ...LINKED, failure, refusals: { since: 3, count: 2 } });
    expect(refused).toMatchObject({ failure, failingSince: new Date(3) });
    expect(event({ ...LINKED, failure: null }).failure).toBeNull();
  });

  it('of a report that was never requested is of now', () => {
    const before = Date.now();
    const { at } = statusEvent(REPORT, entryAt(0, states.ABSENT), false);
    expect(at.getTime()).toBeGreaterThanOrEqual(before);
  });
});

describe('the next event', () => {
  it('is another status, or another poll', () => {
    const pending = event(states.LINKED);
    const polled = event({ ...LINKED, attempt: 4 });
    expect([isChange(pending, polled), isChange(pending, pending), isChange(polled, pending)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(isChange(event(states.INTENT), event(states.SENDING))).toBe(false);
    expect(isChange(event(states.SENDING), pending)).toBe(true);
    expect(isChange(event(states.REJECTED), event(states.FAILED))).toBe(false);
  });

  it('does not come after READY or FAILED', () => {
    const last = Object.values(states).filter((state) => isLast(event(state)));
    expect(last.map(({ state }) => state)).toEqual(['COLLECTED', 'REJECTED', 'UNCERTAIN', 'FAILED']);
  });
});

describe('why there will be no report', () => {
  it('is known in the states that are an end, and in no other', () => {
    const reasons = Object.values(states).map((state) => unavailableReason(entryAt(AT, state), 'r')?.code ?? null);
    expect(reasons).toEqual([
      'UPSTREAM_UNAVAILABLE',
      null,
      null,
      null,
      null,
      null,
      'UPSTREAM_TIMEOUT',
      'SUBMISSION_UNCERTAIN',
      'UPSTREAM_TIMEOUT',
    ]);
  });

  it('for a doubt names it by the id that was asked, so that it can be bought again', () => {
    expect(unavailableReason(entryAt(AT, states.UNCERTAIN), 'asked')).toMatchObject({
      message: expect.stringContaining('was lost: No. ') as string,
      details: { reportId: 'asked', since: '1970-01-01T00:00:01.000Z' },
    });
  });

  it('is not shown as a status once it has expired', () => {
    expect([8, 9].map((now) => statusOf(entryAt(AT, states.FAILED), now))).toEqual(['FAILED', 'NOT_REQUESTED']);
  });
});
