import { Histogram, type Registry } from 'prom-client';
import type { CollectionKey, CollectionQueue } from '../datasources/reports/ports.js';

const SECONDS = [0.005, 0.02, 0.1, 0.5, 1, 5, 30, 120, 600];

/** Watches how late polls start: a queue that falls behind makes every report late, whatever its own poll takes. */
export function observeQueue(queue: CollectionQueue, registry: Registry): CollectionQueue {
  const lag = new Histogram({
    name: 'report_poll_lag_seconds',
    help: 'How much later than it was due a poll started.',
    buckets: SECONDS,
    registers: [registry],
  });
  /** By the monotonic clock. */
  const dueAt = new Map<string, number>();
  const nameOf = ({ id, type }: CollectionKey): string => `${id}:${type}`;
  const due = (name: string, delayMs: number): void => void dueAt.set(name, performance.now() + Math.max(delayMs, 0));

  return {
    ...queue,
    start(step) {
      queue.start(async (key, signal) => {
        const name = nameOf(key);
        const now = performance.now();
        lag.observe(Math.max(now - (dueAt.get(name) ?? now), 0) / 1_000);
        dueAt.delete(name);
        const delayMs = await step(key, signal);
        if (delayMs !== null) due(name, delayMs);
        return delayMs;
      });
    },
    schedule(key, delayMs) {
      const name = nameOf(key);
      if (!dueAt.has(name)) due(name, delayMs);
      queue.schedule(key, delayMs);
    },
  };
}
