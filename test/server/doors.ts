import type { TestContext } from 'vitest';
import type { TestServer } from '../fixtures/server/server.js';
import type { Fault, Result } from '../fixtures/sockets/raw-socket.js';

/** An operation as a client sends it. */
export interface Sent {
  readonly query?: string;
  readonly documentId?: string;
  readonly variables?: object;
  readonly operationName?: string;
  readonly extensions?: object;
}

/** Sends an operation to one door until it ends. Resolves to its first result, or to the errors with which it was refused. */
export type Send = (server: TestServer, operation: Sent, context: TestContext) => Promise<Result>;

export const DOORS = {
  HTTP: async ({ url }, operation) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(operation) });
    return (await response.json()) as Result;
  },

  'HTTP by GET': async ({ url }, operation) => {
    const headers = { 'apollo-require-preflight': 'true' };
    return (await (await fetch(`${url}/graphql?${searchOf(operation)}`, { headers })).json()) as Result;
  },

  WebSocket: async (server, operation, { connectAndInit }) => {
    const socket = await connectAndInit(server);
    socket.send({ id: 'a', type: 'subscribe', payload: operation });
    const { type, payload } = await socket.ended('a');
    return type === 'error' ? { errors: payload as Fault[] } : (socket.results('a')[0] ?? {});
  },

  'server-sent events': async (server, operation, { stream }) => {
    const streamed = await stream(server, operation);
    await streamed.ended;
    if (streamed.status !== 200) return { errors: streamed.errors };
    return streamed.results[0] ?? {};
  },

  'server-sent events by GET': async (server, operation, { stream }) => {
    const headers = { 'apollo-require-preflight': 'true' };
    const streamed = await stream(server, { ...operation, method: 'GET', headers });
    await streamed.ended;
    return streamed.status === 200 ? (streamed.results[0] ?? {}) : { errors: streamed.errors };
  },
} as const satisfies Readonly<Record<string, Send>>;

export type DoorName = keyof typeof DOORS;
export const DOOR_NAMES = Object.keys(DOORS) as DoorName[];
/** Those that serve mutations, and documents that are too long for a URL. */
export const BODIES: readonly DoorName[] = ['HTTP', 'WebSocket', 'server-sent events'];
/** Those by which nothing is bought. */
export const SAFE: readonly DoorName[] = DOOR_NAMES.filter((door) => !BODIES.includes(door));
/** Those that serve subscriptions. */
export const STREAMING: readonly DoorName[] = ['WebSocket', 'server-sent events', 'server-sent events by GET'];

function searchOf(operation: Sent): string {
  const given = Object.entries(operation).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return new URLSearchParams(Object.fromEntries(given) as Record<string, string>).toString();
}
