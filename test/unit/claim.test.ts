import { describe, expect, it } from 'vitest';
import { createClaims } from '../../src/datasources/reports/claim.js';
import { absent, type Entry, type State } from '../../src/datasources/reports/ledger.js';
import type { Committed, Ledger } from '../../src/datasources/reports/ports.js';
import { createWatcher } from '../../src/datasources/reports/watch.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import type { ReportKey, ReportsRequest, ReportType } from '../../src/model/report.js';
import { BUYER } from '../fixtures/buyer.js';
import { UNCHECKED_PURCHASE } from '../fixtures/unchecked-purchase.js';
import { createFakeLedger, entryAt } from '../fixtures/fake-ledger.js';

const REPORT: ReportKey = {
  id: 'r',
  request: {
    autoResolveJobTitle: true,
    answers: canonicalAnswers({ jobTitle: 'Registered Nurse', country: 'United States' }, 'answers'),
  },
};
const INTENT: State = { state: 'INTENT', doubt: null };
const SENDING: State = { state: 'SENDING', response: null, doubt: null };

const HOUR = 60 * 60_000;

function doubtful(since: number): State {
  return { state: 'UNCERTAIN', failure: { code: 'UPSTREAM_TIMEOUT', message: 'No.' }, response: null, since };
}

describe('a claim', () => {
  it('is seen at once by those who watch the report, even if the ledger notifies late', async () => {
    const { fake, claims, watcher } = claiming();
    fake.store(absent('r', 'PAY'));
    const heard: Entry[] = [];
    const watch = await watcher.watch('r', ({ entry }) => heard.push(entry));
    await claims.ensure(REPORT, ['PAY'], BUYER);
    const later = await watcher.watch('r', () => undefined);
    expect([watch, later].map((each) => each?.entry('PAY').state)).toEqual(['INTENT', 'INTENT']);
    expect(heard).toMatchObject([{ state: 'INTENT', type: 'PAY' }]);
  });

  it('that was lost to another process is seen at once, too', async () => {
    const { claims, watcher, lose, fake, bought } = claiming();
    fake.store(absent('r', 'PAY'));
    const watch = await watcher.watch('r', () => undefined);
    lose(entryAt(2, SENDING));
    expect((await claims.ensure(REPORT, ['PAY'], BUYER)).bought).toEqual([]);
    await watcher.watch('r', () => undefined);
    expect(watch?.entry('PAY').state).toBe('SENDING');
    expect(bought).toEqual([]);
  });

  it('of two types is bought in one purchase, and of what is claimed already not at all', async () => {
    const { fake, claims, bought } = claiming();
    expect((await claims.ensure(REPORT, ['PAY', 'YOE'], BUYER)).bought).toEqual(['PAY', 'YOE']);
    fake.store(entryAt(1, INTENT), entryAt(1, INTENT, { type: 'YOE' }));
    expect((await claims.ensure(REPORT, ['PAY', 'YOE'], BUYER)).bought).toEqual([]);
    expect(bought).toEqual([['PAY', 'YOE']]);
  });

  it('that was lost while the entry became absent again is made again, and then bought once', async () => {
    const { claims, bought, lose, commits } = claiming();
    lose({ ...absent('r', 'YOE'), version: 4 });
    expect((await claims.ensure(REPORT, ['PAY', 'YOE'], BUYER)).bought).toEqual(['PAY', 'YOE']);
    expect(commits).toEqual([['PAY', 'YOE'], ['YOE']]);
    expect(bought).toEqual([['PAY'], ['YOE']]);
  });

  it('of what is stored with U+FFFD in an answer is refused, whatever the answer', async () => {
    const { claims, bought } = claiming();
    for (const [name, given] of [
      ['city', { city: 'M\ufffdnchen' }],
      ['skills', { skills: ['Excel', 'C\ufffd'] }],
    ] as const) {
      const answers = { ...REPORT.request.answers, ...given };
      const asked = claims.ensure({ id: 'r', request: { ...REPORT.request, answers } }, ['PAY'], BUYER);
      await expect(asked).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { argument: `answers.${name}` } });
    }
    expect(bought).toEqual([]);
  });

  it('that was lost to a purchase in progress is not made again', async () => {
    const { claims, bought, lose, commits } = claiming();
    lose(entryAt(3, SENDING, { type: 'YOE' }));
    expect((await claims.ensure(REPORT, ['PAY', 'YOE'], BUYER)).bought).toEqual(['PAY']);
    expect(commits).toEqual([['PAY', 'YOE']]);
    expect(bought).toEqual([['PAY']]);
  });

  it('of what is in doubt is made only for an explicit wish, and without a time only if it is a minute old', async () => {
    for (const [ageMs, resubmission, bought] of [
      [HOUR, null, []],
      [HOUR, { since: null }, ['PAY']],
      [59_000, { since: null }, []],
      [61_000, { since: null }, ['PAY']],
    ] as const) {
      const { claims, fake } = claiming();
      fake.store(entryAt(3, doubtful(Date.now() - ageMs)));
      expect((await claims.ensure(REPORT, ['PAY'], BUYER, resubmission)).bought).toEqual(bought);
    }
  });

  it('of a doubt that is named is made however young it is, once, and of what is absent beside it', async () => {
    const { claims, fake, bought, lose } = claiming({ inMemory: ['PAY'] });
    const since = Date.now();
    fake.store(entryAt(3, doubtful(since)));
    expect((await claims.ensure(REPORT, ['PAY', 'YOE'], BUYER, { since })).bought).toEqual(['PAY', 'YOE']);
    expect(bought).toEqual([['PAY', 'YOE']]);
    lose(entryAt(4, SENDING));
    await expect(claims.ensure(REPORT, ['PAY'], BUYER, { since })).rejects.toMatchObject({
      code: 'PURCHASE_CHANGED',
      message: expect.stringContaining('now PAY is SUBMITTING') as string,
      details: { reportId: 'r', type: 'PAY', status: 'SUBMITTING' },
    });
    lose(entryAt(4, SENDING));
    expect((await claims.ensure(REPORT, ['PAY', 'YOE'], BUYER, { since })).bought).toEqual(['YOE']);
  });

  it('of a doubt that is named and not there any more is refused, and buys nothing', async () => {
    const { claims, fake, commits } = claiming();
    fake.store(entryAt(3, doubtful(2_000)), entryAt(3, INTENT, { type: 'YOE' }));
    await expect(claims.ensure(REPORT, ['PAY', 'YOE'], BUYER, { since: 1_999 })).rejects.toMatchObject({
      code: 'PURCHASE_CHANGED',
      message: expect.stringContaining('PAY is FAILED, YOE is SUBMITTING') as string,
      details: { reportId: 'r', type: 'PAY', status: 'FAILED' },
    });
    expect(commits).toEqual([]);
  });

  it('of nothing but a doubt is not made again once the doubt has ended meanwhile: nothing is bought', async () => {
    const { claims, fake, commits, bought, lose } = claiming();
    fake.store(entryAt(3, doubtful(1_000)));
    const ended = { ...absent('r', 'PAY'), version: 4 };
    lose(ended);
    const buyer = {
      ...BUYER,
      // Looked at between the read and the claim.
      get refusal() {
        fake.store(ended);
        return null;
      },
    };
    const again = claims.ensure(REPORT, ['PAY'], buyer, { since: 1_000, doubtsOnly: true });
    await expect(again).rejects.toMatchObject({ code: 'PURCHASE_CHANGED', details: { status: 'NOT_REQUESTED' } });
    expect([commits, bought]).toEqual([[['PAY']], []]);
  });

  it('is made of what has expired, once that is confirmed, and not of what has not', async () => {
    const expired: State = { state: 'COLLECTED', rating: 1, warnings: [], attempt: 1, expiresAt: Date.now() };
    const { claims, fake, confirmed } = claiming();
    fake.store(entryAt(5, expired), entryAt(5, { ...expired, expiresAt: Date.now() + HOUR }, { type: 'YOE' }));
    expect((await claims.ensure(REPORT, ['PAY', 'YOE'], BUYER)).bought).toEqual(['PAY']);
    expect(confirmed).toEqual([['COLLECTED', 'COLLECTED']]);
    const doubtfulClock = claiming({ time: -Infinity });
    doubtfulClock.fake.store(entryAt(5, expired));
    expect((await doubtfulClock.claims.ensure(REPORT, ['PAY'], BUYER)).bought).toEqual([]);
  });

  it('has its answers looked up once, however often it has to be tried', async () => {
    const { fake, claims, checked } = claiming();
    const alias: State = { state: 'ALIAS', standsFor: 'forgotten' };
    fake.store(entryAt(1, alias), entryAt(1, alias, { type: 'YOE' }));
    await claims.ensure(REPORT, ['PAY'], BUYER);
    expect(checked).toEqual([REPORT.request]);
  });

  it('is not made for what is in memory', async () => {
    const { claims, commits, fake } = claiming({ inMemory: ['PAY', 'YOE'] });
    expect((await claims.ensure(REPORT, ['PAY', 'YOE'], BUYER)).bought).toEqual([]);
    expect([commits, fake.reads]).toEqual([[], 0]);
  });
});

/** A ledger that notifies nobody; every claim is won, unless it was lost to an entry with the same type. */
function claiming({ inMemory = [], time }: { readonly inMemory?: readonly ReportType[]; readonly time?: number } = {}) {
  const now = (): number => time ?? Date.now();
  const confirmed: string[][] = [];
  const fake = createFakeLedger();
  const lost = new Map<ReportType, Entry>();
  const commits: ReportType[][] = [];
  const bought: ReportType[][] = [];
  const checked: ReportsRequest[] = [];
  const ledger: Ledger = {
    ...fake.ledger,
    async commit(_report, transitions) {
      commits.push(transitions.map(({ after }) => after.type));
      return transitions.map(({ after }): Committed => {
        const winner = lost.get(after.type);
        lost.delete(after.type);
        return winner ? { won: false, entry: winner } : { won: true, entry: after };
      });
    },
  };
  const watcher = createWatcher(ledger);
  const claims = createClaims({
    ledger,
    check: (request) => {
      checked.push(request);
      return UNCHECKED_PURCHASE(request);
    },
    watcher,
    cache: { has: (_id, type) => inMemory.includes(type) },
    expiry: {
      time: now,
      timeFor: now,
      confirmFor: async (entries) => void confirmed.push(entries.map(({ state }) => state)),
    },
    purchases: {
      start: (_report, claimed) => void bought.push(claimed.map(({ type }) => type)),
      withdraw: () => undefined,
      driven: () => [],
      resume: () => Promise.resolve(),
      arePaused: () => false,
      close: () => Promise.resolve(),
    },
  });
  return {
    fake,
    claims,
    watcher,
    commits,
    bought,
    checked,
    confirmed,
    lose: (winner: Entry) => void lost.set(winner.type, winner),
  };
}
