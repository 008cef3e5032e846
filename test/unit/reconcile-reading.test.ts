import { expect, it } from 'vitest';
import type { LoggedReport } from '../../src/datasources/jobalyzer/usage-log/usage-log.js';
import type { AskedPurchase, Surroundings } from '../../src/datasources/reports/reconcile/around.js';
import { subjectOf } from '../../src/datasources/reports/reconcile/match.js';
import { readingOf } from '../../src/datasources/reports/reconcile/reading.js';
import type { PurchaseRecord } from '../../src/datasources/reports/sent-purchases.js';

const MINUTE = 60_000;
const SENT_AT = 1_000 * MINUTE;

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

it('a purchase counts as not made only if all that was sent around it is known', () => {
  const isAbsent = (isComplete: boolean): boolean => {
    const around = { purchases: [doubt, later], isComplete } as unknown as Surroundings;
    const read = {
      before: around,
      around,
      rows: [row],
      crowded: new Set<string>(),
      unexplained: [],
      readAt: SENT_AT + 60 * MINUTE,
    };
    return readingOf(read, MINUTE).of(doubt as unknown as PurchaseRecord).isAbsent;
  };
  expect([isAbsent(true), isAbsent(false)]).toEqual([true, false]);
});

it('of purchases whose request has more rows than were kept nothing is decided, and rows are shown', () => {
  const purchases = [doubt, { ...doubt, type: 'YOE' as const }, later];
  const around = { purchases, isComplete: true } as unknown as Surroundings;
  const own = { ...row, upstreamReportId: 'Q', requestKey: 'a' };
  const read = { before: around, around, rows: [row, own], unexplained: [], readAt: SENT_AT + 60 * MINUTE };
  const readingWith = (crowded: ReadonlySet<string>) => readingOf({ ...read, crowded }, MINUTE);

  expect([...readingWith(new Set()).assigned]).toEqual([
    [doubt, own],
    [later, row],
  ]);
  const reading = readingWith(new Set([subjectOf(doubt)]));
  expect([...reading.assigned]).toEqual([[later, row]]);
  const { evidence, isAbsent } = reading.of(doubt as unknown as PurchaseRecord);
  expect({ isAbsent, candidates: evidence.candidates }).toMatchObject({
    ...{ isAbsent: false, candidates: [{ upstreamReportId: 'Q' }] },
  });
});

it('a purchase whose request has more rows than were kept is not taken for absent, nor is its other type', () => {
  const yoe = { ...doubt, type: 'YOE' as const };
  const around = { purchases: [doubt, yoe, later], isComplete: true } as unknown as Surroundings;
  const read = { before: around, around, rows: [row], unexplained: [], readAt: SENT_AT + 60 * MINUTE };
  const areAbsent = (crowded: ReadonlySet<string>) => {
    const reading = readingOf({ ...read, crowded }, MINUTE);
    return [doubt, yoe].map((each) => reading.of(each as unknown as PurchaseRecord).isAbsent);
  };
  expect(areAbsent(new Set())).toEqual([true, true]);
  expect(areAbsent(new Set([subjectOf(doubt)]))).toEqual([false, false]);
});
