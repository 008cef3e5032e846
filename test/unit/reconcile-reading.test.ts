import { expect, it } from 'vitest';
import type { LoggedReport } from '../../src/datasources/jobalyzer/usage-log/usage-log.js';
import type { AskedPurchase, Surroundings } from '../../src/datasources/reports/reconcile/around.js';
import { readingOf } from '../../src/datasources/reports/reconcile/reading.js';
import type { PurchaseRecord } from '../../src/datasources/reports/sent-purchases.js';

const MINUTE = 60_000;
const SENT_AT = 1_000 * MINUTE;

it('a purchase counts as not made only if all that was sent around it is known', () => {
  const known = { type: 'PAY', reportId: 'r', upstreamReportId: null } as const;
  const doubt: AskedPurchase = { ...known, purchaseId: 'p', requestKey: 'a', sentAt: SENT_AT, outcome: 'unknown' };
  const later: AskedPurchase = {
    ...{ ...known, purchaseId: 'later', requestKey: 'b' },
    ...{ sentAt: SENT_AT + MINUTE, outcome: 'accepted' },
  };
  const row = {
    ...{ upstreamReportId: 'R', type: 'PAY', successful: true, requestKey: 'b', clientId: null },
    recordedAt: new Date(SENT_AT + MINUTE),
  } as LoggedReport;
  const isAbsent = (isComplete: boolean): boolean => {
    const around = { purchases: [doubt, later], isComplete } as unknown as Surroundings;
    const read = { before: around, around, rows: [row], unexplained: [], readAt: SENT_AT + 60 * MINUTE };
    return readingOf(read, MINUTE).of(doubt as unknown as PurchaseRecord).isAbsent;
  };
  expect([isAbsent(true), isAbsent(false)]).toEqual([true, false]);
});
