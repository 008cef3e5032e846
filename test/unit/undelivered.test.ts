import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/datasources/reports/ledger.js';
import type { ReportRecord } from '../../src/datasources/reports/ports.js';
import type { BilledPurchase, BillOutcome } from '../../src/datasources/reports/reconcile/bill-rows.js';
import { withUndelivered } from '../../src/datasources/reports/reconcile/undelivered.js';

const SENT_AT = 1_000;

function purchase(reportId: string, given: Partial<BilledPurchase> = {}): BilledPurchase {
  return {
    purchaseId: `purchase of ${reportId}`,
    reportId,
    type: 'PAY',
    requestKey: 'k',
    sentAt: SENT_AT,
    upstreamReportId: null,
    outcome: 'bought',
    ...given,
  };
}

/** Reports of which each has failed, with its link, unless something else is given. */
async function outcomes(purchases: readonly BilledPurchase[], given: object = {}): Promise<BillOutcome[]> {
  const read = async (id: string): Promise<ReportRecord> => {
    const entry = { reportId: id, type: 'PAY', state: 'FAILED', at: SENT_AT, followed: {}, ...given };
    return { id, entries: [entry as unknown as Entry] } as unknown as ReportRecord;
  };
  return (await withUndelivered({ read }, purchases)).map(({ outcome }) => outcome);
}

describe('what upstream accepted and did not deliver', () => {
  it('is the purchase of a report that has failed since, however many there are', async () => {
    const all = Array.from({ length: 40 }, (_, number) => purchase(`r${number}`));
    expect(await outcomes(all)).toEqual(all.map(() => 'undelivered'));
  });

  it('is also one that was found in the usage log, and none of which nothing was known or expected', async () => {
    const all = (['bought', 'found', 'refused', 'uncertain'] as const).map((outcome) => purchase(outcome, { outcome }));
    expect(await outcomes(all)).toEqual(['undelivered', 'undelivered', 'refused', 'uncertain']);
  });

  it.each([
    ['has failed before it', { at: SENT_AT - 1 }],
    ['has failed without a link', { followed: undefined }],
    ['is collected', { state: 'COLLECTED' }],
    ['is another one of that name', { type: 'YOE' }],
  ])('is no purchase whose report %s', async (_, given) => {
    expect(await outcomes([purchase('r')], given)).toEqual(['bought']);
  });

  it('is the latest of several purchases of a report', async () => {
    const [first, second] = [purchase('r'), purchase('r', { purchaseId: 'p2' })];
    expect(await outcomes([first, second, purchase('r', { type: 'YOE' })])).toEqual([
      'bought',
      'undelivered',
      'bought',
    ]);
  });

  it('is nothing that has been forgotten', async () => {
    const forgotten = await withUndelivered({ read: async () => null }, [purchase('r')]);
    expect(forgotten).toMatchObject([{ outcome: 'bought' }]);
  });
});
