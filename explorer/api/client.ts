import type { Client } from 'graphql-ws';
import type { TypedDocumentString } from '../generated/operations.ts';
import type { Settings } from '../settings.ts';
import { credentialHeaders } from './credentials.ts';
import type { Api, Result } from './api.ts';
import { problemOf, unreachable } from './problem.ts';

/** After which a request is given up. The server answers each of the page's at once, or as soon as Jobalyzer has. */
const LONGEST_MS = 60_000;

export function createApi({ authMode }: Settings): Api {
  // Relative to the page, so that it also works behind a proxy that serves everything under a prefix.
  const url = new URL('graphql', document.baseURI);
  const socketUrl = new URL(url);
  socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const connect = async (): Promise<Client> => {
    // Only those who buy need it, and they can do without.
    const { createClient } = await import('graphql-ws');
    return createClient({
      url: socketUrl.href,
      connectionParams: () => credentialHeaders(authMode),
      // Whoever follows a report looks at it again, and then tries again.
      retryAttempts: 0,
    });
  };
  let socket: Promise<Client> | null = null;

  return {
    async request(query, variables, signal) {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...credentialHeaders(authMode) },
          body: JSON.stringify({ query: String(query), variables }),
          signal: AbortSignal.any([AbortSignal.timeout(LONGEST_MS), ...(signal ? [signal] : [])]),
        });
        return resultOf(await response.json());
      } catch {
        signal?.throwIfAborted();
        return { data: null, problems: [unreachable()] };
      }
    },
    async *follow<T, V>(query: TypedDocumentString<T, V>, variables: V, signal: AbortSignal) {
      socket ??= connect();
      // What could not be loaded is tried again.
      socket.catch(() => (socket = null));
      const events = (await socket).iterate<T>({
        query: String(query),
        variables: variables as Record<string, unknown>,
      });
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
      socket?.then((opened) => opened.dispose()).catch(() => undefined);
      socket = null;
    },
  };
}

function resultOf<T>(body: unknown): Result<T> {
  const { data, errors } = body as { data?: T | null; errors?: readonly Parameters<typeof problemOf>[0][] };
  return { data: data ?? null, problems: (errors ?? []).map(problemOf) };
}
