import { describe, expect, it } from 'vitest';
import type { UnresolvedPurchase } from '../../src/datasources/reports/doubts.js';
import type { Entry, State } from '../../src/datasources/reports/ledger.js';
import { next } from '../../src/datasources/reports/next.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import { statusOf } from '../../src/datasources/reports/status.js';
import { transition } from '../../src/datasources/reports/transition.js';
import type { Failure } from '../../src/errors.js';
import { entryAt } from '../fixtures/fake-ledger.js';

const NOW = 1_000;
const FAILURE: Failure = { code: 'UPSTREAM_TIMEOUT', message: 'Nobody answered.' };
const OTHER: Failure = { code: 'UPSTREAM_UNAVAILABLE', message: 'No.' };
const CHARGE = { client: 'ann', day: '2026-01-31', limit: null };
const CLAIM: LedgerEvent = { kind: 'claim', doubtsUntil: null, charge: CHARGE };
const RESUBMIT = { kind: 'claim', doubtsUntil: Infinity, charge: CHARGE } as const;
const GIVE_UP: LedgerEvent = { kind: 'give-up', failure: OTHER };
const REJECT: LedgerEvent = { kind: 'reject', failure: OTHER, expiresAt: 9_000 };
const LOSE: LedgerEvent = { kind: 'lose', failure: OTHER };
const CLOSE: LedgerEvent = {
  kind: 'close',
  doubtsUntil: 7,
  note: 'Not on the invoice.',
  client: 'ann',
  expiresAt: 9_000,
};
const DOUBT: UnresolvedPurchase = { failure: FAILURE, response: null, since: 7 };
const EXPIRED: State = { state: 'FAILED', failure: FAILURE, attempt: 1, expiresAt: NOW };
const FOLLOWED = { link: '/jobalyzer/v1/x', warnings: [] };

describe('a doubt that a person closes', () => {
  const charge = { client: 'bob', day: '2026-01-31' };
  const lost = (purchaseId: string, since: number) => ({ purchaseId, charge, failure: FAILURE, response: null, since });
  const doubt: UnresolvedPurchase = { ...lost('b', 7), earlier: [lost('a', 3)] };
  const uncertain = entryAt(3, { state: 'UNCERTAIN', ...doubt });
  const closing = transition(uncertain, CLOSE, NOW);
  const closed = closing?.after as Entry;
  const response = { kind: 'response', purchaseId: 'a', body: '{}' } as const;
  const link = { kind: 'link', purchaseId: 'a', link: '/jobalyzer/v1/new', warnings: [] } as const;

  it('has failed with the note until it expires, with all its purchases, and nothing is refunded or counted', () => {
    expect(closed).toMatchObject({
      state: 'FAILED',
      failure: {
        code: 'REPORT_FAILED',
        message: expect.stringContaining('Not on the invoice.'),
        details: { issues: [] },
      },
      expiresAt: 9_000,
      doubt: { purchaseId: 'b', closed: true, earlier: [{ purchaseId: 'a', closed: true }] },
    });
    expect(closing).toMatchObject({ refund: null, charge: null, journal: [] });
    expect(closing?.settlement).toEqual({ kind: 'CLOSED', client: 'ann', note: 'Not on the invoice.' });
  });

  it('must be the one that was seen', () => {
    const until = (doubtsUntil: number) => next(uncertain, { ...CLOSE, doubtsUntil }, NOW);
    expect([6, 7, 8].map((each) => until(each)?.state)).toEqual([undefined, 'FAILED', 'FAILED']);
  });

  it('gives way to the link of any of its purchases, which is charged to the buyer of that one', () => {
    const late = next(closed, response, NOW) as Entry;
    expect(late).toMatchObject({
      state: 'FAILED',
      doubt: { purchaseId: 'b', earlier: [{ response: '{}', closed: true }] },
    });
    const found = transition(late, link, NOW);
    expect(found).toMatchObject({ journal: ['RESOLVED', 'RECOVERED'], client: 'bob', refund: null });
    expect(found?.after).toMatchObject({
      state: 'LINKED',
      link: link.link,
      warnings: [],
      charge,
      doubt: { purchaseId: 'b' },
    });
  });

  it('gives way to a refusal of its last purchase, and otherwise goes on without that one', () => {
    const refusal = { code: 'UNCONFIRMED_ANSWER', message: 'No.', details: { issues: [] } } as const;
    const reject = (purchaseId: string) => ({ kind: 'reject', purchaseId, failure: refusal, expiresAt: 77 }) as const;
    const first = transition(closed, reject('b'), NOW);
    expect(first).toMatchObject({ journal: ['RESOLVED', 'RECOVERED', 'FAILED'], refund: charge, client: 'bob' });
    expect(first?.after).toMatchObject({
      state: 'FAILED',
      failure: { code: 'REPORT_FAILED' },
      doubt: { purchaseId: 'a' },
    });
    expect(next(first?.after as Entry, reject('a'), NOW)).toMatchObject({ state: 'REJECTED', failure: refusal });
    const reopenable = entryAt(3, {
      state: 'FAILED',
      failure: FAILURE,
      attempt: 4,
      expiresAt: 9,
      followed: FOLLOWED,
      doubt,
    });
    expect(next(reopenable, reject('b'), NOW)).toBeNull();
  });

  it('makes nothing that is bought after it uncertain', () => {
    const claimed = next(closed, CLAIM, 9_000) as Entry;
    expect(claimed).toMatchObject({ state: 'INTENT', doubt: { closed: true } });
    const givenUp = next(claimed, GIVE_UP, 9_001) as Entry;
    expect(givenUp).toMatchObject({ state: 'FAILED', failure: OTHER, doubt: { closed: true } });
    expect(statusOf(givenUp, 9_001)).toBe('NOT_REQUESTED');
    expect(next(givenUp, CLAIM, 9_001)).toMatchObject({ state: 'INTENT' });
    const sending = next(claimed, { kind: 'send', purchaseId: 'c' }, 9_001) as Entry;
    const rejected = next(sending, { ...REJECT, purchaseId: 'c' }, 9_002) as Entry;
    expect(rejected).toMatchObject({ state: 'FAILED', failure: OTHER, expiresAt: 9_000 });
    const lost = next(sending, { ...LOSE, purchaseId: 'c' }, 9_002) as Entry;
    expect(lost).toMatchObject({ state: 'UNCERTAIN', purchaseId: 'c', since: 9_002, earlier: [{ closed: true }, {}] });
    expect(lost).not.toHaveProperty('closed');
  });

  it('leaves what became uncertain later as it is', () => {
    const other = next(closed, { ...response, purchaseId: 'z' }, NOW) as Entry;
    const claimed = next(other, CLAIM, 9_000) as Entry;
    expect(next(claimed, GIVE_UP, 9_001)).toMatchObject({
      state: 'UNCERTAIN',
      purchaseId: 'z',
      since: NOW,
      earlier: [{ purchaseId: 'b', closed: true }, { purchaseId: 'a' }],
    });
  });
});

describe('buying again', () => {
  it('is told to the journal, with whose it was', () => {
    const resubmit = { ...RESUBMIT, charge: { ...CHARGE, client: 'ann' } } as LedgerEvent;
    const settlement = { kind: 'BOUGHT_AGAIN', client: 'ann', note: null };
    expect(transition(entryAt(3, { state: 'UNCERTAIN', ...DOUBT }), resubmit, NOW)).toMatchObject({
      settlement,
      journal: [],
    });
    expect(transition(entryAt(3, { state: 'ABSENT', failure: null }), resubmit, NOW)?.settlement).toBeNull();
    expect(transition(entryAt(3, EXPIRED), resubmit, NOW)?.settlement).toBeNull();
  });
});
