import { describe, expect, it } from 'vitest';
import type { UncertainPurchase } from '../../src/datasources/reports/doubts.js';
import type { Entry, State } from '../../src/datasources/reports/ledger.js';
import type { Found, LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import { next } from '../../src/datasources/reports/next.js';
import { firstLookAt } from '../../src/datasources/reports/reconcile/schedule.js';
import { transition } from '../../src/datasources/reports/transition.js';
import type { Failure } from '../../src/errors.js';
import { entryAt } from '../fixtures/fake-ledger.js';

const NOW = 100_000;
const FAILURE: Failure = { code: 'UPSTREAM_TIMEOUT', message: 'No answer.' };
const NOT_MADE: Failure = { code: 'REPORT_FAILED', message: 'Not made.', details: { issues: [] } };
const ANN = { client: 'ann', day: '2026-01-31' };
const BOB = { client: 'bob', day: '2026-01-31' };
const WARNING = { answerId: null, answerValue: null, message: 'Known before.', code: null };
const P: UncertainPurchase = {
  purchaseId: 'p',
  failure: FAILURE,
  response: null,
  since: 5,
  charge: ANN,
  warnings: [WARNING],
};
const Q: UncertainPurchase = { purchaseId: 'q', failure: FAILURE, response: null, since: 9, charge: BOB };

const REPORT: Found = { kind: 'report', body: '{"r":1}', rating: 0.5, warnings: [], expiresAt: 900_000 };
const LINK: Found = { kind: 'link', link: '/jobalyzer/v1/made' };
const FAILED: Found = { kind: 'failed', failure: NOT_MADE, expiresAt: 900_000 };
const of = (found: Found, purchaseId = 'p'): LedgerEvent => ({ kind: 'found', purchaseId, found });
const ABSENT: LedgerEvent = { kind: 'absent', purchaseId: 'p', failure: FAILURE };

const entry = (state: State): Entry => entryAt(3, state);
const UNCERTAIN = entry({ state: 'UNCERTAIN', ...P });
const BOTH = entry({ state: 'UNCERTAIN', ...Q, earlier: [P] });
const REPEAT = entry({ state: 'INTENT', charge: BOB, doubt: P });
const CLOSED = entry({
  state: 'FAILED',
  failure: NOT_MADE,
  attempt: 0,
  expiresAt: 900_000,
  doubt: { ...P, closed: true },
});
const linkedBy = (doubt: UncertainPurchase | null, charge = BOB) =>
  ({
    state: 'LINKED',
    link: '/jobalyzer/v1/q',
    warnings: [],
    attempt: 0,
    faults: 0,
    nextPollAt: null,
    retryAfterMs: null,
    charge,
    doubt,
  }) as const;
const COLLECTED = entry({ state: 'COLLECTED', rating: 1, warnings: [], attempt: 1, expiresAt: 900_000, doubt: P });
const FREE = entry({ state: 'ABSENT', failure: FAILURE });

describe('a purchase that the usage log has', () => {
  it('is collected from the report in it: charged as before, counted as recovered', () => {
    const step = transition(UNCERTAIN, of(REPORT), NOW);
    expect(step).toMatchObject({
      after: { state: 'COLLECTED', rating: 0.5, warnings: [WARNING], charge: ANN, expiresAt: 900_000, at: NOW },
      journal: ['RESOLVED', 'RECOVERED', 'COLLECTED', 'BILLABLE'],
      body: '{"r":1}',
      client: 'ann',
      refund: null,
      charge: null,
      purchase: { kind: 'came-to', purchaseId: 'p', outcome: 'found', lookAt: null },
    });
    expect(step?.after).not.toHaveProperty('doubt');
  });

  it('is collected by the link that was made, and is looked for until that brings the report', () => {
    const step = transition(UNCERTAIN, of(LINK), NOW);
    expect(step).toMatchObject({
      after: { state: 'LINKED', link: '/jobalyzer/v1/made', since: NOW, warnings: [WARNING], charge: ANN },
      journal: ['RESOLVED', 'RECOVERED'],
      purchase: { kind: 'came-to', outcome: 'found' },
    });
    expect(step?.purchase).not.toHaveProperty('lookAt');
    const linked = step?.after as Entry;
    const collect = { kind: 'collect', body: '{}', rating: 0, expiresAt: 900_000 } as const;
    expect(transition(linked, collect, NOW)?.purchase).toMatchObject({
      purchaseId: 'p',
      outcome: 'found',
      lookAt: null,
    });
    expect(next(linked, of(LINK), NOW)).toBeNull();
    expect(transition(linked, of(REPORT), NOW)).toMatchObject({
      after: { state: 'COLLECTED', charge: ANN, warnings: [WARNING] },
      journal: ['COLLECTED', 'BILLABLE'],
    });
  });

  it('is taken from the log if the link that was made brought nothing, also after it was asked for again', () => {
    const linked = next(UNCERTAIN, of(LINK), NOW) as Entry;
    const end = { kind: 'end', failure: NOT_MADE, expiresAt: 900_000 } as const;
    const failed = transition(linked, end, NOW);
    expect(failed?.purchase).toBeNull();
    const again = next(failed?.after as Entry, { kind: 'reopen' }, NOW) as Entry;
    for (const before of [failed?.after as Entry, again]) {
      const step = transition(before, of(REPORT), NOW);
      expect(step?.after).toMatchObject({ state: 'COLLECTED', charge: ANN });
      expect(step?.journal.at(-1)).toBe('BILLABLE');
    }
    expect(transition(failed?.after as Entry, of(REPORT), NOW)?.journal[0]).toBe('RECOVERED');
  });

  it('has failed if upstream did not make it, and stays charged', () => {
    expect(transition(UNCERTAIN, of(FAILED), NOW)).toMatchObject({
      after: { state: 'FAILED', failure: NOT_MADE, expiresAt: 900_000 },
      journal: ['RESOLVED', 'RECOVERED', 'FAILED'],
      refund: null,
      purchase: { outcome: 'found' },
    });
  });

  it('is delivered, and stays charged, if it turns out to have been made after all', () => {
    const failed = transition(UNCERTAIN, of(FAILED), NOW);
    expect(failed?.purchase).not.toHaveProperty('lookAt');
    const before = failed?.after as Entry;
    expect(next(before, of(FAILED), NOW)).toBeNull();
    expect(transition(before, { ...of(REPORT), charge: ANN } as LedgerEvent, NOW)).toMatchObject({
      after: { state: 'COLLECTED', charge: ANN },
      journal: ['RECOVERED', 'COLLECTED', 'BILLABLE'],
      client: 'ann',
      purchase: { lookAt: null },
    });
  });

  it('leaves the others of its report in doubt', () => {
    const collected = next(BOTH, of(REPORT), NOW);
    expect(collected).toMatchObject({ state: 'COLLECTED', charge: ANN, doubt: { purchaseId: 'q' } });
    expect(next(BOTH, of(FAILED), NOW)).toMatchObject({ state: 'UNCERTAIN', purchaseId: 'q', since: 9 });
    expect(next(BOTH, of(LINK, 'q'), NOW)).toMatchObject({ state: 'LINKED', charge: BOB, doubt: { purchaseId: 'p' } });
  });

  it.each([LINK, REPORT])('stops a repeat that has not been sent, whose claim is given back', (found) => {
    const step = transition(REPEAT, of(found), NOW);
    expect(step).toMatchObject({ refund: BOB, after: { charge: ANN } });
    expect(step?.after.state).toBe(found.kind === 'link' ? 'LINKED' : 'COLLECTED');
    expect(next(step?.after as Entry, { kind: 'send' }, NOW)).toBeNull();
  });

  it('does not stop a repeat if upstream did not make it', () => {
    const step = transition(REPEAT, of(FAILED), NOW);
    expect(step).toMatchObject({ after: { state: 'INTENT', charge: BOB, doubt: null }, refund: null });
    expect(next(step?.after as Entry, { kind: 'send' }, NOW)).toMatchObject({ state: 'SENDING' });
  });

  it('is delivered after a person has closed it', () => {
    expect(transition(CLOSED, of(REPORT), NOW)).toMatchObject({
      after: { state: 'COLLECTED' },
      journal: ['RESOLVED', 'RECOVERED', 'COLLECTED', 'BILLABLE'],
    });
    expect(next(CLOSED, of(FAILED), NOW)).toMatchObject({ state: 'FAILED', failure: NOT_MADE });
  });

  it.each<[string, Entry]>([
    ['is being sent', entry({ state: 'SENDING', purchaseId: 'q', response: null, doubt: P })],
    ['has a link', entry(linkedBy(P))],
    ['has brought the report', COLLECTED],
  ])('only ends the doubt where another purchase %s', (_, before) => {
    for (const found of [LINK, REPORT, FAILED]) {
      const step = transition(before, of(found), NOW);
      expect(step).toMatchObject({ after: { state: before.state }, journal: ['RESOLVED'], refund: null, body: null });
      expect(step?.after).toMatchObject({ doubt: null });
      expect(step?.purchase).toMatchObject({ outcome: 'found' });
      expect(next(before, of(found, 'other'), NOW)).toBeNull();
    }
  });

  it('is not what is being sent at this moment: its own response is waited for', () => {
    expect(next(entry({ state: 'SENDING', purchaseId: 'p', response: null, doubt: null }), of(REPORT), NOW)).toBeNull();
  });

  it('is not told again by a response that comes after it', () => {
    const late: LedgerEvent = { kind: 'response', purchaseId: 'p', body: '{}' };
    for (const found of [LINK, REPORT]) expect(next(next(UNCERTAIN, of(found), NOW) as Entry, late, NOW)).toBeNull();
  });
});

describe('a purchase that the usage log does not have', () => {
  it('is given back, is free to be bought, and is still looked for', () => {
    const step = transition(UNCERTAIN, ABSENT, NOW);
    expect(step).toMatchObject({
      after: { state: 'ABSENT', failure: FAILURE },
      refund: ANN,
      journal: ['RESOLVED', 'RECOVERED', 'FAILED'],
      client: 'ann',
      purchase: { outcome: 'absent' },
    });
    expect(step?.purchase).not.toHaveProperty('lookAt');
  });

  it('leaves the others of its report in doubt, one by one', () => {
    const one = transition(BOTH, ABSENT, NOW);
    expect(one).toMatchObject({ after: { state: 'UNCERTAIN', purchaseId: 'q' }, refund: ANN });
    expect(transition(one?.after as Entry, { ...ABSENT, purchaseId: 'q' }, NOW)).toMatchObject({
      after: { state: 'ABSENT' },
      refund: BOB,
    });
  });

  it.each<[string, Entry]>([
    ['was answered', entry({ state: 'UNCERTAIN', ...P, response: 'odd' })],
    ['was closed', entry({ state: 'UNCERTAIN', ...Q, earlier: [{ ...P, closed: true }] })],
    ['is about to be repeated', REPEAT],
    ['is another one', entry({ state: 'UNCERTAIN', ...Q })],
  ])('stays as it is if it %s', (_, before) => expect(next(before, ABSENT, NOW)).toBeNull());

  it('is delivered by a row that is late, whatever has been decided since, and stops a repeat that has not been sent', () => {
    const claim = { kind: 'claim', doubtsUntil: null, charge: { ...BOB, limit: null } } as const;
    const claimed = next(FREE, claim, NOW) as Entry;
    expect(next(FREE, of(REPORT), NOW)).toMatchObject({ state: 'COLLECTED' });
    expect(transition(claimed, of(LINK), NOW)).toMatchObject({ after: { state: 'LINKED' }, refund: BOB });
    const uncertain = entry({ state: 'UNCERTAIN', ...Q });
    expect(next(uncertain, of(REPORT), NOW)).toMatchObject({ state: 'COLLECTED', doubt: { purchaseId: 'q' } });
    expect(next(FREE, of(FAILED), NOW)).toBeNull();
  });

  it('is delivered by a response that is late, which stops a repeat that has not been sent', () => {
    const claim = { kind: 'claim', doubtsUntil: null, charge: { ...BOB, limit: null } } as const;
    const claimed = next(FREE, claim, NOW) as Entry;
    const received = next(claimed, { kind: 'response', purchaseId: 'p', body: '{}' }, NOW) as Entry;
    const step = transition(received, { kind: 'link', purchaseId: 'p', link: '/jobalyzer/v1/p', warnings: [] }, NOW);
    expect(step).toMatchObject({
      after: { state: 'LINKED' },
      refund: BOB,
      purchase: { outcome: 'accepted', lookAt: null },
    });
  });
});

it('a purchase that is lost is looked for from soon after, and one that is sent is kept with its request and charge', () => {
  const intent = entry({ state: 'INTENT', charge: ANN, doubt: null });
  const sent = transition(intent, { kind: 'send', purchaseId: 'p', request: '{}' }, NOW);
  expect(sent?.purchase).toEqual({ kind: 'sent', purchaseId: 'p', sentAt: NOW, request: '{}', charge: ANN });
  const lost = transition(sent?.after as Entry, { kind: 'lose', purchaseId: 'p', failure: FAILURE }, NOW + 1);
  expect(lost?.purchase).toMatchObject({ outcome: 'uncertain', lookAt: firstLookAt(NOW + 1) });
  expect(transition(intent, { kind: 'send', purchaseId: 'p' }, NOW)?.purchase).toBeNull();
});
