import { setImmediate as turn } from 'node:timers/promises';
import { Pool, type buildConnector, type Dispatcher } from 'undici';
import { createFairSlots, type Share } from '../../lib/fair-slots.js';
import type { Proxy } from '../../lib/proxy.js';
import { createSlots } from '../../lib/slots.js';
import { directly } from './connect.js';
import { exchange } from './exchange.js';
import type { HttpOutcome, HttpRequest } from './http.js';
import { createOwnConnections } from './own-connection.js';
import { throughProxy } from './tunnel.js';
import { BodyTooLarge, decodeBody, isJsonObject, undecodedBody } from './response-body.js';

/** Sends a request over the connection slot that is held. */
type Send = (request: HttpRequest) => Promise<HttpOutcome>;

export interface HttpPool {
  /**
   * Runs `work` when there is a connection slot, which is free again when it has settled and, if it succeeded, `heldUntil`
   * as well. With a `share`, which only a pool with slow connections takes, `work` may be run twice and must be safe to
   * repeat; then `heldUntil` is not used.
   */
  withConnection<T>(
    signal: AbortSignal,
    work: (send: Send) => Promise<T>,
    heldUntil?: Promise<void>,
    share?: Share,
  ): Promise<T>;
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly connections: number;
  /** More connections, for requests that took long the last time. */
  readonly slowConnections?: number;
  readonly keepAlive: boolean;
  /** Null: they are direct. */
  readonly proxy?: Proxy | null;
}

const CONNECT_TIMEOUT_MS = 5_000;
/**
 * A peer that closes idle connections waits for longer than this. Reading the socket once more before the first byte costs a turn of the
 * event loop, in which a process under load may be killed, and nobody could tell that nothing has left.
 */
const LONGEST_UNSEEN_MS = 250;

const OPTIONS = {
  allowH2: false,
  headersTimeout: 0,
  bodyTimeout: 0,
  // Proxies add cookies and policies; with the usual 16 KB, the response of a purchase would be lost for them.
  maxHeaderSize: 128 * 1024,
} as const;

function connector(proxy: Proxy | null): buildConnector.connector {
  return proxy ? throughProxy(proxy, CONNECT_TIMEOUT_MS) : directly(CONNECT_TIMEOUT_MS);
}

/** Connections to one origin, of which each carries one request at a time; with `keepAlive: false` one request in all. */
export function openConnections(
  origin: string,
  { connections, keepAlive, proxy = null }: Omit<PoolOptions, 'slowConnections'>,
  connect = connector(proxy),
): Pool {
  return new Pool(origin, { ...OPTIONS, connections, connect, pipelining: keepAlive ? 1 : 0 });
}

/**
 * Connections to one origin. Redirects are not followed and bodies are capped. With `keepAlive: false` every request gets
 * a new socket: the peer may close a reused one just as a request is written to it, and then it is unknown whether the
 * request arrived. Purchases avoid that at the cost of a handshake.
 */
export function openPool(
  origin: string,
  { connections, slowConnections = 0, keepAlive, proxy = null }: PoolOptions,
): HttpPool {
  const connect = connector(proxy);
  const pool = openConnections(origin, { connections: connections + slowConnections, keepAlive }, connect);
  const own = createOwnConnections(origin, connect, OPTIONS);
  // Requests wait for a slot here rather than in undici's queue: while a request is only queued, its deadline must not
  // run and a purchase must not be marked as being sent.
  const slots = createSlots(connections);
  const fair = createFairSlots({ quick: connections, slow: slowConnections });

  async function send(request: HttpRequest, signal: AbortSignal): Promise<HttpOutcome> {
    if (!request.whenConnected) return dispatch(pool, request, signal);
    const connection = await own.open(signal);
    if (connection instanceof Error)
      return { kind: 'failed', sent: false, status: null, timedOut: false, cause: connection };
    try {
      const connectedAt = performance.now();
      await request.whenConnected();
      // Of a peer that has closed it meanwhile, this process may not have read that yet if it was frozen or busy for so long.
      if (performance.now() - connectedAt > LONGEST_UNSEEN_MS) await turn();
      return await dispatch(connection.dispatcher, request, signal);
    } finally {
      connection.close();
    }
  }

  return {
    async withConnection<T>(
      signal: AbortSignal,
      work: (send: Send) => Promise<T>,
      heldUntil?: Promise<void>,
      share?: Share,
    ): Promise<T> {
      if (share) {
        return fair.run(share, signal, (held) =>
          work((request) => {
            held.begin();
            return send(request, held.signal);
          }),
        );
      }
      const giveBack = await slots.take(signal);
      let until: Promise<void> | undefined;
      try {
        const result = await work((request) => send(request, signal));
        until = heldUntil;
        return result;
      } finally {
        if (until) until.then(giveBack, giveBack);
        else giveBack();
      }
    },
    async close() {
      own.close();
      await pool.destroy();
    },
  };
}

async function dispatch(dispatcher: Dispatcher, request: HttpRequest, signal: AbortSignal): Promise<HttpOutcome> {
  const { sent, refusal, status, headers, chunks, fault, timedOut } = await exchange(dispatcher, request, signal);
  if (refusal) throw refusal.error;
  const [first = Buffer.alloc(0), ...others] = chunks;
  const bytes = others.length === 0 ? first : Buffer.concat(chunks);
  if (status !== null) {
    const text = decodeBody(bytes, headers['content-encoding']);
    // For an error response the status is enough, even if the body is cut off. Of a success, what counts is whether it
    // is complete JSON, not whether the connection ended well.
    if (status >= 400) return { kind: 'response', status, headers, text: fault ? '' : (text ?? '') };
    // A body that is too large is none, even if all of it happens to have arrived before the reader noticed.
    const usable = !fault || (!(fault instanceof BodyTooLarge) && text !== null && isJsonObject(text));
    if (text !== null && usable) return { kind: 'response', status, headers, text };
  }
  const cause = fault ?? new Error('The body cannot be decoded.');
  const body = bytes.length > 0 ? (decodeBody(bytes, headers['content-encoding']) ?? undecodedBody(bytes)) : null;
  return { kind: 'failed', sent, status, headers, body, timedOut, cause };
}
