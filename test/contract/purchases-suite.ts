import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { absent } from '../../src/datasources/reports/ledger.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { firstLookAt } from '../../src/datasources/reports/reconcile/schedule.js';
import {
  SENT_KEPT_MS,
  type LogEvidence,
  type PurchaseRecord,
  type SentPlace,
} from '../../src/datasources/reports/sent-purchases.js';
import type { ReportKey, ReportType } from '../../src/model/report.js';
import {
  bring,
  CLAIM,
  CLOSE,
  current,
  DAY,
  FAILURE,
  IN_A_WEEK,
  LINK,
  newReport,
  RESUBMIT,
  stepOf,
  wonOf,
  type OpenBackend,
  type OpenedBackend,
} from './steps.js';

const REQUEST = '{"customerId":"c","answers":{"JobTitle":"Nurse \\u0000 „é“"}}';
const YEAR_MS = 366 * 24 * 3_600_000;

const send = (purchaseId: string): LedgerEvent => ({ kind: 'send', purchaseId, request: REQUEST });
const lose = (purchaseId: string): LedgerEvent => ({ kind: 'lose', purchaseId, failure: FAILURE });
const response = (purchaseId: string): LedgerEvent => ({ kind: 'response', purchaseId, body: '{}' });
const link = (purchaseId: string): LedgerEvent => ({ kind: 'link', purchaseId, link: LINK, warnings: [] });

const EVIDENCE: LogEvidence = {
  readAt: 5_000,
  newestAt: 4_000,
  accepted: 3,
  inLog: 2,
  candidates: [{ upstreamReportId: 'R\u00001', recordedAt: 1, type: 'PAY', successful: true }],
};

/** What every ledger keeps of the purchases that were sent. */
export function purchasesSuite(name: string, open: OpenBackend): void {
  let opened: OpenedBackend;
  let ledger: Ledger;

  beforeEach(async () => {
    opened = await open();
    ledger = opened.backend.ledger;
  });
  afterEach(() => opened.close());

  async function sent(purchaseId: string, at: number, then: readonly LedgerEvent[] = []): Promise<ReportKey> {
    const report = newReport();
    await bring(ledger, report, [CLAIM, send(purchaseId), ...then], { at });
    return report;
  }

  async function only(purchaseId: string): Promise<PurchaseRecord | undefined> {
    return (await ledger.purchases.withIds([purchaseId]))[0];
  }

  /** By pages of this size. */
  async function inPages(
    most: number,
    page: (after: SentPlace | null, most: number) => Promise<readonly PurchaseRecord[]>,
  ): Promise<string[]> {
    const found: PurchaseRecord[] = [];
    for (;;) {
      const next = await page(found.at(-1) ?? null, most);
      found.push(...next);
      if (next.length < most) return found.map(({ purchaseId, type }) => `${purchaseId} ${type}`);
    }
  }

  describe(`${name}: a purchase that is sent`, () => {
    it('is kept with its request, byte for byte, its time and its charge, also after a restart', async () => {
      const report = await sent('p1', 1_000);
      const expected: PurchaseRecord = {
        purchaseId: 'p1',
        type: 'PAY',
        reportId: report.id,
        sentAt: 1_000,
        request: REQUEST,
        charge: { client: 'anonymous', day: DAY },
        outcome: null,
        upstreamReportId: null,
        lookAt: null,
        evidence: null,
      };
      expect(await only('p1')).toEqual(expected);
      expect(await (await opened.reopen()).ledger.purchases.withIds(['p1', 'p2'])).toEqual([expected]);
    });

    it('is kept for each of its types, and not if the transition is lost', async () => {
      const report = newReport();
      const claimed = await bring(ledger, report, [CLAIM]);
      const other = await bring(ledger, report, [CLAIM], { type: 'YOE' });
      const steps = [claimed, other].map((entry) => stepOf(entry, send('p1')));
      await ledger.commit(report, steps);
      const types = (await ledger.purchases.withIds(['p1'])).map(({ type }) => type);
      expect(types.toSorted()).toEqual(['PAY', 'YOE'] satisfies ReportType[]);
      await ledger.commit(report, [stepOf(claimed, send('p2'))]);
      expect(await ledger.purchases.withIds(['p2'])).toEqual([]);
    });

    it('is kept when what is stored with it makes an id stand for another one', async () => {
      const [asked, bought] = [newReport(), newReport()];
      const alias = (['PAY', 'YOE'] as const).map((type) =>
        stepOf(absent(asked.id, type), { kind: 'stand-for', standsFor: bought.id }),
      );
      const report = newReport();
      const claimed = await bring(ledger, report, [CLAIM]);
      // In one turn, and so perhaps in one statement.
      const [committed, { aliases }] = await Promise.all([
        ledger.commit(report, [stepOf(claimed, send('p1'))]),
        ledger.commitAs(bought, [stepOf(absent(bought.id, 'PAY'), CLAIM)], { report: asked, steps: alias }),
      ]);
      expect(committed).toMatchObject([{ won: true }]);
      expect(aliases).toHaveLength(2);
      expect(await only('p1')).toMatchObject({ reportId: report.id, request: REQUEST });
    });

    it.each<[string, readonly LedgerEvent[], Partial<PurchaseRecord>]>([
      ['accepted', [response('p1'), link('p1')], { outcome: 'accepted', lookAt: null }],
      ['refused', [{ kind: 'reject', purchaseId: 'p1', failure: FAILURE, expiresAt: 9 }], { outcome: 'refused' }],
      ['not accepted', [{ kind: 'not-accepted', purchaseId: 'p1' }], { outcome: 'not-accepted', lookAt: null }],
      ['uncertain', [lose('p1')], { outcome: 'uncertain', lookAt: firstLookAt(1_000) }],
      ['closed', [lose('p1'), CLOSE], { outcome: 'uncertain', lookAt: firstLookAt(1_000) }],
      ['accepted late', [lose('p1'), response('p1'), link('p1')], { outcome: 'accepted', lookAt: null }],
    ])('that is %s says so', async (_, events, expected) => {
      await sent('p1', 1_000, events);
      expect(await only('p1')).toMatchObject({ request: REQUEST, sentAt: 1_000, ...expected });
    });

    it('comes to something for each of its types by itself', async () => {
      const report = newReport();
      for (const type of ['PAY', 'YOE'] as const) await bring(ledger, report, [CLAIM, send('p1')], { type, at: 1_000 });
      await bring(ledger, report, [response('p1'), link('p1')]);
      await bring(ledger, report, [lose('p1')], { type: 'YOE', at: 1_000 });
      expect(await ledger.purchases.withIds(['p1'])).toMatchObject([
        { type: 'PAY', outcome: 'accepted', lookAt: null },
        { type: 'YOE', outcome: 'uncertain', lookAt: firstLookAt(1_000) },
      ]);
      await bring(ledger, report, [{ kind: 'absent', purchaseId: 'p1', failure: FAILURE }], { type: 'YOE' });
      expect(await ledger.purchases.withIds(['p1']), 'its row may only be late').toMatchObject([
        { outcome: 'accepted', lookAt: null },
        { outcome: 'absent', lookAt: firstLookAt(1_000) },
      ]);
    });

    it('does not come to what a change that was too late says', async () => {
      const report = await sent('p1', 1_000, [response('p1')]);
      const answered = await current(ledger, report);
      await bring(ledger, report, [link('p1')]);
      expect(wonOf(await ledger.commit(report, [stepOf(answered, lose('p1'))]))).toEqual([false]);
      expect(await only('p1')).toMatchObject({ outcome: 'accepted', lookAt: null });
    });

    it('is kept when its report is bought again, and when it is forgotten', async () => {
      const now = Date.now();
      const report = await sent('p1', now - 2_000, [lose('p1')]);
      await bring(ledger, report, [RESUBMIT, send('p2'), lose('p2'), CLOSE], { at: now - 1_000 });
      expect((await current(ledger, report)).state).toBe('FAILED');
      await ledger.prune(IN_A_WEEK + 1);
      expect(await ledger.read(report.id)).toBeNull();
      const both = await ledger.purchases.withIds(['p1', 'p2']);
      expect(both).toMatchObject([{ outcome: 'uncertain' }, { outcome: 'uncertain' }]);
      expect(both.map(({ reportId }) => reportId)).toEqual([report.id, report.id]);
    });

    it('is forgotten after more than a year', async () => {
      const now = Date.now();
      await sent('p1', now - 2 * YEAR_MS);
      await sent('p2', now - 30 * 24 * 3_600_000);
      await ledger.prune(now - 1_000);
      expect(await inPages(10, (...page) => ledger.purchases.between(0, now, ...page))).toEqual(['p2 PAY']);
    });

    it('is kept for as long whatever is pruned, to the millisecond, and forgotten with however many others', async () => {
      const now = Date.now();
      const kept = now - SENT_KEPT_MS;
      for (let number = 0; number < 202; number++) await sent(`old ${number}`, kept - 1);
      await sent('last', kept);
      await sent('later', kept + 2 * 24 * 3_600_000);
      const all = () => inPages(300, (...page) => ledger.purchases.between(0, now, ...page));
      await ledger.prune(now);
      expect(await all()).toEqual(['last PAY', 'later PAY']);
      await ledger.prune(IN_A_WEEK);
      expect((await all()).at(-1)).toBe('later PAY');
    });
  });

  describe(`${name}: the purchases that were sent`, () => {
    it('are listed in the order of the sending, in pages of any size, within a time', async () => {
      for (const [id, at] of [
        ['p4', 4_000],
        ['p2', 2_000],
        ['p3', 2_000],
        ['p1', 1_000],
      ] as const)
        await sent(id, at);
      const all = ['p1 PAY', 'p2 PAY', 'p3 PAY', 'p4 PAY'];
      for (const most of [1, 2, 3, 10]) {
        expect(await inPages(most, (...page) => ledger.purchases.between(0, 5_000, ...page))).toEqual(all);
        expect(await inPages(most, (...page) => ledger.purchases.between(2_000, 4_000, ...page))).toEqual(
          all.slice(1, 3),
        );
      }
    });

    it('have each their own REPORTID, which is not learned for a second one of the same type', async () => {
      await sent('p1', 1_000, [response('p1'), link('p1')]);
      await sent('p2', 2_000);
      const pay = { type: 'PAY', upstreamReportId: 'R1' } as const;
      await ledger.purchases.learn([
        { purchaseId: 'p1', ...pay },
        { purchaseId: 'p2', ...pay },
      ]);
      await ledger.purchases.learn([{ purchaseId: 'p2', ...pay }]);
      await ledger.purchases.learn([{ purchaseId: 'p1', ...pay, upstreamReportId: 'R2' }]);
      expect(await ledger.purchases.withIds(['p1', 'p2'])).toMatchObject([
        { upstreamReportId: 'R1' },
        { upstreamReportId: null },
      ]);
      await bring(ledger, newReport(), [CLAIM, send('p3')], { type: 'YOE' });
      await ledger.purchases.learn([{ purchaseId: 'p3', type: 'YOE', upstreamReportId: 'R1' }]);
      const next = (await opened.reopen()).ledger;
      expect(await next.purchases.withIds(['p1', 'p3'])).toMatchObject([
        { upstreamReportId: 'R1', outcome: 'accepted' },
        { upstreamReportId: 'R1', type: 'YOE' },
      ]);
    });
  });

  describe(`${name}: the purchases that are looked for`, () => {
    it('are those whose outcome is unknown, until nothing more is to be looked for', async () => {
      expect(await ledger.purchases.nextLook()).toBeNull();
      await sent('p3', 3_000, [lose('p3')]);
      await sent('p1', 1_000, [lose('p1')]);
      await sent('p2', 2_000, [response('p2'), link('p2')]);
      await sent('p4', 4_000, [lose('p4'), response('p4'), link('p4')]);
      const sought = () => inPages(1, (...page) => ledger.purchases.sought(...page));
      expect(await sought()).toEqual(['p1 PAY', 'p3 PAY']);
      expect(await ledger.purchases.nextLook()).toBe(firstLookAt(1_000));
      await ledger.purchases.looked([{ purchaseId: 'p1', type: 'PAY', lookAt: 90_000, evidence: null }]);
      expect(await ledger.purchases.nextLook()).toBe(firstLookAt(3_000));
      expect(await sought(), 'in the order of the sending').toEqual(['p1 PAY', 'p3 PAY']);
      await ledger.purchases.looked([
        { purchaseId: 'p1', type: 'PAY', lookAt: null, evidence: EVIDENCE },
        { purchaseId: 'p2', type: 'PAY', lookAt: 7, evidence: EVIDENCE },
        { purchaseId: 'p3', type: 'PAY', lookAt: 99_000, evidence: { ...EVIDENCE, newestAt: null, candidates: [] } },
      ]);
      expect(await sought()).toEqual(['p3 PAY']);
      const next = (await opened.reopen()).ledger;
      expect(await next.purchases.nextLook()).toBe(99_000);
      expect(await next.purchases.withIds(['p1', 'p2'])).toMatchObject([
        { lookAt: null, evidence: { readAt: 5_000, candidates: [{ recordedAt: 1, type: 'PAY' }] } },
        { lookAt: null, evidence: null },
      ]);
    });

    it('are looked for by type: what was seen of one says nothing of the other', async () => {
      const report = newReport();
      for (const type of ['PAY', 'YOE'] as const)
        await bring(ledger, report, [CLAIM, send('p1'), lose('p1')], { type, at: 1_000 });
      await ledger.purchases.looked([{ purchaseId: 'p1', type: 'PAY', lookAt: null, evidence: EVIDENCE }]);
      expect(await inPages(10, (...page) => ledger.purchases.sought(...page))).toEqual(['p1 YOE']);
      expect(await ledger.purchases.withIds(['p1'])).toMatchObject([{ type: 'PAY' }, { type: 'YOE', evidence: null }]);
    });

    it('are looked for by this process, if no other has the ledger, as often as it asks', async () => {
      expect(await ledger.purchases.readsLog()).toBe(true);
      expect(await ledger.purchases.readsLog()).toBe(true);
      expect(await (await opened.reopen()).ledger.purchases.readsLog()).toBe(true);
    });
  });
}
