import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { pushQueue, SlowReader } from '../../src/lib/push-queue.js';

const DONE = { value: undefined, done: true };
const value = (number: number) => ({ value: number, done: false });

describe('a push queue', () => {
  it('yields pushed values in order, whether they are read before or after the push', async () => {
    const queue = pushQueue<number>(10, () => {});
    const early = [queue.values.next(), queue.values.next()];
    [1, 2, 3, 4].forEach((number) => queue.push(number));
    expect(await Promise.all(early)).toEqual([value(1), value(2)]);
    expect([await queue.values.next(), await queue.values.next()]).toEqual([value(3), value(4)]);
  });

  it('yields the remaining values before it ends and closes', async () => {
    const close = vi.fn<() => void>();
    const queue = pushQueue<number>(10, close);
    queue.push(1);
    queue.end();
    queue.push(2);
    expect(await queue.values.next()).toEqual(value(1));
    expect(close).not.toHaveBeenCalled();
    expect([await queue.values.next(), await queue.values.next()]).toEqual([DONE, DONE]);
    expect(close).toHaveBeenCalledOnce();
  });

  it('ends waiting reads immediately on return()', async () => {
    const close = vi.fn<() => void>();
    const queue = pushQueue<number>(10, close);
    const waiting = [queue.values.next(), queue.values.next()];
    expect(await queue.values.return?.()).toEqual(DONE);
    expect(await Promise.all(waiting)).toEqual([DONE, DONE]);
    queue.push(1);
    expect(await queue.values.next()).toEqual(DONE);
    expect(close).toHaveBeenCalledOnce();
  });

  it('drops unread values on return()', async () => {
    const queue = pushQueue<number>(10, () => {});
    queue.push(1);
    await queue.values.return?.();
    expect(await queue.values.next()).toEqual(DONE);
  });

  it('closes on throw() and rejects with the error', async () => {
    const close = vi.fn<() => void>();
    const queue = pushQueue<number>(10, close);
    const error = new Error('The reader gave up.');
    await expect(queue.values.throw?.(error)).rejects.toBe(error);
    await expect(queue.values.throw?.('text')).rejects.toMatchObject({ cause: 'text' });
    expect(close).toHaveBeenCalledOnce();
  });

  it('cuts off a slow reader with one error, then ends', async () => {
    const close = vi.fn<() => void>();
    const queue = pushQueue<number>(2, close);
    [1, 2].forEach((number) => queue.push(number));
    expect(close).not.toHaveBeenCalled();
    queue.push(3);
    expect(close).toHaveBeenCalledOnce();
    await expect(queue.values.next()).rejects.toBeInstanceOf(SlowReader);
    expect(await queue.values.next()).toEqual(DONE);
  });

  it('does not cut off a reader that keeps up', async () => {
    const queue = pushQueue<number>(2, () => {});
    for (let number = 0; number < 100; number++) {
      queue.push(number);
      expect(await queue.values.next()).toEqual(value(number));
    }
  });

  it('ends without an error for a slow reader that has returned', async () => {
    const queue = pushQueue<number>(1, () => {});
    [1, 2].forEach((number) => queue.push(number));
    await queue.values.return?.();
    expect(await queue.values.next()).toEqual(DONE);
  });

  it('is iterable, and is closed by leaving a `for await` loop', async () => {
    const close = vi.fn<() => void>();
    const queue = pushQueue<number>(10, close);
    [1, 2].forEach((number) => queue.push(number));
    for await (const number of queue.values) {
      expect(number).toBe(1);
      break;
    }
    expect(close).toHaveBeenCalledOnce();
  });
});

type Act = 'push' | 'next' | 'end' | 'return' | 'throw' | 'turn';

/** A simple model of the queue: its unread values and its waiting reads. */
class Model {
  readonly outcomes: ('end' | 'slow' | number | null)[] = [];
  closed = false;
  #kept: number[] = [];
  #waiting: number[] = [];
  #ending = false;
  #slow = false;

  constructor(private readonly limit: number) {}

  push(number: number): void {
    if (this.closed || this.#ending) return;
    const reader = this.#waiting.shift();
    if (reader !== undefined) this.outcomes[reader] = number;
    else if (this.#kept.length < this.limit) this.#kept.push(number);
    else {
      this.#slow = true;
      this.close();
    }
  }

  next(): void {
    const kept = this.#slow ? undefined : this.#kept.shift();
    if (this.#slow) this.outcomes.push('slow');
    else if (kept !== undefined) this.outcomes.push(kept);
    else if (this.closed || this.#ending) {
      this.outcomes.push('end');
      this.close();
    } else this.#waiting.push(this.outcomes.push(null) - 1);
    this.#slow = false;
  }

  end(): void {
    if (this.closed) return;
    this.#ending = true;
    if (this.#waiting.length > 0) this.close();
  }

  leave(): void {
    this.close();
    this.#slow = false;
  }

  close(): void {
    this.closed = true;
    this.#kept = [];
    for (const reader of this.#waiting.splice(0)) this.outcomes[reader] = 'end';
  }
}

describe('a push queue under any sequence of operations', () => {
  it('yields each value once and in order, ends every read, and closes exactly once', async () => {
    const acts = fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.constant<Act>('push') },
        { weight: 5, arbitrary: fc.constant<Act>('next') },
        fc.constantFrom<Act>('turn', 'turn', 'end', 'return', 'throw'),
      ),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(acts, fc.integer({ min: 1, max: 5 }), async (steps, limit) => {
        const close = vi.fn<() => void>();
        const [queue, model] = [pushQueue<number>(limit, close), new Model(limit)];
        const outcomes: Model['outcomes'] = [];
        let pushed = 0;
        const read = (): void => {
          const reader = outcomes.push(null) - 1;
          queue.values.next().then(
            (result) => (outcomes[reader] = result.done ? 'end' : result.value),
            (error: unknown) => (outcomes[reader] = error instanceof SlowReader ? 'slow' : null),
          );
        };
        for (const step of steps) {
          if (step === 'push') {
            queue.push(++pushed);
            model.push(pushed);
          } else if (step === 'next') {
            read();
            model.next();
          } else if (step === 'end') {
            queue.end();
            model.end();
          } else if (step === 'turn') await Promise.resolve();
          else {
            if (step === 'return') await queue.values.return?.();
            else await queue.values.throw?.(new Error('left')).catch(() => {});
            model.leave();
          }
          expect(close).toHaveBeenCalledTimes(model.closed ? 1 : 0);
        }
        await new Promise((resolve) => setImmediate(resolve));
        expect(outcomes).toEqual(model.outcomes);
        await queue.values.return?.();
        await new Promise((resolve) => setImmediate(resolve));
        expect(outcomes).not.toContain(null);
        expect(close).toHaveBeenCalledOnce();
        const given = outcomes.filter((outcome) => typeof outcome === 'number');
        expect(given).toEqual(given.toSorted((a, b) => a - b));
        expect(new Set(given).size).toBe(given.length);
      }),
      { numRuns: 500 },
    );
  });
});
