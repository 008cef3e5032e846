import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFairSlots, type Share, type Slot } from '../../src/lib/fair-slots.js';

const HANGS_MS = 10_000;
const open = new AbortController().signal;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Slots, and the keys of the work in the order in which it was done. */
function slots(quick = 4, slow = 4) {
  const fair = createFairSlots({ quick, slow });
  const done: string[] = [];
  /** How much is running. */
  let running = 0;
  let most = 0;
  async function work(ms: number, { signal, begin }: Slot): Promise<void> {
    most = Math.max(most, (running += 1));
    begin();
    await new Promise<void>((resolve) => {
      if (ms === 0) return resolve();
      setTimeout(resolve, ms);
      signal.addEventListener('abort', () => resolve());
    });
    running -= 1;
  }
  const run = (key: string, ms: number, isNew = false): Promise<unknown> =>
    fair.run({ key, isNew }, open, (slot) => work(ms, slot)).then(() => done.push(key));
  const hang = (count: number): Promise<unknown>[] =>
    Array.from({ length: count }, (_, index) => run(`h${index}`, HANGS_MS));
  return { fair, done, run, hang, most: () => most };
}

describe('slots of work that may hang', () => {
  it('let new work begin at once when what hangs is known', async () => {
    const { done, run, hang } = slots();
    const first = hang(4);
    await vi.advanceTimersByTimeAsync(HANGS_MS);
    await Promise.all(first);
    void hang(4);
    done.length = 0;
    await run('works', 0);
    expect(done).toEqual(['works']);
  });

  it('let new work begin within a second when a hundred others, never seen before, hang', async () => {
    const { done, run, hang } = slots();
    void hang(100);
    void run('works', 0, true);
    await vi.advanceTimersByTimeAsync(900);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(done).toEqual(['works']);
  });

  it('let the newest begin within a second when a hundred others, just as new, hang', async () => {
    const { done, run } = slots();
    for (let index = 0; index < 100; index += 1) void run(`n${index}`, HANGS_MS, true);
    void run('works', 0, true);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(done).toEqual(['works']);
  });

  it('let the oldest of new work begin, too, when more comes all the time', async () => {
    const { done, run } = slots(1, 0);
    for (let index = 0; index < 3; index += 1) void run(`n${index}`, HANGS_MS, true);
    void run('works', 0, true);
    for (let index = 0; index < 30; index += 1) {
      void run(`m${index}`, HANGS_MS, true);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(done).toContain('works');
  });

  it('let other work have every second slot while new work hangs', async () => {
    const { done, run } = slots(1, 1);
    for (let index = 0; index < 20; index += 1) void run(`n${index}`, HANGS_MS, true);
    void run('works', 0);
    await vi.advanceTimersByTimeAsync(3_100);
    expect(done).toContain('works');
  });

  it('give all that is slow its time, in turn, and never more than there are', async () => {
    const { done, hang, most } = slots();
    const all = hang(20);
    await vi.advanceTimersByTimeAsync((20 / 4 + 1) * HANGS_MS + 10_000);
    await Promise.all(all);
    expect([new Set(done).size, most()]).toEqual([20, 8]);
  });

  it('let work take its time, once, while nobody waits', async () => {
    const { fair } = slots(2, 0);
    let times = 0;
    const slow = fair.run({ key: 'a', isNew: false }, open, async ({ begin, signal }) => {
      times += 1;
      begin();
      await new Promise((resolve) => setTimeout(resolve, HANGS_MS));
      return signal.aborted;
    });
    await vi.advanceTimersByTimeAsync(HANGS_MS);
    expect([await slow, times]).toEqual([false, 1]);
  });

  it('count only from when the work has begun', async () => {
    const { fair, done, run } = slots(1, 0);
    const share: Share = { key: 'token', isNew: false };
    const first = fair.run(share, open, async ({ signal }) => {
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      return signal.aborted;
    });
    void run('next', 0);
    await vi.advanceTimersByTimeAsync(4_900);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect([await first, done]).toEqual([false, ['next']]);
  });

  it('are left by work whose caller gives up, waiting or running', async () => {
    const { fair, run, done } = slots(1, 0);
    const caller = new AbortController();
    const running = fair.run({ key: 'a', isNew: false }, caller.signal, async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw signal.reason;
    });
    const waiting = fair.run({ key: 'b', isNew: false }, caller.signal, async () => 'never');
    const reason = new Error('The caller left.');
    const outcomes = Promise.allSettled([running, waiting]);
    await vi.advanceTimersByTimeAsync(10);
    caller.abort(reason);
    expect(await outcomes).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
    await run('next', 0);
    expect(done).toEqual(['next']);
  });
});
