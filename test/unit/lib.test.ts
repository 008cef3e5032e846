import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { deadline } from '../../src/lib/deadline.js';
import { delay, LONGEST_DELAY_MS } from '../../src/lib/delay.js';
import { abortable } from '../../src/lib/abortable.js';
import { onAbort } from '../../src/lib/on-abort.js';

const reason = new Error('Somebody left.');

describe('a delay', () => {
  it('ends after its time', async () => {
    const startedAt = performance.now();
    await delay(30, new AbortController().signal);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(28);
  });

  it.each([0, -5, -Infinity])('of %d ms ends immediately', async (ms) => {
    const startedAt = performance.now();
    await delay(ms, new AbortController().signal);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  it('rejects with the reason of its signal, including one aborted before', async () => {
    const leaving = new AbortController();
    const waiting = delay(60_000, leaving.signal);
    leaving.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(delay(60_000, leaving.signal)).rejects.toBe(reason);
    expect(getEventListeners(leaving.signal, 'abort')).toHaveLength(0);
  });

  it.each([LONGEST_DELAY_MS + 1, 1e15, Infinity])('of %d ms does not overflow to 1 ms', async (ms) => {
    const leaving = new AbortController();
    let over = false;
    const waiting = delay(ms, leaving.signal).finally(() => (over = true));
    await new Promise((resolve) => setTimeout(resolve, 25));
    expect(over).toBe(false);
    leaving.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it('leaves no listener on its signal', async () => {
    const { signal } = new AbortController();
    await delay(1, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('a deadline', () => {
  it('aborts after its time', async () => {
    const signal = deadline(20);
    expect(signal.aborted).toBe(false);
    await aborted(signal);
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('aborts after its time with a parent signal', async () => {
    const signal = deadline(20, new AbortController().signal);
    await aborted(signal);
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('aborts with its parent and its reason', () => {
    const holder = new AbortController();
    const signal = deadline(60_000, holder.signal);
    holder.abort(reason);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toBe(reason);
  });

  it('is already aborted if its parent is', () => {
    expect(deadline(60_000, AbortSignal.abort(reason)).reason).toBe(reason);
  });

  it.each([0.2, -5, 1e15, Infinity])('accepts %d ms', async (ms) => {
    const signal = deadline(ms);
    await new Promise((resolve) => setTimeout(resolve, 25));
    expect(signal.aborted).toBe(ms < 25);
  });
});

describe('abortable', () => {
  it('has the outcome of the promise and leaves no listener', async () => {
    const { signal } = new AbortController();
    expect(await abortable(Promise.resolve(3), signal)).toBe(3);
    await expect(abortable(Promise.reject(reason), signal)).rejects.toBe(reason);
    await new Promise((resolve) => setImmediate(resolve));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('rejects as soon as the signal aborts', async () => {
    const work = Promise.withResolvers<number>();
    const leaving = new AbortController();
    const left = abortable(work.promise, leaving.signal);
    leaving.abort(reason);
    // The work is not over, and never would be.
    await expect(left).rejects.toBe(reason);
    expect(getEventListeners(leaving.signal, 'abort')).toHaveLength(0);
  });

  it('rejects for an aborted signal, without an unhandled rejection later', async () => {
    const work = Promise.withResolvers<number>();
    await expect(abortable(work.promise, AbortSignal.abort(reason))).rejects.toBe(reason);
    work.reject(new Error('Too late for anybody.'));
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('causes no unhandled rejection if the promise rejects after the abort', async () => {
    const work = Promise.withResolvers<number>();
    const leaving = new AbortController();
    const left = abortable(work.promise, leaving.signal);
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    work.reject(new Error('Too late for anybody.'));
    await new Promise((resolve) => setImmediate(resolve));
  });

  it.each(['a text', undefined, 3])('rejects with an Error even if the reason is %j', async (said) => {
    const leaving = new AbortController();
    const left = abortable(new Promise(() => undefined), leaving.signal);
    leaving.abort(said);
    await expect(left).rejects.toBeInstanceOf(Error);
  });
});

describe('listeners of one signal', () => {
  it('are each called once when it aborts, in their order, but for those that have left', () => {
    const leaving = new AbortController();
    const called: string[] = [];
    const same = (): void => void called.push('twice');
    onAbort(leaving.signal, () => called.push('first'));
    const leave = onAbort(leaving.signal, () => called.push('gone'));
    onAbort(leaving.signal, same);
    onAbort(leaving.signal, same);
    leave();
    leaving.abort(reason);
    expect(called).toEqual(['first', 'twice', 'twice']);
  });

  it('are one of the signal itself, which goes with the last of them and comes with the next', () => {
    const { signal } = new AbortController();
    const leaves = Array.from({ length: 3 }, () => onAbort(signal, () => undefined));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    const [first, ...others] = leaves;
    first?.();
    first?.();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    others.forEach((leave) => leave());
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    onAbort(signal, () => undefined);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  });

  it('that throw do not keep the others, and are reported as those of the signal itself are', async () => {
    const leaving = new AbortController();
    const reported: unknown[] = [];
    process.setUncaughtExceptionCaptureCallback((error) => reported.push(error));
    onTestFinished(() => process.setUncaughtExceptionCaptureCallback(null));
    const called: string[] = [];
    onAbort(leaving.signal, () => {
      throw reason;
    });
    onAbort(leaving.signal, () => called.push('second'));
    leaving.abort(reason);
    await turn();
    expect(called).toEqual(['second']);
    expect(reported).toEqual([reason]);
  });

  it('may leave while others are called', () => {
    const leaving = new AbortController();
    const called: string[] = [];
    const leaveFirst = onAbort(leaving.signal, () => {
      leaveFirst();
      leaveSecond();
    });
    const leaveSecond = onAbort(leaving.signal, () => called.push('second'));
    onAbort(leaving.signal, () => called.push('third'));
    leaving.abort(reason);
    expect(called).toEqual(['third']);
  });
});

function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => signal.addEventListener('abort', resolve));
}
