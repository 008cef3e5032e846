import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { deadline, timedOut } from '../../src/lib/deadline.js';
import { delay, LONGEST_DELAY_MS } from '../../src/lib/delay.js';
import { abortable } from '../../src/lib/abortable.js';

const reason = new Error('Somebody left.');

describe('a delay', () => {
  it('ends after its time', async () => {
    const startedAt = performance.now();
    await delay(30, new AbortController().signal);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(28);
  });

  it.each([0, -5, -Infinity])('of %d ms ends at once', async (ms) => {
    const startedAt = performance.now();
    await delay(ms, new AbortController().signal);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('ends with the reason of its signal, also where that came before', async () => {
    const leaving = new AbortController();
    const waiting = delay(60_000, leaving.signal);
    leaving.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(delay(60_000, leaving.signal)).rejects.toBe(reason);
    expect(getEventListeners(leaving.signal, 'abort')).toHaveLength(0);
  });

  it.each([LONGEST_DELAY_MS + 1, 1e15, Infinity])('of %d ms does not become one of 1 ms', async (ms) => {
    const leaving = new AbortController();
    let over = false;
    const waiting = delay(ms, leaving.signal).finally(() => (over = true));
    await new Promise((resolve) => setTimeout(resolve, 25));
    expect(over).toBe(false);
    leaving.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it('leaves nothing at its signal', async () => {
    const { signal } = new AbortController();
    await delay(1, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('a deadline', () => {
  it('ends by its time, and says so', async () => {
    const signal = deadline(20);
    expect(signal.aborted).toBe(false);
    await aborted(signal);
    expect(timedOut(signal)).toBe(true);
  });

  it('ends by its time also where somebody could end it before', async () => {
    const signal = deadline(20, new AbortController().signal);
    await aborted(signal);
    expect(timedOut(signal)).toBe(true);
  });

  it('ends by whoever held it, with their reason and no word of time', () => {
    const holder = new AbortController();
    const signal = deadline(60_000, holder.signal);
    holder.abort(reason);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toBe(reason);
    expect(timedOut(signal)).toBe(false);
  });

  it('has ended where its holder had', () => {
    expect(deadline(60_000, AbortSignal.abort(reason)).reason).toBe(reason);
  });

  it.each([0.2, -5, 1e15, Infinity])('may be of %d ms', async (ms) => {
    const signal = deadline(ms);
    await new Promise((resolve) => setTimeout(resolve, 25));
    expect(signal.aborted).toBe(ms < 25);
  });

  it('has not ended by its time where it has not ended', () => {
    expect(timedOut(new AbortController().signal)).toBe(false);
  });
});

describe('a promise that is awaited unless a signal ends the wait', () => {
  it('has its own outcome', async () => {
    const { signal } = new AbortController();
    expect(await abortable(Promise.resolve(3), signal)).toBe(3);
    await expect(abortable(Promise.reject(reason), signal)).rejects.toBe(reason);
    await new Promise((resolve) => setImmediate(resolve));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('is left at once when the signal comes, and goes on', async () => {
    const work = Promise.withResolvers<number>();
    const leaving = new AbortController();
    const left = abortable(work.promise, leaving.signal);
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    work.resolve(3);
    expect(await work.promise).toBe(3);
  });

  it('is not awaited at all where the signal came before, and its failure is nobody’s', async () => {
    const work = Promise.withResolvers<number>();
    await expect(abortable(work.promise, AbortSignal.abort(reason))).rejects.toBe(reason);
    work.reject(new Error('Too late for anybody.'));
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('may fail after it was left without anybody noticing', async () => {
    const work = Promise.withResolvers<number>();
    const leaving = new AbortController();
    const left = abortable(work.promise, leaving.signal);
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    work.reject(new Error('Too late for anybody.'));
    await new Promise((resolve) => setImmediate(resolve));
  });

  it.each(['a text', undefined, 3])('rejects with an error also where the reason is none: %j', async (said) => {
    const leaving = new AbortController();
    const left = abortable(new Promise(() => undefined), leaving.signal);
    leaving.abort(said);
    await expect(left).rejects.toBeInstanceOf(Error);
  });
});

function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => signal.addEventListener('abort', resolve));
}
