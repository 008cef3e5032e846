import pLimit from 'p-limit';
import { Pool, type Dispatcher } from 'undici';
import { abortable } from '../../lib/abortable.js';
import { createFairSlots, type Share } from '../../lib/fair-slots.js';
import type { Proxy } from '../../lib/proxy.js';
import { timedOut } from '../../lib/deadline.js';
import { patientDeadline } from '../../lib/patient-deadline.js';
import type { HttpHeaders, HttpOutcome, HttpRequest } from './http.js';
import { throughProxy } from './tunnel.js';
import { BodyTooLarge, decodeBody, isJsonObject, LARGEST_BODY_BYTES, undecodedBody } from './response-body.js';

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
 * Connections to one origin. Redirects are not followed and bodies are capped. With `keepAlive: false` every request gets
 * a new socket: the peer may close a reused one just as a request is written to it, and then it is unknown whether the
 * request arrived. Purchases avoid that at the cost of a handshake.
 */
export function openPool(
  origin: string,
  { connections, slowConnections = 0, keepAlive, proxy = null }: PoolOptions,
): HttpPool {
  const pool = new Pool(origin, {
    connections: connections + slowConnections,
    pipelining: keepAlive ? 1 : 0,
    allowH2: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(proxy && { connect: throughProxy(proxy, CONNECT_TIMEOUT_MS) }),
    headersTimeout: 0,
    bodyTimeout: 0,
    // Proxies add cookies and policies; with the usual 16 KB, the response of a purchase would be lost for them.
    maxHeaderSize: 128 * 1024,
  });
  // Requests wait for a slot here rather than in undici's queue: while a request is only queued, its deadline must not
  // run and a purchase must not be marked as being sent.
  const limit = pLimit(connections);
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
      const slot = Promise.withResolvers<void>();
      const outcome = Promise.withResolvers<T>();
      const held = limit(async () => {
        slot.resolve();
        signal.throwIfAborted();
        outcome.resolve(await work((request) => dispatch(pool, request, signal)));
        await heldUntil;
      });
      held.catch(outcome.reject);
      outcome.promise.catch(() => undefined);
      await abortable(slot.promise, signal);
      return outcome.promise;
    },
    close: () => pool.destroy(),
  };
}

/** What has arrived of a response. */
interface Arrived {
  sent: boolean;
  /** What `beforeFirstByte` threw. */
  refusal: { readonly error: unknown } | null;
  status: number | null;
  headers: HttpHeaders;
  chunks: Buffer[];
}

async function dispatch(pool: Pool, request: HttpRequest, signal: AbortSignal): Promise<HttpOutcome> {
  const arrived: Arrived = { sent: false, refusal: null, status: null, headers: {}, chunks: [] };
  const deadline = patientDeadline(request.deadlineMs, request.unstoppable ? undefined : signal);
  const fault = await exchange(noticing(pool, arrived, request.beforeFirstByte), request, deadline.signal).finally(() =>
    deadline.close(),
  );
  const { sent, refusal, status, headers } = arrived;
  if (refusal) throw refusal.error;
  const bytes = Buffer.concat(arrived.chunks);
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
  const outOfTime = deadline.signal.aborted && timedOut(deadline.signal);
  return { kind: 'failed', sent, status, headers, body, timedOut: outOfTime, cause };
}

/** Resolves when the response has ended: to null if it is complete, otherwise to the reason. */
async function exchange(dispatcher: Dispatcher, request: HttpRequest, signal: AbortSignal): Promise<Error | null> {
  try {
    const { body } = await dispatcher.request({
      method: request.method,
      path: request.path,
      headers: { ...request.headers, accept: 'application/json', 'accept-encoding': 'identity' },
      body: request.body ?? null,
      signal,
    });
    let length = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > LARGEST_BODY_BYTES) throw new BodyTooLarge(`The body is larger than ${LARGEST_BODY_BYTES} bytes.`);
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error('The request failed.', { cause: error });
  }
}

/**
 * undici calls `onRequestStart` immediately before it writes the first byte of a request to its socket. What arrives is
 * kept at once: a connection that breaks discards what the body's stream has not been read of.
 */
function noticing(pool: Pool, arrived: Arrived, beforeFirstByte: () => void = () => undefined): Dispatcher {
  return pool.compose(
    (next) => (options, handler) =>
      next(options, {
        onRequestStart: (controller, context) => {
          try {
            beforeFirstByte();
          } catch (error) {
            arrived.refusal = { error };
            return controller.abort(new Error('The request was refused before it was sent.'));
          }
          arrived.sent = true;
          handler.onRequestStart?.(controller, context);
        },
        onResponseStart: (controller, status, headers, message) => {
          Object.assign(arrived, { status, headers });
          handler.onResponseStart?.(controller, status, headers, message);
        },
        onResponseData: (controller, chunk) => {
          arrived.chunks.push(chunk);
          handler.onResponseData?.(controller, chunk);
        },
        onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
        onResponseError: (...error) => handler.onResponseError?.(...error),
      }),
  );
}
