import type { Socket } from 'node:net';
import { WebSocket, type ClientOptions } from 'ws';

export interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** The payload of a `next` message. */
export interface Result {
  // Its shape depends on the query.
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly Fault[];
}

export interface Fault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface SocketOptions extends Pick<ClientOptions, 'origin' | 'headers' | 'autoPong'> {
  readonly path?: string;
  readonly protocols?: string[];
}

/** A WebSocket that sends only what a test sends. */
export interface RawSocket {
  readonly raw: WebSocket;
  /** The TCP socket, which can be paused so that it stops reading. */
  readonly wire: Socket;
  readonly messages: readonly Message[];
  readonly pings: number;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  send(message: Message | string): void;
  subscribe(id: string, query: unknown, variables?: object, operationName?: string): void;
  /** The first matching message, past or future. Rejects if the socket closes first. */
  until(matches: (message: Message) => boolean): Promise<Message>;
  /** The final message of an operation: `complete` or `error`. */
  ended(id: string): Promise<Message>;
  results(id: string): Result[];
  /** Runs one operation to completion and returns its first result, or its request errors. */
  run(query: unknown, variables?: object, operationName?: string): Promise<Result>;
}

/** Rejects if the handshake fails, with an error such as `Unexpected server response: 403`. */
export async function openSocket(url: string, options: SocketOptions = {}): Promise<RawSocket> {
  const { path = '/graphql', protocols = ['graphql-transport-ws'], ...rest } = options;
  const raw = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, protocols, rest);
  const messages: Message[] = [];
  const listeners = new Set<() => void>();
  let pings = 0;
  let gone: string | undefined;
  let operations = 0;

  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    raw.once('close', (code, reason) => {
      gone = `The socket was closed with ${code} ${String(reason)}`;
      resolve({ code, reason: String(reason) });
      for (const listener of [...listeners]) listener();
    });
  });
  raw.on('ping', () => (pings += 1));
  raw.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString('utf8')) as Message);
    for (const listener of [...listeners]) listener();
  });
  let wire: Socket | undefined;
  raw.once('upgrade', (response) => (wire = response.socket));
  await new Promise((resolve, reject) => raw.once('open', resolve).once('error', reject));
  // Later errors lead to `closed`.
  raw.on('error', () => undefined);

  const until = (matches: (message: Message) => boolean): Promise<Message> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = messages.find(matches);
        if (!found && gone === undefined) return;
        listeners.delete(look);
        if (found) resolve(found);
        else reject(new Error(gone));
      };
      listeners.add(look);
      look();
    });
  const send = (message: Message | string): void =>
    raw.send(typeof message === 'string' ? message : JSON.stringify(message));
  const subscribe = (id: string, query: unknown, variables?: object, operationName?: string): void =>
    send({ id, type: 'subscribe', payload: { query: String(query), variables, operationName } });
  const ended = (id: string): Promise<Message> =>
    until((message) => message.id === id && ['complete', 'error'].includes(message.type));
  const results = (id: string): Result[] =>
    messages.filter((message) => message.id === id && message.type === 'next').map(({ payload }) => payload as Result);

  return {
    raw,
    wire: wire as Socket,
    messages,
    get pings() {
      return pings;
    },
    closed,
    send,
    subscribe,
    until,
    ended,
    results,
    async run(query, variables, operationName) {
      const id = `run-${++operations}`;
      subscribe(id, query, variables, operationName);
      const { type, payload } = await ended(id);
      return type === 'error' ? { errors: payload as Fault[] } : (results(id)[0] ?? {});
    },
  };
}
