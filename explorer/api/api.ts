import type { TypedDocumentString } from '../generated/operations.ts';
import type { Problem } from './problem.ts';

export interface Result<T> {
  /** Null: nothing came. */
  readonly data: T | null;
  readonly problems: readonly Problem[];
}

export interface Api {
  /** Never rejects but for its signal: whatever goes wrong is among the problems. */
  request<T, V>(document: TypedDocumentString<T, V>, variables: V, signal?: AbortSignal): Promise<Result<T>>;
  /** The events of a subscription, until it completes. Rejects with the problem that ended it. */
  follow<T, V>(document: TypedDocumentString<T, V>, variables: V, signal: AbortSignal): AsyncGenerator<Result<T>>;
  /** Forgets the socket, whose credentials were sent when it was opened. */
  reconnect(): void;
}
