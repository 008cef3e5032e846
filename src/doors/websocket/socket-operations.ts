import { ClientDisconnected } from '../../graphql/format-error.js';
import { SmallMap } from '../../lib/small-map.js';
import type { Asked } from '../../graphql/operation.js';
import type { Problem } from '../problem.js';

/** The operations in progress on one socket. */
export class SocketOperations {
  /** By the operation's unique id: the controller that ends its waits, or null if it has not started to wait. */
  readonly #waits = new SmallMap<AbortController | null>();
  /** What the operation that is about to start asks for, or why it must not start. */
  #announced: { readonly id: string; readonly asked: Asked | Problem } | null = null;
  #executing = 0;

  /** Operations being executed, or subscriptions being started, including those that the client has already completed. */
  get executing(): number {
    return this.#executing;
  }

  /** Called before the protocol sees the operation, which it does in the same turn. */
  announce(id: string, asked: Asked | Problem): void {
    this.#announced = { id, asked };
  }

  /** What was announced of the operation. Asked once. */
  askedBy(id: string): Asked | Problem {
    const announced = this.#announced;
    this.#announced = null;
    if (announced?.id !== id) throw new Error('graphql-ws started another operation than the one that was announced.');
    return announced.asked;
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
