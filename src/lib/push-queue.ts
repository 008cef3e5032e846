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
  return new Queue<T>(limit, onClose);
}

type Resolve<T> = (result: IteratorResult<T>) => void;

/** Thousands wait at a time, with nothing buffered: an object without closures, and arrays only where there is something in them. */
class Queue<T> implements PushQueue<T>, AsyncIterableIterator<T> {
  #kept: T[] | null = null;
  #waiting: Resolve<T> | null = null;
  #waitingToo: Resolve<T>[] | null = null;
  #state: 'open' | 'ending' | 'closed' = 'open';
  #overflow: SlowReader | null = null;

  constructor(
    private readonly limit: number,
    private readonly onClose: () => void,
  ) {}

  get values(): AsyncIterableIterator<T> {
    return this;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#overflow) {
      const error = this.#overflow;
      this.#overflow = null;
      return Promise.reject(error);
    }
    if (this.#kept) {
      const value = this.#kept.shift() as T;
      if (this.#kept.length === 0) this.#kept = null;
      return Promise.resolve({ value, done: false });
    }
    if (this.#state !== 'open') {
      this.#close();
      return Promise.resolve({ value: undefined, done: true });
    }
    return new Promise((resolve) => {
      if (this.#waiting) (this.#waitingToo ??= []).push(resolve);
      else this.#waiting = resolve;
    });
  }

  return(): Promise<IteratorResult<T>> {
    this.#overflow = null;
    this.#close();
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(error: unknown): Promise<IteratorResult<T>> {
    this.#overflow = null;
    this.#close();
    return Promise.reject(error instanceof Error ? error : new Error('The reader threw.', { cause: error }));
  }

  push(value: T): void {
    if (this.#state !== 'open') return;
    const resolve = this.#longestWaiting();
    if (resolve) return resolve({ value, done: false });
    if ((this.#kept?.length ?? 0) >= this.limit) {
      this.#overflow = new SlowReader(`The reader is ${this.limit} events behind.`);
      return this.#close();
    }
    (this.#kept ??= []).push(value);
  }

  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    if (this.#waiting) this.#close();
  }

  #longestWaiting(): Resolve<T> | null {
    const resolve = this.#waiting;
    this.#waiting = this.#waitingToo?.shift() ?? null;
    return resolve;
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#kept = null;
    for (let each = this.#longestWaiting(); each; each = this.#longestWaiting()) each({ value: undefined, done: true });
    this.onClose();
  }
}

/** An iterator that yields nothing. */
export function endedQueue<T>(): AsyncIterableIterator<T> {
  const queue = pushQueue<T>(0, () => undefined);
  queue.end();
  return queue.values;
}
