import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { absent } from '../../src/datasources/reports/ledger.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import {
  bring,
  CLAIM,
  claimOf,
  current,
  DAY,
  END,
  GIVE_UP,
  LINK_FOUND,
  LOSE,
  newReport,
  REJECT,
  RESPONSE,
  RESUBMIT,
  SEND,
  stepOf,
  TO_COLLECTED,
  TO_LINKED,
  wonOf,
  type OpenBackend,
  type OpenedBackend,
} from './steps.js';

const NOT_ACCEPTED: LedgerEvent = { kind: 'not-accepted' };
const ANN = { client: 'ann', day: DAY };

/** What every ledger charges, and when it refuses to buy. */
export function chargesSuite(name: string, open: OpenBackend): void {
  let opened: OpenedBackend;
  let ledger: Ledger;

  beforeEach(async () => {
    opened = await open();
    ledger = opened.backend.ledger;
  });
  afterEach(() => opened.close());

  const reopened = async (): Promise<Ledger> => (await opened.reopen()).ledger;

  /** Claims the pay report of a new set of answers. */
  async function claim(event: LedgerEvent) {
    const report = newReport();
    const [committed] = await ledger.commit(report, [stepOf(absent(report.id, 'PAY'), event)]);
    if (!committed) throw new Error('Nothing was committed.');
    return { report, ...committed };
  }

  describe(`${name}: a charge`, () => {
    it('is made by a claim that wins, to its client and day, before and after a restart', async () => {
      expect(await ledger.charged(ANN)).toBe(0);
      await claim(claimOf('ann'));
      await claim(claimOf('ann'));
      await claim(claimOf('ann', { day: '2026-02-01' }));
      await claim(claimOf('bob'));
      const counts = (of: Ledger) =>
        Promise.all([ANN, { client: 'ann', day: '2026-02-01' }, { client: 'bob', day: DAY }].map(of.charged));
      expect(await counts(ledger)).toEqual([2, 1, 1]);
      expect(await counts(await reopened())).toEqual([2, 1, 1]);
    });

    it('is not made by a claim that loses', async () => {
      const report = newReport();
      const claims = Array.from({ length: 20 }, () => stepOf(absent(report.id, 'PAY'), claimOf('ann')));
      await Promise.all(claims.map((each) => ledger.commit(report, [each])));
      expect(await ledger.charged(ANN)).toBe(1);
    });

    it('is refused at its limit, and nothing is stored then', async () => {
      await claim(claimOf('ann', { limit: 1 }));
      const { report, ...refused } = await claim(claimOf('ann', { limit: 1 }));
      expect(refused).toEqual({
        won: false,
        entry: absent(report.id, 'PAY'),
        refused: { reason: 'budget', used: 1, limit: 1 },
      });
      expect(await ledger.read(report.id)).toBeNull();
      expect(await ledger.charged(ANN)).toBe(1);
      expect(await claim(claimOf('ann', { limit: 2 }))).toMatchObject({ won: true });
      expect(await claim(claimOf('bob', { limit: 1 }))).toMatchObject({ won: true });
      expect(await claim(claimOf('ann', { limit: 1, day: '2026-02-01' }))).toMatchObject({ won: true });
    });

    it('is made for as many of two hundred concurrent claims as its limit allows', async () => {
      const claims = await Promise.all(Array.from({ length: 200 }, () => claim(claimOf('ann', { limit: 7 }))));
      expect(wonOf(claims).filter(Boolean)).toHaveLength(7);
      expect(claims.filter(({ refused }) => refused?.reason === 'budget')).toHaveLength(193);
      expect(await ledger.charged(ANN)).toBe(7);
    });

    it('is made for the first of two types if one is left', async () => {
      await claim(claimOf('ann', { limit: 2 }));
      const report = newReport();
      const claims = (['PAY', 'YOE'] as const).map((type) =>
        stepOf(absent(report.id, type), claimOf('ann', { limit: 2 })),
      );
      expect(wonOf(await ledger.commit(report, claims))).toEqual([true, false]);
      expect((await current(ledger, report, 'PAY')).state).toBe('INTENT');
      expect(await current(ledger, report, 'YOE')).toEqual(absent(report.id, 'YOE'));
    });

    it.each<[string, readonly LedgerEvent[]]>([
      ['given up', [GIVE_UP]],
      ['rejected', [SEND, REJECT]],
      ['given up after it was not accepted', [SEND, NOT_ACCEPTED, GIVE_UP]],
    ])('is taken back if the purchase is %s', async (_, events) => {
      const { report } = await claim(claimOf('ann'));
      await bring(ledger, report, events.slice(0, -1));
      expect(await ledger.charged(ANN)).toBe(1);
      await bring(ledger, report, events.slice(-1));
      expect(await (await reopened()).charged(ANN)).toBe(0);
    });

    it.each<[string, readonly LedgerEvent[]]>([
      ['uncertain', [SEND, LOSE]],
      ['pending', TO_LINKED.slice(1)],
      ['collected', TO_COLLECTED.slice(1)],
      ['not produced by upstream', [...TO_LINKED.slice(1), END]],
      ['found after it was uncertain', [SEND, RESPONSE, LOSE, LINK_FOUND]],
    ])('stays if the purchase is %s', async (_, events) => {
      const { report } = await claim(claimOf('ann'));
      await bring(ledger, report, events);
      expect(await (await reopened()).charged(ANN)).toBe(1);
    });

    it('of a repeat is taken back alone, and the first stays', async () => {
      const repeat = { ...RESUBMIT, charge: { client: 'bob', day: '2026-02-01', limit: null } };
      const { report } = await claim(claimOf('ann'));
      await bring(ledger, report, [SEND, LOSE, repeat]);
      expect([await ledger.charged(ANN), await ledger.charged(repeat.charge)]).toEqual([1, 1]);
      await bring(ledger, report, [GIVE_UP]);
      expect([await ledger.charged(ANN), await ledger.charged(repeat.charge)]).toEqual([1, 0]);
    });

    it('of a repeat that the first one made unnecessary is taken back', async () => {
      const { report } = await claim(claimOf('ann'));
      await bring(ledger, report, [SEND, RESPONSE, LOSE, { ...RESUBMIT, charge: { ...ANN, limit: null } }]);
      expect(await ledger.charged(ANN)).toBe(2);
      await bring(ledger, report, [LINK_FOUND]);
      expect(await ledger.charged(ANN)).toBe(1);
    });

    it('is taken back once, however many give the claim up', async () => {
      await claim(claimOf('ann'));
      const { report, entry } = await claim(claimOf('ann'));
      await Promise.all(Array.from({ length: 10 }, () => ledger.commit(report, [stepOf(entry, GIVE_UP)])));
      expect(await ledger.charged(ANN)).toBe(1);
    });

    it('is forgotten with the reports that expired before its day', async () => {
      await claim(claimOf('ann'));
      await ledger.prune(Date.parse(`${DAY}T00:00:00Z`));
      expect(await ledger.charged(ANN)).toBe(1);
      await ledger.prune(Date.parse(`${DAY}T00:00:00Z`) + 24 * 3_600_000);
      expect(await ledger.charged(ANN)).toBe(0);
    });
  });

  describe(`${name}: buying`, () => {
    it('is allowed until it is stopped, and stays stopped after a restart until it is allowed again', async () => {
      expect(await ledger.buying()).toBe(true);
      await ledger.setBuying(false);
      await ledger.setBuying(false);
      expect(await ledger.buying()).toBe(false);
      const next = await reopened();
      expect(await next.buying()).toBe(false);
      await next.setBuying(true);
      expect(await next.buying()).toBe(true);
    });

    it('refuses a claim while it is stopped, charges nothing and stores nothing', async () => {
      await ledger.setBuying(false);
      const { report, ...refused } = await claim(claimOf('ann'));
      expect(refused).toEqual({ won: false, entry: absent(report.id, 'PAY'), refused: { reason: 'stopped' } });
      expect([await ledger.read(report.id), await ledger.charged(ANN)]).toEqual([null, 0]);
      await ledger.setBuying(true);
      expect(await claim(claimOf('ann'))).toMatchObject({ won: true });
    });

    it('refuses to send what was claimed before it was stopped, which can be given up', async () => {
      const { report, entry } = await claim(claimOf('ann'));
      await ledger.setBuying(false);
      expect(await ledger.commit(report, [stepOf(entry, SEND)])).toEqual([
        { won: false, entry, refused: { reason: 'stopped' } },
      ]);
      expect(await bring(ledger, report, [GIVE_UP])).toMatchObject({ state: 'ABSENT' });
      expect(await ledger.charged(ANN)).toBe(0);
    });

    it('does not keep what has happened from being stored while it is stopped', async () => {
      const [sent, linked] = [newReport(), newReport()];
      await bring(ledger, sent, [CLAIM, SEND]);
      await bring(ledger, linked, TO_LINKED);
      await ledger.setBuying(false);
      expect(await bring(ledger, sent, TO_COLLECTED.slice(2))).toMatchObject({ state: 'COLLECTED' });
      expect(await bring(ledger, linked, TO_COLLECTED.slice(-1))).toMatchObject({ state: 'COLLECTED' });
    });

    it('lets no bytes of a purchase leave while it is stopped', async () => {
      const sending = await bring(ledger, newReport(), [CLAIM, SEND]);
      expect(ledger.mayBuy([sending])).toBe(true);
      await ledger.setBuying(false);
      expect(ledger.mayBuy([sending])).toBe(false);
      await ledger.setBuying(true);
      expect(ledger.mayBuy([sending])).toBe(true);
    });

    it('tells a claim that it lost to another although it is stopped', async () => {
      const report = newReport();
      const won = await bring(ledger, report, [CLAIM]);
      await ledger.setBuying(false);
      const late = stepOf(absent(report.id, 'PAY'), CLAIM);
      expect(await ledger.commit(report, [late])).toEqual([{ won: false, entry: won }]);
    });
  });
}
