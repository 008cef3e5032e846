export interface PushQueue<T> {
  /** What the reader has not taken yet is kept, `limit` values at most; one more ends the queue with an error. */
  push(value: T): void;
  /** The reader gets what is left, then the end. */
  end(): void;
  readonly values: AsyncIterableIterator<T>;
}

/** The reader was so far behind that keeping more for it would have cost memory without end. */
export class SlowReader extends Error {
  override readonly name = 'SlowReader';
}

/**
 * From pushed values to an async iterator. Unlike an async generator it can be left while it waits: `return` ends a
 * pending `next` at once. `onClose` runs exactly once, whichever side ends it.
 */
export function pushQueue<T>(limit: number, onClose: () => void): PushQueue<T> {
  let kept: T[] = [];
  let waiting: ((result: IteratorResult<T>) => void)[] = [];
  let state: 'open' | 'ending' | 'closed' = 'open';
  let overflow: SlowReader | null = null;

  function close(): void {
    if (state === 'closed') return;
    state = 'closed';
    kept = [];
    for (const resolve of waiting) resolve({ value: undefined, done: true });
    waiting = [];
    onClose();
  }

  const values: AsyncIterableIterator<T> = {
    [Symbol.asyncIterator]: () => values,
    next() {
      if (overflow) {
        const error = overflow;
        overflow = null;
        return Promise.reject(error);
      }
      if (kept.length > 0) {
        const value = kept.shift() as T;
        return Promise.resolve({ value, done: false });
      }
      if (state !== 'open') {
        close();
        return Promise.resolve({ value: undefined, done: true });
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    return() {
      overflow = null;
      close();
      return Promise.resolve({ value: undefined, done: true });
    },
    throw(error: unknown) {
      overflow = null;
      close();
      return Promise.reject(error instanceof Error ? error : new Error('The reader threw.', { cause: error }));
    },
  };

  return {
    values,
    push(value) {
      if (state !== 'open') return;
      const resolve = waiting.shift();
      if (resolve) return resolve({ value, done: false });
      if (kept.length >= limit) {
        overflow = new SlowReader(`The reader is ${limit} events behind.`);
        return close();
      }
      kept.push(value);
    },
    end() {
      if (state !== 'open') return;
      state = 'ending';
      if (waiting.length > 0) close();
    },
  };
}

/** One that has nothing to tell. */
export function endedQueue<T>(): AsyncIterableIterator<T> {
  const queue = pushQueue<T>(0, () => undefined);
  queue.end();
  return queue.values;
}
