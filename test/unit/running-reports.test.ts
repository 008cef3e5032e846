import pino from 'pino';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { JobalyzerClient } from '../../src/datasources/jobalyzer/client.js';
import type { Lookups } from '../../src/datasources/jobalyzer/lookups.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { createReports } from '../../src/datasources/reports/service.js';
import { createTrustedClock } from '../../src/lib/trusted-clock.js';
import { UNCHECKED_PURCHASE } from '../fixtures/unchecked-purchase.js';

const HOUR = 60 * 60_000;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2030, 0, 1) });
  onTestFinished(() => void vi.useRealTimers());
});

describe('the reports of a process', () => {
  it('are pruned from its start to its end, and what was not sent is handed over then', async () => {
    const prune = vi.fn<Ledger['prune']>(async () => undefined);
    const handOver = vi.fn<Ledger['handOver']>(async () => undefined);
    const clock = createTrustedClock({ trustedAt: Date.now() });
    clock.observe(Date.now());
    const reports = createReports({
      backend: {
        ledger: {
          adopt: async () => [],
          handOver,
          unusualRequests: async () => [],
          trust: async () => undefined,
          prune,
        } as unknown as Ledger,
        queue: { start: () => undefined, schedule: () => undefined, close: async () => undefined },
      },
      client: {} as JobalyzerClient,
      lookups: {} as Lookups,
      check: UNCHECKED_PURCHASE,
      clock,
      settings: { absentAfterMs: null, reportTtlMs: HOUR, rejectedTtlMs: HOUR, giveUpMs: HOUR, refusedForMs: HOUR },
      log: pino({ level: 'silent' }),
    });
    await reports.start();
    await vi.advanceTimersByTimeAsync(2 * HOUR);
    const pruned = prune.mock.calls.length;
    expect(pruned).toBeGreaterThan(1);
    expect(handOver).not.toHaveBeenCalled();
    await reports.close(0);
    expect(handOver).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2 * HOUR);
    expect(prune).toHaveBeenCalledTimes(pruned);
  });
});
