import { Pool } from 'undici';
import { createFairSlots, type Share } from '../../lib/fair-slots.js';
import type { Proxy } from '../../lib/proxy.js';
import { createSlots } from '../../lib/slots.js';
import { directly } from './connect.js';
import { exchange } from './exchange.js';
import type { HttpOutcome, HttpRequest } from './http.js';
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

/** Connections to one origin, of which each carries one request at a time; with `keepAlive: false` one request in all. */
export function openConnections(
  origin: string,
  { connections, keepAlive, proxy = null }: Omit<PoolOptions, 'slowConnections'>,
): Pool {
  return new Pool(origin, {
    connections,
    pipelining: keepAlive ? 1 : 0,
    allowH2: false,
    connect: proxy ? throughProxy(proxy, CONNECT_TIMEOUT_MS) : directly(CONNECT_TIMEOUT_MS),
    headersTimeout: 0,
    bodyTimeout: 0,
    // Proxies add cookies and policies; with the usual 16 KB, the response of a purchase would be lost for them.
    maxHeaderSize: 128 * 1024,
  });
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
  const pool = openConnections(origin, { connections: connections + slowConnections, keepAlive, proxy });
  // Requests wait for a slot here rather than in undici's queue: while a request is only queued, its deadline must not
  // run and a purchase must not be marked as being sent.
  const slots = createSlots(connections);
  const fair = createFairSlots({ quick: connections, slow: slowConnections });

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
            return dispatch(pool, request, held.signal);
          }),
        );
      }
      const giveBack = await slots.take(signal);
      let until: Promise<void> | undefined;
      try {
        const result = await work((request) => dispatch(pool, request, signal));
        until = heldUntil;
        return result;
      } finally {
        if (until) until.then(giveBack, giveBack);
        else giveBack();
      }
    },
    close: () => pool.destroy(),
  };
}

async function dispatch(pool: Pool, request: HttpRequest, signal: AbortSignal): Promise<HttpOutcome> {
  const { sent, refusal, status, headers, chunks, fault, timedOut } = await exchange(pool, request, signal);
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
