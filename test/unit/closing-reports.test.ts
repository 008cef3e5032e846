import pino from 'pino';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { JobalyzerClient } from '../../src/datasources/jobalyzer/client.js';
import type { UsageLog } from '../../src/datasources/jobalyzer/usage-log/usage-log.js';
import type { Lookups } from '../../src/datasources/jobalyzer/lookups.js';
import { createReports } from '../../src/datasources/reports/service.js';
import { createTrustedClock } from '../../src/lib/trusted-clock.js';
import { parseMonth } from '../../src/model/usage-audit.js';
import { openEmbeddedBackend } from '../../src/storage/sqlite/backend.js';
import { BUYER } from '../fixtures/buyer.js';
import { bring, CLAIM, FAILURE, newReport } from '../contract/steps.js';
import { eventually } from '../fixtures/eventually.js';
import { testDirectory } from '../fixtures/test-directory.js';
import { UNCHECKED_PURCHASE } from '../fixtures/unchecked-purchase.js';

const HOUR = 3_600_000;

/** The reports of a process whose usage log comes no further until it is given up, and whose purchases are never answered. */
async function reading() {
  const backend = openEmbeddedBackend(await testDirectory(), 'ledger');
  onTestFinished(() => backend.ledger.close());
  const seen = { reads: 0, ended: 0, purchases: 0 };
  const usageLog: UsageLog = {
    async read(_query, _each, signal) {
      seen.reads += 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await turn();
      seen.ended += 1;
      throw signal.reason;
    },
  };
  const purchase = (): Promise<never> => {
    seen.purchases += 1;
    return new Promise(() => undefined);
  };
  const reports = createReports({
    backend,
    client: { usageLog, customerId: 'c', clientId: 'c', purchase } as unknown as JobalyzerClient,
    lookups: {} as Lookups,
    check: UNCHECKED_PURCHASE,
    clock: createTrustedClock({ trustedAt: Date.now() }),
    settings: { absentAfterMs: null, reportTtlMs: HOUR, rejectedTtlMs: HOUR, giveUpMs: HOUR, refusedForMs: HOUR },
    log: pino({ level: 'silent' }),
  });
  return { backend, reports, seen };
}

it('a process that stops ends the comparison of a bill', async () => {
  const { reports, seen } = await reading();
  const month = parseMonth('2026-01', 'month', Date.now());
  const compared = reports.service.audits.compare(month, new AbortController().signal);
  const failure = compared.then(() => null, String);
  await eventually(() => expect(seen.reads).toBe(1));
  await reports.close(0);
  expect(await failure).toContain('The server is stopping');
});

it('a process that stops has ended looking for doubts before its ledger is closed', async () => {
  const { backend, reports, seen } = await reading();
  await bring(
    backend.ledger,
    newReport(),
    [
      CLAIM,
      { kind: 'send', purchaseId: 'p', request: '{"answers":{}}' },
      { kind: 'lose', purchaseId: 'p', failure: FAILURE },
    ],
    { at: Date.now() - 60_000 },
  );
  await reports.start();
  await eventually(() => expect(seen.reads).toBe(1));
  await reports.close(0);
  expect(seen.ended).toBe(1);
});

it('a process that stops waits for a purchase for as long as it is told, and no longer', async () => {
  const { reports, seen } = await reading();
  await reports.service.ensure(newReport(), ['PAY'], BUYER);
  await eventually(() => expect(seen.purchases).toBe(1));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let closed = false;
  void reports.close(10_000).then(() => (closed = true));
  await vi.advanceTimersByTimeAsync(9_999);
  expect(closed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(closed).toBe(true);
});
