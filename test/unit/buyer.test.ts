import { describe, expect, it } from 'vitest';
import { throwIfRefused, type Buyer } from '../../src/datasources/reports/buyer.js';
import { createClaims } from '../../src/datasources/reports/claim.js';
import type { LimitedCharge } from '../../src/datasources/reports/charges.js';
import type { Committed, Ledger, PurchaseRefusal } from '../../src/datasources/reports/ports.js';
import { createWatcher } from '../../src/datasources/reports/watch.js';
import { ApiError } from '../../src/errors.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import type { ReportKey, ReportType } from '../../src/model/report.js';
import { NURSE } from '../fixtures/answers/answers.js';
import { BUYER } from '../fixtures/buyer.js';
import { UNCHECKED_PURCHASE } from '../fixtures/unchecked-purchase.js';
import { createFakeLedger, entryAt } from '../fixtures/fake-ledger.js';

const REPORT: ReportKey = {
  id: 'r',
  request: { autoResolveJobTitle: true, answers: canonicalAnswers(NURSE, 'answers') },
};
const BOTH = ['YOE', 'PAY'] as const;
const ANSWER_IT = new ApiError('FORBIDDEN', 'Not you.');

describe('what is claimed for a buyer', () => {
  it('is charged to its name, today, up to its budget, and pay comes first', async () => {
    const { claims, charges } = claiming();
    await claims.ensure(REPORT, BOTH, { ...BUYER, budget: 7 });
    const day = new Date().toISOString().slice(0, 10);
    expect(charges).toEqual([
      { type: 'PAY', client: 'ann', day, limit: 7 },
      { type: 'YOE', client: 'ann', day, limit: 7 },
    ]);
  });

  it('is told to it once, and only if there is something', async () => {
    const { claims, fake } = claiming();
    let told = 0;
    const buyer: Buyer = { ...BUYER, onPurchase: () => void (told += 1) };
    await claims.ensure(REPORT, BOTH, buyer);
    expect(told).toBe(1);
    for (const type of BOTH) fake.store(entryAt(2, { state: 'INTENT', doubt: null }, { type }));
    await claims.ensure(REPORT, BOTH, buyer);
    expect(told).toBe(1);
    const refused = claiming({ PAY: { reason: 'stopped' }, YOE: { reason: 'stopped' } });
    await refused.claims.ensure(REPORT, BOTH, buyer);
    expect(told).toBe(1);
  });

  it('that is refused by the ledger is not bought, and says why; the rest is', async () => {
    const { claims, bought } = claiming({ YOE: { reason: 'budget', used: 4, limit: 4 } });
    const { bought: own, refused } = await claims.ensure(REPORT, BOTH, BUYER);
    expect([own, bought]).toEqual([['PAY'], [['PAY']]]);
    expect([...refused]).toEqual([['YOE', expect.objectContaining({ code: 'BUDGET_EXCEEDED' })]]);
    const midnight = new Date();
    midnight.setUTCHours(24, 0, 0, 0);
    expect(refused.get('YOE')?.details).toEqual({ limit: 4, used: 4, resetsAt: midnight.toISOString() });
  });

  it('that is stopped is not asked for again, and is no doubt that has changed', async () => {
    const { claims, commits, fake } = claiming({ PAY: { reason: 'stopped' } });
    const failure = { code: 'UPSTREAM_TIMEOUT', message: 'No answer.' } as const;
    fake.store(entryAt(3, { state: 'UNCERTAIN', failure, response: null, since: 5 }));
    const { refused } = await claims.ensure(REPORT, ['PAY'], BUYER, { since: 5 });
    expect([...refused.values()].map(({ code }) => code)).toEqual(['BUYING_STOPPED']);
    expect(commits).toHaveLength(1);
  });
});

describe('a buyer that must not buy', () => {
  const refusing: Buyer = { ...BUYER, refusal: () => ANSWER_IT };

  it('is refused what would have to be claimed, and nothing is', async () => {
    const { claims, commits, fake } = claiming();
    fake.store(entryAt(2, { state: 'SENDING', response: null, doubt: null }));
    const { bought, refused } = await claims.ensure(REPORT, BOTH, refusing);
    expect([bought, [...refused], commits]).toEqual([[], [['YOE', ANSWER_IT]], []]);
  });

  it('is refused nothing of what is under way', async () => {
    const { claims, fake } = claiming();
    for (const type of BOTH) fake.store(entryAt(2, { state: 'SENDING', response: null, doubt: null }, { type }));
    expect(await claims.ensure(REPORT, BOTH, refusing)).toEqual({ bought: [], refused: new Map() });
  });
});

describe('whoever wants all types', () => {
  it('is told why one was not bought, and which one was', () => {
    const refused = new Map([['YOE', ANSWER_IT] as const]);
    expect(() => throwIfRefused({ bought: [], refused })).toThrow(ANSWER_IT);
    expect(() => throwIfRefused({ bought: ['PAY'], refused })).toThrow('Not you. PAY was bought.');
    expect(() => throwIfRefused({ bought: ['PAY'], refused: new Map() })).not.toThrow();
  });
});

/** A ledger that wins every claim but those of the types that are refused. */
function claiming(refusals: Partial<Record<ReportType, PurchaseRefusal>> = {}) {
  const fake = createFakeLedger();
  const charges: (LimitedCharge & { type: ReportType })[] = [];
  const commits: ReportType[][] = [];
  const bought: ReportType[][] = [];
  const ledger: Ledger = {
    ...fake.ledger,
    async commit(_report, transitions) {
      commits.push(transitions.map(({ after }) => after.type));
      return transitions.map(({ before, after, charge }): Committed => {
        if (charge) charges.push({ type: after.type, ...charge });
        const refused = refusals[after.type];
        return refused ? { won: false, entry: before, refused } : { won: true, entry: after };
      });
    },
  };
  const claims = createClaims({
    ledger,
    check: UNCHECKED_PURCHASE,
    watcher: createWatcher(ledger),
    cache: { has: () => false },
    expiry: { time: Date.now, timeFor: Date.now, confirmFor: () => Promise.resolve() },
    purchases: {
      start: (_report, claimed) => void bought.push(claimed.map(({ type }) => type)),
      withdraw: () => undefined,
      driven: () => [],
      resume: () => Promise.resolve(),
      arePaused: () => false,
      close: () => Promise.resolve(),
    },
  });
  return { claims, fake, charges, commits, bought };
}
