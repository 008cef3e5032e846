import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import pLimit from 'p-limit';
import { Pool, type Dispatcher } from 'undici';
import { deadline, timedOut } from '../../lib/deadline.js';
import { abortable } from '../../lib/abortable.js';

/** The largest decoded body accepted. The largest known report is less than a hundredth of it. */
const LARGEST_BODY_BYTES = 8 * 1024 * 1024;

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query. The origin is the pool's; a request cannot choose it. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Timeout of the whole exchange, from getting a connection slot to the last byte of the body. */
  readonly deadlineMs: number;
  /** The signal cancels only before sending. */
  readonly unstoppable?: true;
}

export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The result of a request: a complete response, or why there is none. */
export type Exchange =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: HttpHeaders; readonly text: string }
  | {
      readonly kind: 'failed';
      /** False only when it is certain that no byte of the request was written to a socket. */
      readonly sent: boolean;
      /** The status, if headers arrived before the exchange failed; otherwise null. */
      readonly status: number | null;
      readonly timedOut: boolean;
      readonly cause: Error;
    };

export interface HttpPool {
  /** `beforeSend` runs when the request has a connection slot, just before it is sent; if it rejects, nothing is sent. */
  exchange(request: HttpRequest, signal: AbortSignal, beforeSend?: () => Promise<void>): Promise<Exchange>;
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
    async exchange(request, signal, beforeSend) {
      const slot = Promise.withResolvers<void>();
      const result = limit(async () => {
        slot.resolve();
        signal.throwIfAborted();
        await beforeSend?.();
        return send(pool, request, deadline(request.deadlineMs, request.unstoppable ? undefined : signal));
      });
      result.catch(() => undefined);
      await abortable(slot.promise, signal);
      return result;
    },
    close: () => pool.destroy(),
  };
}

async function send(pool: Pool, request: HttpRequest, signal: AbortSignal): Promise<Exchange> {
  let sent = false;
  let status: number | null = null;
  const noticing = pool.compose(
    (dispatch) => (options, handler) =>
      dispatch(
        options,
        noticeStart(handler, () => (sent = true)),
      ),
  );
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
    const encoding = String(headers['content-encoding'] ?? 'identity');
    const reading = readCapped(response.body).then((bytes) => decompress(bytes, encoding));
    // For an error response the status is enough, even if the body is cut off.
    const bytes = await (status >= 400 ? reading.catch(() => Buffer.alloc(0)) : reading);
    return { kind: 'answered', status, headers, text: new TextDecoder().decode(bytes) };
  } catch (error) {
    const cause = error instanceof Error ? error : new Error('The exchange failed.', { cause: error });
    return { kind: 'failed', sent, status, timedOut: signal.aborted && timedOut(signal), cause };
  }
}

/** undici calls `onRequestStart` immediately before it writes the first byte of a request to its socket. */
function noticeStart(handler: Dispatcher.DispatchHandler, onStart: () => void): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (controller, context) => {
      onStart();
      handler.onRequestStart?.(controller, context);
    },
    onResponseStart: (...answer) => handler.onResponseStart?.(...answer),
    onResponseData: (...data) => handler.onResponseData?.(...data),
    onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
    onResponseError: (...error) => handler.onResponseError?.(...error),
  };
}

async function readCapped(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > LARGEST_BODY_BYTES) throw new Error(`The body is larger than ${LARGEST_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

const DECOMPRESSORS: Readonly<
  Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>
> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** The request asks for identity encoding, but a proxy may compress the response anyway. */
async function decompress(bytes: Buffer, encoding: string): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  if (name === 'identity' || name === '' || bytes.length === 0) return bytes;
  const decompressor = DECOMPRESSORS[name];
  if (!decompressor)
    throw new Error(`The body's content encoding ${JSON.stringify(name.slice(0, 40))} is not supported.`);
  return decompressor(bytes, { maxOutputLength: LARGEST_BODY_BYTES });
}
