export interface PushQueue<T> {
  /** Buffers up to `limit` values that the reader has not taken; one more ends the queue with SlowReader. */
  push(value: T): void;
  /** The reader still gets what is buffered, then the end. */
  end(): void;
  readonly values: AsyncIterableIterator<T>;
}

/** The reader fell too far behind; buffering more for it would use unbounded memory. */
export class SlowReader extends Error {
  override readonly name = 'SlowReader';
}

/**
 * Turns pushed values into an async iterator. Unlike with an async generator, `return` ends a pending `next` at once.
 * `onClose` runs exactly once, whichever side ends it.
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

/** An iterator that yields nothing. */
export function endedQueue<T>(): AsyncIterableIterator<T> {
  const queue = pushQueue<T>(0, () => undefined);
  queue.end();
  return queue.values;
}
