import { request as send, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { ResponseError } from '../fixtures/server/post.ts';

interface Answer<T> {
  readonly data?: T | null;
  readonly errors?: readonly ResponseError[];
}

/** Requests to one server, of which is known whether it has read them. Each has a connection of its own. */
export interface Requests {
  /** Counts as sent when this returns. Rejects without a response: connection refused, broken or aborted. */
  post<T>(query: string, variables: object, signal: AbortSignal): Promise<Answer<T>>;
  /** Resolves once every request that was sent before has been read by the server, or has failed. */
  read(): Promise<void>;
  /** Resolves once every request that was sent before has been answered, or has failed. */
  answered(): Promise<void>;
}

export function requestsTo(url: string): Requests {
  const unread = new Set<Promise<unknown>>();
  const unanswered = new Set<Promise<unknown>>();
  return {
    post<T>(query: string, variables: object, signal: AbortSignal) {
      const { read, answer } = exchange(url, JSON.stringify({ query, variables }), signal);
      keepUntilSettled(unread, read);
      keepUntilSettled(unanswered, answer);
      return answer as Promise<Answer<T>>;
    },
    read: async () => void (await Promise.allSettled(unread)),
    answered: async () => void (await Promise.allSettled(unanswered)),
  };
}

function exchange(url: string, body: string, signal: AbortSignal) {
  const request = send(url, {
    method: 'POST',
    agent: false,
    signal,
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      'content-length': Buffer.byteLength(body),
      // Sent at once. The server says "continue" when it begins to serve the request, which nothing else tells before the response.
      expect: '100-continue',
    },
  });
  const continued = new Promise<void>((resolve) => request.once('continue', resolve));
  void continued.then(() => request.end(body));
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).on('error', reject);
  }).then(json);
  return { read: Promise.race([continued, answer]), answer };
}

function keepUntilSettled(kept: Set<Promise<unknown>>, promise: Promise<unknown>): void {
  kept.add(promise);
  const remove = (): void => void kept.delete(promise);
  promise.then(remove, remove);
}
