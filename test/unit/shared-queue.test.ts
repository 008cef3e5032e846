import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { CollectionKey } from '../../src/datasources/reports/ports.js';
import { createTimerQueue, type Permission } from '../../src/storage/shared/timer-queue.js';

const KEY: CollectionKey = { id: 'r', type: 'PAY' };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
});

describe('a queue of polls that other processes may make', () => {
  it('keeps what may perhaps be polled later, and polls it as soon as it may', async () => {
    let permission: Permission = 'later';
    const { queue, polled } = polling(() => permission);
    queue.schedule(KEY, 100);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(polled).toEqual([]);
    permission = 'now';
    await vi.advanceTimersByTimeAsync(250);
    expect(polled).toEqual(['r']);
  });

  it('drops what is polled by another process, until it is scheduled again', async () => {
    let permission: Permission = 'never';
    const { queue, polled } = polling(() => permission);
    queue.schedule(KEY, 0);
    await vi.advanceTimersByTimeAsync(1_000);
    permission = 'now';
    await vi.advanceTimersByTimeAsync(10_000);
    expect(polled).toEqual([]);
    queue.schedule(KEY, 0);
    await vi.advanceTimersByTimeAsync(0);
    expect(polled).toEqual(['r']);
  });

  it('forgets everything when it is cleared, aborts what is being polled, and goes on with what comes then', async () => {
    const { queue, polled } = polling(() => 'now', 100);
    queue.schedule(KEY, 0);
    queue.schedule({ id: 's', type: 'PAY' }, 500);
    await vi.advanceTimersByTimeAsync(0);
    queue.clear();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(polled).toEqual(['r']);
    queue.schedule(KEY, 0);
    await vi.advanceTimersByTimeAsync(200);
    expect(polled).toEqual(['r', 'r', 'r']);
    queue.clear();
  });
});

/** A queue and the ids that were polled, each poll again after 50 ms if one takes `forMs`. */
function polling(permissionFor: (key: CollectionKey) => Permission, forMs = 0) {
  const queue = createTimerQueue(permissionFor);
  onTestFinished(() => queue.close());
  const polled: string[] = [];
  queue.start(async ({ id }, signal) => {
    polled.push(id);
    if (forMs > 0) await waiting(forMs, signal);
    return forMs > 0 ? 50 : null;
  });
  return { queue, polled };
}

async function waiting(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, ms);
    signal.addEventListener('abort', () => resolve());
  });
}
