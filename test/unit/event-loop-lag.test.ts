import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { measureEventLoopLag } from '../../src/lib/event-loop-lag.js';

const LOOK_EVERY_MS = 20;

function block(forMs: number): void {
  const until = performance.now() + forMs;
  while (performance.now() < until);
}

it('the lag is how late the event loop is, turn after turn', async () => {
  const lag = measureEventLoopLag(LOOK_EVERY_MS);
  onTestFinished(() => lag.close());
  expect(lag.current()).toBe(0);
  for (let turn = 0; turn < 6; turn++) {
    block(300);
    await delay(1);
  }
  expect(lag.current()).toBeGreaterThan(150);
  await expect.poll(() => lag.current()).toBeLessThan(100);
});

it('one pause alone is no lag, however long', async () => {
  const lag = measureEventLoopLag(LOOK_EVERY_MS);
  onTestFinished(() => lag.close());
  await delay(4 * LOOK_EVERY_MS);
  block(2_000);
  await delay(LOOK_EVERY_MS);
  expect(lag.current()).toBeLessThan(1_000);
});
