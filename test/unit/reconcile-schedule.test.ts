import { setImmediate as turn } from 'node:timers/promises';
import pino from 'pino';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { delay } from '../../src/lib/delay.js';
import { UsageLogUnreadable, type UsageLog } from '../../src/datasources/jobalyzer/usage-log/usage-log.js';
import { startReconciling } from '../../src/datasources/reports/reconcile/reconcile.js';
import { createRound } from '../../src/datasources/reports/reconcile/round.js';
import { firstLookAt } from '../../src/datasources/reports/reconcile/schedule.js';
import type { PurchaseRecord, SentPurchases } from '../../src/datasources/reports/sent-purchases.js';

vi.mock(import('../../src/lib/delay.js'), { spy: true });

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const SENT = Date.UTC(2026, 10, 26, 12);
/** How often it is asked whether something is due. */
const STEP = 3 * SECOND;

let now: number;
let end: { readonly at: number; readonly reached: () => void };
beforeEach(() => {
  now = SENT;
  vi.spyOn(Date, 'now').mockImplementation(() => now);
  vi.mocked(delay).mockImplementation(async (ms, signal) => {
    await turn();
    signal.throwIfAborted();
    now += ms;
    if (now >= end.at) end.reached();
  });
  return () => vi.restoreAllMocks();
});

/** The ages at which one doubt, whose row never comes, is looked for in `hours`. The log cannot be read before `readableFrom`. */
async function agesOfReads(hours: number, readableFrom = 0): Promise<readonly number[]> {
  const request = JSON.stringify({ customerId: 'us', answers: { JobTitle: 'Clerk' } });
  let doubt: PurchaseRecord = {
    ...{ purchaseId: 'p', type: 'PAY', reportId: 'r', sentAt: SENT, request, charge: null },
    ...{ outcome: 'uncertain', upstreamReportId: null, lookAt: firstLookAt(SENT), evidence: null },
  };
  const purchases: Partial<SentPurchases> = {
    between: async (_from, _until, after) => (after ? [] : [doubt]),
    sought: async (after) => (after || doubt.lookAt === null ? [] : [doubt]),
    nextLook: async () => doubt.lookAt,
    readsLog: async () => true,
    learn: async () => undefined,
    withIds: async () => [doubt],
    async looked([look]) {
      if (look) doubt = { ...doubt, lookAt: look.lookAt, evidence: look.evidence };
    },
  };
  const ages: number[] = [];
  const usageLog: UsageLog = {
    async read() {
      ages.push(now - SENT);
      if (now - SENT < readableFrom) throw new UsageLogUnreadable('It is HTML.');
      return { readAt: new Date(now) };
    },
  };
  const ledger = { read: async () => null, purchases: purchases as SentPurchases };
  const settle = { found: async () => 'never' as const, absent: async () => undefined };
  const customer = { clientId: 'us', customerId: 'us' };
  const round = createRound({ ledger, usageLog, customer, settle, absentAfterMs: null });
  const over = Promise.withResolvers<void>();
  end = { at: SENT + hours * HOUR, reached: over.resolve };
  const stop = startReconciling({ ledger, round, log: pino({ level: 'silent' }) });
  await over.promise;
  await stop();
  return ages;
}

describe('the usage log is read for a doubt', () => {
  it('ten seconds after it, then after pauses that double up to an hour, for a day, and then not any more', async () => {
    const ages = await agesOfReads(30);
    const nominal = [10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120].map((age) => age * SECOND);
    const hourly = Array.from({ length: 22 }, (_, number) => (nominal.at(-1) ?? 0) + (number + 1) * HOUR);
    const expected = [...nominal, ...hourly].filter((age) => age <= 24 * HOUR);
    expect(ages).toHaveLength(expected.length);
    for (const [index, age] of ages.entries()) {
      expect(age).toBeGreaterThanOrEqual(expected[index] ?? 0);
      expect(age).toBeLessThan((expected[index] ?? 0) + STEP);
    }
  });

  it('every hour after that day, as long as it could not be read, and once when it can', async () => {
    const ages = await agesOfReads(40, 30 * HOUR);
    const late = ages.filter((age) => age > 24 * HOUR);
    expect(late.length).toBeGreaterThanOrEqual(6);
    expect(late.length).toBeLessThanOrEqual(8);
    expect(late.filter((age) => age >= 30 * HOUR)).toHaveLength(1);
  });
});
