import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { GraphQLError, type FormattedExecutionResult } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type ServerOptions } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { SlowReader } from '../../lib/push-queue.js';
import { ClientDisconnected } from '../../graphql/format-error.js';
import { createOperationIds } from './operation-ids.js';
import type { Operations, PreparedOperation } from '../../graphql/operations.js';
import type { AllowsOrigin } from '../cross-site.js';

export interface WebSocketOptions {
  readonly path: string;
  readonly operations: Operations;
  readonly allowsOrigin: AllowsOrigin;
  readonly log: Logger;
}

const LARGEST_FRAME_BYTES = 64 * 1024;
const MOST_OPERATIONS = 100;
const INIT_WITHIN_MS = 5_000;
const PING_EVERY_MS = 12_000;
/** Limit of unsent data per peer: far more than a peer that reads ever needs. */
const MOST_UNSENT_BYTES = 1024 * 1024;
/** During shutdown, sockets close one by one over this time, so that their clients do not all reconnect at once. */
const CLOSING_SPREAD_MS = 3_000;
const CLOSING_LAST_MS = 500;
const CLOSING_GRACE_MS = 2_000;

/** Operations in progress on one socket. */
interface Extra {
  /** By the operation's unique id: the controller that ends its waits, or null if it has not started to wait. */
  readonly operations: Map<string, AbortController | null>;
  /** Queries and mutations being executed, including those that the client has already completed. */
  executing: number;
  readonly terminate: () => void;
}

/** `graphql-transport-ws` on the HTTP server's port. Closing the server closes every socket with 1001, spread over time. */
export function registerWebSocket(
  app: FastifyInstance,
  { path, operations, allowsOrigin, log }: WebSocketOptions,
): void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols,
  });
  const server = makeServer<Record<string, unknown> | undefined, Extra>({
    connectionInitWaitTimeout: INIT_WITHIN_MS,
    ...protocolOptions(operations),
  });
  const silent = new WeakSet<WebSocket>();
  const busy = new WeakMap<WebSocket, Extra>();
  let closing = false;

  const pinging = setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) {
        socket.terminate();
        continue;
      }
      silent.add(socket);
      socket.ping();
    }
  }, PING_EVERY_MS).unref();

  app.server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    const refusal = refusalOf(request);
    if (refusal) return refuseUpgrade(socket, refusal);
    sockets.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket));
  });

  function refusalOf({ url, headers }: IncomingMessage): string | null {
    if (closing) return '503 Service Unavailable';
    if (URL.parse(url ?? '', 'http://unused.invalid')?.pathname !== path) return '404 Not Found';
    return allowsOrigin(headers.origin, headers.host) ? null : '403 Forbidden';
  }

  function serve(socket: WebSocket): void {
    const extra: Extra = { operations: new Map(), executing: 0, terminate: () => socket.terminate() };
    busy.set(socket, extra);
    const ids = createOperationIds();
    const closed = server.opened(
      {
        protocol: socket.protocol,
        async send(data) {
          const message = ids.outgoing(data);
          if (message !== null) await send(socket, message);
        },
        close: (code, reason = '') => socket.close(code, ids.reason(reason)),
        onMessage(receive) {
          const handle = async (data: RawData): Promise<void> => {
            const { message, completed } = ids.incoming(textOf(data));
            endWaits(extra, completed, 'The client completed the operation.');
            await receive(message);
          };
          socket.on('message', (data: RawData) => {
            handle(data).catch((error: unknown) => {
              if (isBadMessage(error)) return socket.close(CloseCode.BadRequest, 'Invalid message received');
              if (socket.readyState === socket.OPEN) log.error({ err: error }, 'failed to handle a WebSocket message');
              socket.close(CloseCode.InternalServerError, 'Internal server error');
            });
          });
        },
      },
      extra,
    );
    socket.on('pong', () => silent.delete(socket));
    // ws closes the socket itself, with the matching code (such as 1009 for a frame that is too large).
    socket.on('error', (error) => log.info({ cause: error.message }, 'a WebSocket failed'));
    socket.once('close', (code, reason) => {
      for (const id of extra.operations.keys()) endWaits(extra, id, 'The socket was closed.');
      closed(code, String(reason)).catch((error: unknown) =>
        log.error({ err: error }, 'a WebSocket did not close cleanly'),
      );
    });
  }

  app.addHook('preClose', async () => {
    closing = true;
    clearInterval(pinging);
    await closeAll(sockets, (socket) => (busy.get(socket)?.executing ?? 0) > 0);
  });
}

function protocolOptions(operations: Operations): ServerOptions<Record<string, unknown> | undefined, Extra> {
  const owners = new WeakMap<object, Extra>();
  return {
    onSubscribe({ subscriptions, extra }, id, payload) {
      // This operation is already among the ids. A client frees an id by completing it, but its query may still be running.
      const many = Math.max(Object.keys(subscriptions).length, extra.executing + 1);
      if (many > MOST_OPERATIONS) return [tooMany()];
      const prepared = operations.prepare(payload, () => openWaits(extra, id).signal);
      if ('document' in prepared) {
        extra.operations.set(id, null);
        owners.set(prepared, extra);
      }
      return prepared;
    },
    onComplete: ({ extra }, id) => void extra.operations.delete(id),
    async execute(operation) {
      const socket = owners.get(operation);
      if (socket) socket.executing += 1;
      try {
        return await operations.execute(operation as PreparedOperation);
      } finally {
        if (socket) socket.executing -= 1;
      }
    },
    subscribe: (operation) => operations.subscribe(operation as PreparedOperation),
    // Results are already formatted by `operations`.
    onNext: (_context, _id, _payload, _operation, result) => result as FormattedExecutionResult,
    onError({ extra }, _id, _payload, errors) {
      if (errors.some(({ originalError }) => originalError instanceof SlowReader)) extra.terminate();
      return errors.map((error) => operations.format(error));
    },
  };
}

function openWaits({ operations }: Extra, id: string): AbortController {
  const controller = operations.get(id) ?? new AbortController();
  operations.set(id, controller);
  return controller;
}

/** Also ends waits that the operation has yet to start. */
function endWaits(extra: Extra, id: string | null, reason: string): void {
  if (id !== null && extra.operations.has(id)) openWaits(extra, id).abort(new ClientDisconnected(reason));
}

function tooMany(): GraphQLError {
  return new GraphQLError(
    `This connection already has ${MOST_OPERATIONS} active operations; complete one or open another connection.`,
    {
      extensions: { code: 'RATE_LIMITED', limit: MOST_OPERATIONS },
    },
  );
}

/** Resolves when the data has been handed to the network; the next event for this peer waits for that. */
function send(socket: WebSocket, data: string): Promise<void> {
  if (socket.bufferedAmount > MOST_UNSENT_BYTES) socket.terminate();
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  // A failed send closes the socket, which ends its subscriptions; there is nothing else to do.
  return new Promise((resolve) => socket.send(data, () => resolve()));
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.from(data as Buffer).toString('utf8');
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.once('error', () => socket.destroy());
  // Otherwise the socket stays half open: the HTTP server no longer manages it after an upgrade.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** When each of so many sockets is closed, in milliseconds after the first. */
export function closingTimes(count: number): number[] {
  return Array.from({ length: count }, (_, index) => (CLOSING_SPREAD_MS * index) / count);
}

/** Sockets with a running query close last: by then it has its result, because the service has ended all waits. */
async function closeAll(sockets: WebSocketServer, isExecuting: (socket: WebSocket) => boolean): Promise<void> {
  const open = [...sockets.clients].sort((a, b) => Number(isExecuting(a)) - Number(isExecuting(b)));
  const all = Promise.all(open.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  const times = closingTimes(open.length);
  const timers = open.map((socket, index) => {
    const afterMs = isExecuting(socket) ? CLOSING_SPREAD_MS + CLOSING_LAST_MS : (times[index] ?? 0);
    return setTimeout(() => socket.close(1001, 'Going away'), afterMs);
  });
  const last = setTimeout(() => open.forEach((socket) => socket.terminate()), CLOSING_SPREAD_MS + CLOSING_GRACE_MS);
  await all;
  for (const timer of [...timers, last]) clearTimeout(timer);
  sockets.close();
}

/** A message type that only servers may send, which graphql-ws leaves to the adapter, or a message nested too deeply. */
function isBadMessage(error: unknown): boolean {
  return (
    error instanceof RangeError || (error instanceof Error && error.message.startsWith('Unexpected message of type'))
  );
}
