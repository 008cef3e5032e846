import pLimit from 'p-limit';
import { Pool, type Dispatcher } from 'undici';
import { deadline, timedOut } from '../../lib/deadline.js';
import { abortable } from '../../lib/abortable.js';
import type { HttpOutcome, HttpRequest } from './http.js';
import { readBody } from './response-body.js';

export interface HttpPool {
  /** `beforeSend` runs when the request has a connection slot, just before it is sent; if it rejects, nothing is sent. */
  send(request: HttpRequest, signal: AbortSignal, beforeSend?: () => Promise<void>): Promise<HttpOutcome>;
  close(): Promise<void>;
}

/**
 * Connections to one origin. Redirects are not followed and bodies are capped. With `keepAlive: false` every request gets
 * a new socket: the peer may close a reused one just as a request is written to it, and then it is unknown whether the
 * request arrived. Purchases avoid that at the cost of a handshake.
 */
export function openPool(
  origin: string,
  { connections, keepAlive }: { connections: number; keepAlive: boolean },
): HttpPool {
  const pool = new Pool(origin, {
    connections,
    pipelining: keepAlive ? 1 : 0,
    allowH2: false,
    connectTimeout: 5_000,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  // Requests wait for a slot here rather than in undici's queue: while a request is only queued, its deadline must not
  // run and a purchase must not be marked as being sent.
  const limit = pLimit(connections);

  return {
    async send(request, signal, beforeSend) {
      const slot = Promise.withResolvers<void>();
      const outcome = limit(async () => {
        slot.resolve();
        signal.throwIfAborted();
        await beforeSend?.();
        return dispatch(pool, request, deadline(request.deadlineMs, request.unstoppable ? undefined : signal));
      });
      outcome.catch(() => undefined);
      await abortable(slot.promise, signal);
      return outcome;
    },
    close: () => pool.destroy(),
  };
}

async function dispatch(pool: Pool, request: HttpRequest, signal: AbortSignal): Promise<HttpOutcome> {
  let sent = false;
  let status: number | null = null;
  const noticing = noticingStart(pool, () => (sent = true));
  try {
    const response = await noticing.request({
      method: request.method,
      path: request.path,
      headers: { ...request.headers, accept: 'application/json', 'accept-encoding': 'identity' },
      body: request.body ?? null,
      signal,
    });
    status = response.statusCode;
    const { headers } = response;
    const reading = readBody(response.body, headers['content-encoding']);
    // For an error response the status is enough, even if the body is cut off.
    const text = await (status >= 400 ? reading.catch(() => '') : reading);
    return { kind: 'response', status, headers, text };
  } catch (error) {
    const cause = error instanceof Error ? error : new Error('The request failed.', { cause: error });
    return { kind: 'failed', sent, status, timedOut: signal.aborted && timedOut(signal), cause };
  }
}

/** undici calls `onRequestStart` immediately before it writes the first byte of a request to its socket. */
function noticingStart(pool: Pool, onStart: () => void): Dispatcher {
  return pool.compose(
    (next) => (options, handler) =>
      next(options, {
        onRequestStart: (controller, context) => {
          onStart();
          handler.onRequestStart?.(controller, context);
        },
        onResponseStart: (...start) => handler.onResponseStart?.(...start),
        onResponseData: (...data) => handler.onResponseData?.(...data),
        onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
        onResponseError: (...error) => handler.onResponseError?.(...error),
      }),
  );
}
