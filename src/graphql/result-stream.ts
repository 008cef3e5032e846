import type { LogScope } from '../lib/log-scope.js';
import type { Result } from './operation.js';

type Next = IteratorResult<Result>;
const OVER: Next = { done: true, value: undefined };

/**
 * The results of a subscription, made of its events. Thousands wait for their next one at a time: so all that layers do with
 * them is done by one object, and one promise waits.
 */
export class ResultStream implements AsyncIterableIterator<Result> {
  #scope: LogScope | null = null;
  #whenOver: (() => void) | null = null;

  constructor(
    private readonly events: AsyncIterableIterator<object>,
    private readonly resultOf: (event: object) => Promise<Result>,
  ) {}

  /** The same results, as a stream that layers can add to. */
  static of(results: AsyncIterableIterator<Result>): ResultStream {
    return results instanceof ResultStream ? results : new ResultStream(results, async (result) => result);
  }

  /** Whatever is done for a result is done in this scope. A door asks for results long after the request. */
  within(scope: LogScope): this {
    this.#scope = scope;
    return this;
  }

  /** `listener` is called when there are no more, whoever ends them. */
  whenOver(listener: () => void): this {
    this.#whenOver = listener;
    return this;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Not an async function, whose state would take several times as much memory while it waits. */
  next(): Promise<Next> {
    return this.#run(() => this.events.next().then(this.#received, this.#failed));
  }

  /** Works while `next` is pending. */
  async return(): Promise<Next> {
    this.#over();
    await this.#run(() => this.events.return?.());
    return OVER;
  }

  async throw(error: unknown): Promise<Next> {
    await this.return();
    throw error;
  }

  readonly #received = async (event: IteratorResult<object>): Promise<Next> => {
    if (event.done) {
      this.#over();
      return OVER;
    }
    try {
      return { done: false, value: await this.resultOf(event.value) };
    } catch (error) {
      await this.return();
      throw error;
    }
  };

  readonly #failed = (error: unknown): never => {
    this.#over();
    throw error;
  };

  #run<T>(work: () => T): T {
    return this.#scope ? this.#scope.run(work) : work();
  }

  #over(): void {
    const listener = this.#whenOver;
    this.#whenOver = null;
    listener?.();
  }
}
