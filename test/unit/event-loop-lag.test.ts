import { expect, it, onTestFinished } from 'vitest';
import { measureEventLoopLag } from '../../src/lib/event-loop-lag.js';

it('the lag is how late the event loop was lately', async () => {
  const lag = measureEventLoopLag(50);
  onTestFinished(() => lag.close());
  expect(lag.current()).toBe(0);
  const blocking = setInterval(() => {
    const until = performance.now() + 300;
    while (performance.now() < until);
  }, 10);
  onTestFinished(() => clearInterval(blocking));
  await expect.poll(() => lag.current(), { timeout: 20_000 }).toBeGreaterThan(150);
  clearInterval(blocking);
  await expect.poll(() => lag.current(), { timeout: 20_000 }).toBeLessThan(100);
});
