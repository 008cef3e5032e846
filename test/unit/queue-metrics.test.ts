import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CollectionQueue, CollectionStep } from '../../src/datasources/reports/ports.js';
import { observeQueue } from '../../src/telemetry/queue-metrics.js';
import { samplesOf } from '../fixtures/server/metrics.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const KEY = { id: 'r', type: 'PAY' } as const;

it('measures how late each poll starts, from when it was due', async () => {
  const registry = new Registry();
  let run: CollectionStep = async () => null;
  const scheduled: number[] = [];
  const queue: CollectionQueue = {
    start: (step) => void (run = step),
    schedule: (_key, delayMs) => void scheduled.push(delayMs),
    close: async () => undefined,
  };
  const observed = observeQueue(queue, registry);
  const delays = [2_000, null];
  observed.start(async () => delays.shift() ?? null);
  const lag = async (): Promise<readonly (number | undefined)[]> => {
    const samples = samplesOf(await registry.metrics());
    return [samples['report_poll_lag_seconds_count'], samples['report_poll_lag_seconds_sum']];
  };

  observed.schedule(KEY, 1_000);
  // One that is already scheduled keeps its time.
  observed.schedule(KEY, 5_000);
  vi.advanceTimersByTime(1_250);
  expect(await run(KEY, AbortSignal.abort())).toBe(2_000);
  expect(await lag()).toEqual([1, 0.25]);
  vi.advanceTimersByTime(2_500);
  expect(await run(KEY, AbortSignal.abort())).toBeNull();
  expect(await lag()).toEqual([2, 0.75]);
  // Not scheduled at all, as after a failed claim of another process: it is not late.
  await run(KEY, AbortSignal.abort());
  expect(await lag()).toEqual([3, 0.75]);
  expect(scheduled).toEqual([1_000, 5_000]);
});
