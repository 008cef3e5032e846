import { ClientDisconnected } from '../../graphql/format-error.js';
import type { Problem } from '../problem.js';

/** The operations in progress on one socket. */
export class SocketOperations {
  /** By the operation's unique id: the controller that ends its waits, or null if it has not started to wait. */
  readonly #waits = new Map<string, AbortController | null>();
  /** Why an operation that is about to start cannot be read, by its unique id. */
  readonly #refusals = new Map<string, Problem>();
  #executing = 0;

  /** Operations being executed, or subscriptions being started, including those that the client has already completed. */
  get executing(): number {
    return this.#executing;
  }

  /** Called before the protocol sees the operation. */
  refuse(id: string, problem: Problem): void {
    this.#refusals.set(id, problem);
  }

  /** Why the operation must not start; null if it may. Asked once. */
  refusalOf(id: string): Problem | null {
    const problem = this.#refusals.get(id) ?? null;
    this.#refusals.delete(id);
    return problem;
  }

  add(id: string): void {
    this.#waits.set(id, null);
  }

  /** The operation is over. */
  remove(id: string): void {
    this.#waits.delete(id);
  }

  /** Counts an operation as executing; returns what ends that. */
  execute(): () => void {
    this.#executing += 1;
    return () => void (this.#executing -= 1);
  }

  /** Aborts when the operation need not wait any longer. */
  signal(id: string): AbortSignal {
    return this.#openWaits(id).signal;
  }

  /** Also ends waits that the operation has yet to start. */
  endWaits(id: string, reason: string): void {
    if (this.#waits.has(id)) this.#openWaits(id).abort(new ClientDisconnected(reason));
  }

  endAllWaits(reason: string): void {
    for (const id of this.#waits.keys()) this.endWaits(id, reason);
  }

  #openWaits(id: string): AbortController {
    const controller = this.#waits.get(id) ?? new AbortController();
    this.#waits.set(id, controller);
    return controller;
  }
}
