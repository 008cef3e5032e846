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

/** A ledger that was last trusted so long ago, with the times that it was told. */
function stage(agoMs = 8 * DAY) {
  const prunedUntil: number[] = [];
  const refusedUntil: number[] = [];
  const trusted: number[] = [];
  const ledger = {
    prune: async (until: number, refused: number) => {
      prunedUntil.push(until);
      refusedUntil.push(refused);
    },
    trust: async (now: number) => void trusted.push(now),
  } as unknown as Ledger;
  const clock = createTrustedClock({ trustedAt: Date.now() - agoMs });
  onTestFinished(startPruning(ledger, clock, pino({ level: 'silent' })));
  return { clock, prunedUntil, refusedUntil, trusted };
}

it('prunes nothing, and trusts no time, until the clock is confirmed; then what expired thirty days ago, every hour', async () => {
  const { clock, prunedUntil, refusedUntil, trusted } = stage();
  await vi.advanceTimersByTimeAsync(DAY);
  expect([prunedUntil, trusted]).toEqual([[], []]);
  clock.observe(Date.now());
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(prunedUntil).toEqual([Date.now() - 30 * DAY]);
  expect(refusedUntil, 'what was refused is kept for a day').toEqual([Date.now() - DAY]);
  expect(trusted).toEqual([Date.now()]);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(prunedUntil).toHaveLength(2);
});

it('trusts a clock that says about the time of the last one, and prunes nothing until it is confirmed', async () => {
  const { clock, prunedUntil, trusted } = stage(MINUTE);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect([prunedUntil.length, trusted.length]).toEqual([0, 2]);
  clock.observe(Date.now());
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(prunedUntil).toHaveLength(1);
});

it('stops while the clock is in doubt again', async () => {
  const { clock, prunedUntil, trusted } = stage();
  clock.observe(Date.now());
  await vi.advanceTimersByTimeAsync(MINUTE);
  clock.observe(Date.now() - 8 * DAY);
  await vi.advanceTimersByTimeAsync(DAY);
  expect([prunedUntil.length, trusted.length]).toEqual([1, 1]);
});

/** A ledger that is asked to store a trusted time, and has not done so yet. */
function storing() {
  const stored = Promise.withResolvers<void>();
  const prune = vi.fn<Ledger['prune']>(async () => undefined);
  const lines: string[] = [];
  const clock = createTrustedClock({ trustedAt: Date.now() });
  clock.observe(Date.now());
  const ledger = { trust: () => stored.promise, prune } as unknown as Ledger;
  const end = startPruning(ledger, clock, pino({}, { write: (line: string) => void lines.push(line) }));
  onTestFinished(end);
  return { ...stored, prune, lines, end };
}

it('prunes nothing any more once it has been ended', async () => {
  const { resolve, prune, end } = storing();
  end();
  resolve();
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(prune).not.toHaveBeenCalled();
});

it('complains of a ledger that cannot be written, but not of one that is closed once it has been ended', async () => {
  const [failing, closed] = [storing(), storing()];
  closed.end();
  for (const { reject } of [failing, closed]) reject(new Error('It cannot be written.'));
  await vi.advanceTimersByTimeAsync(0);
  expect(failing.lines).toEqual([expect.stringContaining('failed to prune expired reports')]);
  expect(closed.lines).toEqual([]);
});
