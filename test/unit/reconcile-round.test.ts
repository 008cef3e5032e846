import { describe, expect, it } from 'vitest';
import { encodeReportsRequest } from '../../src/datasources/jobalyzer/encode.js';
import { requestKeyOf } from '../../src/datasources/jobalyzer/usage-log/request-key.js';
import type { LoggedReport, UsageLog } from '../../src/datasources/jobalyzer/usage-log/usage-log.js';
import { createRound } from '../../src/datasources/reports/reconcile/round.js';
import type { LearnedId, Look, PurchaseRecord, SentPurchases } from '../../src/datasources/reports/sent-purchases.js';
import { canonicalAnswers } from '../../src/model/answers.js';

const HOUR = 3_600_000;
const SENT_AT = Date.now() - 2 * HOUR;

function sent(purchaseId: string, given: Partial<PurchaseRecord> & { readonly title?: string } = {}): PurchaseRecord {
  const { title = 'Clerk', ...others } = given;
  const answers = canonicalAnswers({ jobTitle: title, country: 'United States' }, 'answers');
  const request = encodeReportsRequest({ answers, autoResolveJobTitle: true }, ['PAY'], 'us');
  return {
    purchaseId,
    type: 'PAY',
    reportId: `report of ${purchaseId}`,
    sentAt: SENT_AT,
    request: JSON.stringify(request),
    charge: null,
    outcome: 'uncertain',
    upstreamReportId: null,
    lookAt: 0,
    evidence: null,
    ...others,
  };
}

function rowOf(record: PurchaseRecord, upstreamReportId: string, afterMs = 1_000): LoggedReport {
  return {
    upstreamReportId,
    recordedAt: new Date(record.sentAt + afterMs),
    type: 'PAY',
    successful: true,
    requestKey: requestKeyOf(record.request, 'us'),
    response: '{}',
    clientId: null,
    rating: null,
  };
}

/** Looks for the first `sought` of these, until one is found. `taken`: a REPORTID that another purchase has. */
async function look(
  records: readonly PurchaseRecord[],
  rows: readonly LoggedReport[],
  {
    meanwhile = [],
    taken = null,
    sought = 1,
  }: { meanwhile?: readonly PurchaseRecord[]; taken?: string | null; sought?: number } = {},
) {
  const all = [...records];
  const ending = new AbortController();
  const told: string[] = [];
  const looks: Look[] = [];
  const purchases: Pick<SentPurchases, 'between' | 'learn' | 'looked' | 'withIds'> = {
    between: async (from, until, after) => (after ? [] : all.filter(({ sentAt }) => sentAt >= from && sentAt < until)),
    async learn(learned: readonly LearnedId[]) {
      for (const { purchaseId, upstreamReportId } of learned) {
        const at = all.findIndex((each) => each.purchaseId === purchaseId);
        const record = all[at];
        if (record && upstreamReportId !== taken) all[at] = { ...record, upstreamReportId };
      }
    },
    looked: async (some) => void looks.push(...some),
    withIds: async (ids) => all.filter(({ purchaseId }) => ids.includes(purchaseId)),
  };
  const usageLog: UsageLog = {
    async read({ since = 0, until = Infinity }, each) {
      all.push(...meanwhile);
      for (const row of rows) {
        const time = row.recordedAt?.getTime() ?? null;
        if (time === null || (time >= since && time < until)) each(row);
      }
      return { readAt: new Date() };
    },
  };
  const round = createRound({
    ledger: { read: () => Promise.resolve(null), purchases: purchases as SentPurchases },
    usageLog,
    customer: { customerId: 'us', clientId: 'our client' },
    settle: {
      async found({ purchaseId }, row) {
        told.push(`${purchaseId} is ${row.upstreamReportId}`);
        // After the first of several.
        if (sought > 1) ending.abort(new Error('The server is stopping.'));
        return 'never';
      },
      absent: async ({ purchaseId }) => void told.push(`${purchaseId} is absent`),
    },
    absentAfterMs: HOUR,
  });
  await round(records.slice(0, sought), ending.signal).catch((error: unknown) => told.push(String(error)));
  return { told, evidence: looks[0]?.evidence, lookAt: looks[0]?.lookAt };
}

describe('a look into the usage log', () => {
  const doubt = sent('doubt');

  it('finds a purchase that is in it', async () => {
    expect(await look([doubt], [rowOf(doubt, 'r')])).toMatchObject({ told: ['doubt is r'], lookAt: null });
  });

  it('decides nothing more once the server stops', async () => {
    const other = sent('other', { title: 'Cook' });
    const { told, lookAt } = await look([doubt, other], [rowOf(doubt, 'r'), rowOf(other, 'o')], { sought: 2 });
    expect(told).toEqual(['doubt is r', 'Error: The server is stopping.']);
    expect(lookAt).toBeUndefined();
  });

  it('decides nothing of a row that may be a purchase which was sent while the log was read', async () => {
    const again = sent('again', { sentAt: SENT_AT + 60_000, outcome: null });
    const row = rowOf(doubt, 'r', 61_000);
    const { told, evidence } = await look([doubt], [row], { meanwhile: [again] });
    expect(told).toEqual([]);
    expect(evidence?.candidates.map(({ upstreamReportId }) => upstreamReportId)).toEqual(['r']);
  });

  it('gives a purchase no row that is another one of whatever time, and does not take it for absent', async () => {
    const before = sent('before', { title: 'Cook', sentAt: SENT_AT - 60_000, outcome: 'accepted' });
    const after = sent('after', { title: 'Judge', sentAt: SENT_AT + 60_000, outcome: 'accepted' });
    const others = [rowOf(before, 'b'), rowOf(after, 'a')];
    const known = await look([doubt, before, after], [...others, rowOf(doubt, 'r')], { taken: 'r' });
    expect(known.told).toEqual([]);
    expect(known.evidence).toMatchObject({ accepted: 2, inLog: 2, candidates: [{ upstreamReportId: 'r' }] });
    expect((await look([doubt, before, after], others)).told).toEqual(['doubt is absent']);
  });

  describe('of which it has nothing', () => {
    const before = sent('before', { title: 'Cook', sentAt: SENT_AT - 60_000, outcome: 'accepted' });
    const after = sent('after', { title: 'Judge', sentAt: SENT_AT + 60_000, outcome: 'accepted' });
    const others = [rowOf(before, 'b'), rowOf(after, 'a')];
    const lookFor = async (rows: readonly LoggedReport[], more: readonly PurchaseRecord[] = []) =>
      (await look([doubt, before, after, ...more], [...others, ...rows])).told;

    it('is not absent if its request is in the log for the other type', async () => {
      const other = sent('doubt', { type: 'YOE' });
      const row = { ...rowOf(other, 'y'), type: 'YOE' as const };
      expect(await lookFor([row], [other])).toEqual([]);
      expect(await lookFor([{ ...row, upstreamReportId: null }], [other]), 'nor if it cannot be told which').toEqual(
        [],
      );
    });

    it('is not absent beside more odd rows than are looked at, though none of them may be it', async () => {
      const odd = { ...rowOf(doubt, 'odd', -2 * 60_000), requestKey: null };
      expect(await lookFor([odd])).toEqual(['doubt is absent']);
      expect(await lookFor(Array.from({ length: 500_001 }, () => odd))).toEqual([]);
    });

    it.each([
      ['too late', 16 * 60_000],
      ['too early, as where the clock was set back after the sending,', -14 * 60_000],
    ])(
      'is not absent, and shows the row, if its request is in the log %s to be certainly its own',
      async (_when, afterMs) => {
        const odd = rowOf(doubt, 'odd', afterMs);
        const { told, evidence } = await look([doubt, before, after], [...others, odd]);
        expect(told).toEqual([]);
        expect(evidence?.candidates).toMatchObject([{ upstreamReportId: 'odd' }]);
      },
    );

    it('is absent if its request is in the log for another purchase, or from long before it', async () => {
      const again = sent('again', { sentAt: SENT_AT + 40 * 60_000, outcome: 'accepted' });
      const rows = [rowOf(again, 'of the repeat'), rowOf(doubt, 'of long ago', -16 * 60_000)];
      expect(await lookFor(rows, [again])).toEqual(['doubt is absent']);
    });

    it.each([
      ['whose request cannot be read', { requestKey: null }],
      ['whose request is none of ours', { requestKey: 'other' }],
      ['of a type that is not known', { type: null }],
      ['without a time', { recordedAt: null }],
      ['of another request of ours', { requestKey: 'other', clientId: 'us' }],
      ['of another request in the name of our client', { requestKey: 'other', clientId: 'our client' }],
      ['of nobody knows what, whenever', { requestKey: null, type: null, recordedAt: null }],
    ])('is not absent beside a row %s', async (_what, odd) => {
      expect(await lookFor([{ ...rowOf(doubt, 'odd'), ...odd }])).toEqual([]);
    });

    it.each([
      ['of another time', { requestKey: null, recordedAt: new Date(SENT_AT + 16 * 60_000) }],
      ['before it', { requestKey: null, recordedAt: new Date(SENT_AT - 2 * 60_000) }],
      ['of the other type', { requestKey: null, type: 'YOE' as const }],
      ['of another customer', { requestKey: 'other', clientId: 'them' }],
      ['of another request without a time', { requestKey: 'other', recordedAt: null }],
    ])('is absent beside a row %s, which cannot be it', async (_what, odd) => {
      expect(await lookFor([{ ...rowOf(doubt, 'odd'), ...odd }])).toEqual(['doubt is absent']);
    });
  });
});
