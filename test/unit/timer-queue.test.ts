import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTimerQueue } from '../../src/storage/shared/timer-queue.js';

const MOST_AT_ONCE = 48;
const WINDOW_MS = 20;

/** Schedules a poll after each delay, one after the other. Resolves to when each is due and when it started. */
async function polled(delays: readonly number[]): Promise<readonly { dueAt: number; startedAt: number }[]> {
  const queue = createTimerQueue();
  onTestFinished(() => queue.close());
  const dueAt: number[] = [];
  const startedAt: number[] = [];
  const all = Promise.withResolvers<void>();
  let left = delays.length;
  queue.start(async ({ id }) => {
    startedAt[Number(id)] = performance.now();
    if (--left === 0) all.resolve();
    return null;
  });
  for (const [number, delayMs] of delays.entries()) {
    dueAt[number] = performance.now() + delayMs;
    queue.schedule({ id: String(number), type: 'PAY' }, delayMs);
  }
  await all.promise;
  return dueAt.map((due, number) => ({ dueAt: due, startedAt: startedAt[number] ?? 0 }));
}

describe('the queue of one process', () => {
  it('starts no poll before its time by the clock, not even by a part of a millisecond', async () => {
    const delays = fc.sample(fc.double({ min: 0, max: 60, noNaN: true }), { numRuns: 300, seed: 1 });
    for (const { dueAt, startedAt } of await polled(delays)) expect(startedAt).toBeGreaterThanOrEqual(dueAt);
  });

  it('starts no poll early whose timer counts from before it was scheduled', async () => {
    // Timers count from the beginning of the turn of the event loop, which has taken a while by now.
    const until = performance.now() + 30;
    while (performance.now() < until);
    for (const { dueAt, startedAt } of await polled([20])) expect(startedAt).toBeGreaterThanOrEqual(dueAt);
  });

  it('starts 500 polls that are due at the same moment a limited number at a time', async () => {
    const polls = await polled(Array.from({ length: 500 }, () => 50));
    const first = polls[0]?.dueAt ?? Number.NaN;
    const starts = polls.map(({ startedAt }) => startedAt).toSorted((a, b) => a - b);
    for (const [index, startedAt] of starts.entries())
      expect(startedAt).toBeGreaterThanOrEqual(first + (Math.floor(index / MOST_AT_ONCE) - 1) * WINDOW_MS);
  });
});
