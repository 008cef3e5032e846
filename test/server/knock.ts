import type { TestContext } from 'vitest';
import type { Fault } from '../fixtures/sockets/raw-socket.js';
import type { DoorName } from './doors.js';

/** What came of trying to get in. */
export interface Verdict {
  readonly accepted: boolean;
  /** The HTTP status, or the code with which the socket was closed. Null: the socket is open. */
  readonly status: number | null;
  readonly message: string | null;
}

const QUERY = '{ __typename }';

/** Tries the smallest query there is at one door, with these headers. */
export async function knock(
  { url }: { readonly url: string },
  door: DoorName,
  headers: Readonly<Record<string, string>>,
  context: TestContext,
): Promise<Verdict> {
  switch (door) {
    case 'HTTP': {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: QUERY }),
      });
      const { errors } = (await response.json()) as { errors?: Fault[] };
      return verdictOf(response.status, errors);
    }
    case 'HTTP by GET': {
      const search = new URLSearchParams({ query: QUERY });
      const asked = { 'apollo-require-preflight': 'true', ...headers };
      const response = await fetch(`${url}/graphql?${search}`, { headers: asked });
      const { errors } = (await response.json()) as { errors?: Fault[] };
      return verdictOf(response.status, errors);
    }
    case 'server-sent events':
    case 'server-sent events by GET': {
      const method = door === 'server-sent events' ? 'POST' : 'GET';
      const asked = { 'apollo-require-preflight': 'true', ...headers };
      const stream = await context.stream({ url }, { query: QUERY, method, headers: asked });
      await stream.ended;
      return verdictOf(stream.status, stream.status === 200 ? stream.results[0]?.errors : stream.errors);
    }
    case 'WebSocket':
      return knockAtSocket({ url }, { headers }, context);
  }
}

/** The same at a socket, where credentials may also come as connection params. */
export async function knockAtSocket(
  server: { readonly url: string },
  options: { readonly headers?: Readonly<Record<string, string>>; readonly params?: unknown },
  { connect }: TestContext,
): Promise<Verdict> {
  const socket = await connect(server, { headers: options.headers ?? {} });
  socket.send({ type: 'connection_init', payload: options.params });
  const first = await Promise.race([socket.closed, socket.until(({ type }) => type === 'connection_ack')]).catch(
    () => socket.closed,
  );
  if ('code' in first) return { accepted: false, status: first.code, message: first.reason };
  const { errors } = await socket.run(QUERY);
  return { accepted: !errors, status: null, message: errors?.[0]?.message ?? null };
}

function verdictOf(status: number, errors: readonly Fault[] | undefined): Verdict {
  return { accepted: status === 200 && !errors, status, message: errors?.[0]?.message ?? null };
}
