import pino from 'pino';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { startPruning } from '../../src/datasources/reports/prune.js';
import { createTrustedClock } from '../../src/lib/trusted-clock.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2030, 0, 1) });
  onTestFinished(() => void vi.useRealTimers());
});

/** A ledger that was last trusted eight days ago, with the times that it was told. */
function stage() {
  const prunedUntil: number[] = [];
  const trusted: number[] = [];
  const ledger = {
    prune: async (until: number, refused: number) => {
      prunedUntil.push(until);
      expect(refused - until, 'what was refused is kept for a day').toBe(29 * DAY);
    },
    trust: async (now: number) => void trusted.push(now),
  } as unknown as Ledger;
  const clock = createTrustedClock({ trustedAt: Date.now() - 8 * DAY });
  onTestFinished(startPruning(ledger, clock, pino({ level: 'silent' })));
  return { clock, prunedUntil, trusted };
}

it('prunes nothing, and trusts no time, until the clock is confirmed; then what expired thirty days ago, every hour', async () => {
  const { clock, prunedUntil, trusted } = stage();
  await vi.advanceTimersByTimeAsync(DAY);
  expect([prunedUntil, trusted]).toEqual([[], []]);
  clock.observe(Date.now());
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(prunedUntil).toEqual([Date.now() - 30 * DAY]);
  expect(trusted).toEqual([Date.now()]);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(prunedUntil).toHaveLength(2);
});

it('stops while the clock is in doubt again', async () => {
  const { clock, prunedUntil, trusted } = stage();
  clock.observe(Date.now());
  await vi.advanceTimersByTimeAsync(MINUTE);
  clock.observe(Date.now() - 8 * DAY);
  await vi.advanceTimersByTimeAsync(DAY);
  expect([prunedUntil.length, trusted.length]).toEqual([1, 1]);
});
