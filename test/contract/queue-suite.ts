import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CollectionKey, CollectionQueue } from '../../src/datasources/reports/ports.js';
import { eventually } from '../fixtures/eventually.js';
import { bring, bringLinked, newReport, TO_LINKED, type OpenBackend, type OpenedBackend } from './steps.js';

/** The contract of every collection queue (`ports.ts`). */
export function queueSuite(name: string, open: OpenBackend): void {
  let opened: OpenedBackend;
  let queue: CollectionQueue;

  beforeEach(async () => {
    opened = await open();
    queue = opened.backend.queue;
  });
  afterEach(() => opened.close());

  /** Of a report that is this process's to poll. */
  async function newKey(): Promise<CollectionKey> {
    const report = newReport();
    await bringLinked(opened.backend.ledger, report);
    return { id: report.id, type: 'PAY' };
  }
  /** Long enough for anything due to start. */
  const aWhile = () => sleep(60);

  describe(`${name}: the collection queue`, () => {
    it('runs the step with its key after the given delay, never before', async () => {
      const looked = vi.fn<(key: CollectionKey) => void>();
      let lookedAt = 0;
      queue.start(async (key) => {
        lookedAt = performance.now();
        looked(key);
        return null;
      });
      const key = await newKey();
      const startedAt = performance.now();
      queue.schedule(key, 40);
      await eventually(() => expect(looked).toHaveBeenCalledExactlyOnceWith(key));
      expect(lookedAt - startedAt).toBeGreaterThanOrEqual(40);
    });

    it('repeats a step after each delay it returns, never before, until it returns null', async () => {
      const times: number[] = [];
      queue.start(async () => {
        times.push(performance.now());
        return times.length < 4 ? 30 : null;
      });
      queue.schedule(await newKey(), 0);
      await eventually(() => expect(times).toHaveLength(4));
      await aWhile();
      expect(times).toHaveLength(4);
      const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(30);
    });

    it('never runs two steps of one key at once, however often it is scheduled', async () => {
      const key = await newKey();
      let running = 0;
      let most = 0;
      let steps = 0;
      queue.start(async () => {
        most = Math.max(most, ++running);
        steps += 1;
        await sleep(5);
        running -= 1;
        return steps < 10 ? 1 : null;
      });
      for (let time = 0; time < 20; time++) {
        for (let often = 0; often < 5; often++) queue.schedule({ ...key }, often);
        await sleep(2);
      }
      await eventually(() => expect(steps).toBeGreaterThanOrEqual(10));
      await aWhile();
      expect(most).toBe(1);
    });

    it('runs steps of different ids and types concurrently', async () => {
      const gate = Promise.withResolvers<void>();
      let running = 0;
      queue.start(async () => {
        running += 1;
        await gate.promise;
        return null;
      });
      const report = newReport();
      for (const type of ['PAY', 'YOE'] as const) {
        await bring(opened.backend.ledger, report, TO_LINKED, { type });
        queue.schedule({ id: report.id, type }, 0);
      }
      queue.schedule(await newKey(), 0);
      await eventually(() => expect(running).toBe(3));
      gate.resolve();
    });

    it('runs a step once more if it was scheduled while running', async () => {
      const key = await newKey();
      const gate = Promise.withResolvers<void>();
      let steps = 0;
      queue.start(async () => {
        steps += 1;
        if (steps === 1) await gate.promise;
        return null;
      });
      queue.schedule(key, 0);
      await eventually(() => expect(steps).toBe(1));
      queue.schedule(key, 0);
      queue.schedule(key, 0);
      gate.resolve();
      await eventually(() => expect(steps).toBe(2));
      await aWhile();
      expect(steps).toBe(2);
    });

    it('runs a key once that was scheduled many times before it started', async () => {
      const looked = vi.fn<() => void>();
      queue.start(async () => {
        looked();
        return null;
      });
      const key = await newKey();
      for (let often = 0; often < 10; often++) queue.schedule(key, 10);
      await eventually(() => expect(looked).toHaveBeenCalled());
      await aWhile();
      expect(looked).toHaveBeenCalledTimes(1);
    });

    it('runs a finished key again when it is scheduled again', async () => {
      const looked = vi.fn<() => void>();
      queue.start(async () => {
        looked();
        return null;
      });
      const key = await newKey();
      for (const times of [1, 2]) {
        queue.schedule(key, 0);
        await eventually(() => expect(looked).toHaveBeenCalledTimes(times));
        await aWhile();
      }
    });

    it('continues with other keys when a step throws, and retries that key when it is scheduled again', async () => {
      const [bad, good] = [await newKey(), await newKey()];
      const looked: string[] = [];
      queue.start(async ({ id }) => {
        looked.push(id);
        if (id === bad.id && looked.filter((other) => other === id).length === 1) throw new Error('It failed.');
        return null;
      });
      queue.schedule(bad, 0);
      queue.schedule(good, 0);
      await eventually(() => expect(looked).toHaveLength(2));
      await aWhile();
      queue.schedule(bad, 0);
      await eventually(() => expect(looked).toEqual([bad.id, good.id, bad.id]));
    });

    it('runs a negative delay immediately, and a huge one not immediately', async () => {
      const looked: string[] = [];
      queue.start(async ({ id }) => {
        looked.push(id);
        return null;
      });
      const [past, far] = [await newKey(), await newKey()];
      queue.schedule(far, 1e12);
      queue.schedule(past, -1_000);
      await eventually(() => expect(looked).toEqual([past.id]));
      await aWhile();
      expect(looked).toEqual([past.id]);
    });
  });

  describe(`${name}: closing the collection queue`, () => {
    it('cancels scheduled steps and accepts no new ones', async () => {
      const looked = vi.fn<() => void>();
      queue.start(async () => {
        looked();
        return 5;
      });
      queue.schedule(await newKey(), 30);
      await queue.close();
      queue.schedule(await newKey(), 0);
      await aWhile();
      expect(looked).not.toHaveBeenCalled();
    });

    it('aborts running steps, waits for them and starts no more', async () => {
      let begun = 0;
      let ended = 0;
      queue.start(async (_, signal) => {
        begun += 1;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await sleep(10);
        ended += 1;
        return 1;
      });
      const keys = [await newKey(), await newKey()];
      for (const key of keys) queue.schedule(key, 0);
      await eventually(() => expect(begun).toBe(2));
      for (const key of keys) queue.schedule(key, 0);
      await queue.close();
      expect(ended).toBe(2);
      await aWhile();
      expect([begun, ended]).toEqual([2, 2]);
    });

    it('can be called twice', async () => {
      await queue.close();
      await expect(queue.close()).resolves.toBeUndefined();
    });
  });
}
