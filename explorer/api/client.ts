import { createClient } from 'graphql-ws';
import type { TypedDocumentString } from '../generated/operations.ts';
import type { Settings } from '../settings.ts';
import { credentialHeaders } from './credentials.ts';
import type { Api, Result } from './api.ts';
import { problemOf, unreachable } from './problem.ts';

export function createApi({ authMode }: Settings): Api {
  // Relative to the page, so that it also works behind a proxy that serves everything under a prefix.
  const url = new URL('graphql', document.baseURI);
  const socketUrl = new URL(url);
  socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const connect = () =>
    createClient({
      url: socketUrl.href,
      connectionParams: () => credentialHeaders(authMode),
      // Whoever follows a report looks at it again, and then tries again.
      retryAttempts: 0,
    });
  let socket = connect();

  return {
    async request(query, variables, signal) {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...credentialHeaders(authMode) },
          body: JSON.stringify({ query: String(query), variables }),
          ...(signal && { signal }),
        });
        return resultOf(await response.json());
      } catch {
        signal?.throwIfAborted();
        return { data: null, problems: [unreachable()] };
      }
    },
    async *follow<T, V>(query: TypedDocumentString<T, V>, variables: V, signal: AbortSignal) {
      const events = socket.iterate<T>({ query: String(query), variables: variables as Record<string, unknown> });
      const stop = (): void => void events.return?.();
      signal.addEventListener('abort', stop, { once: true });
      try {
        for await (const event of events) yield resultOf<T>(event);
      } finally {
        signal.removeEventListener('abort', stop);
        stop();
      }
    },
    reconnect() {
      void socket.dispose();
      socket = connect();
    },
  };
}

function resultOf<T>(body: unknown): Result<T> {
  const { data, errors } = body as { data?: T | null; errors?: readonly Parameters<typeof problemOf>[0][] };
  return { data: data ?? null, problems: (errors ?? []).map(problemOf) };
}
