import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import pLimit from 'p-limit';
import { Pool, type Dispatcher } from 'undici';
import { deadline, timedOut } from '../../lib/deadline.js';
import { unlessAborted } from '../../lib/unless-aborted.js';

/** The largest body read, decoded: the largest report known is under a hundredth of it. */
const LARGEST_BODY_BYTES = 8 * 1024 * 1024;

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query; the origin is the pool's and cannot be chosen by a request. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bound of the whole exchange, from the moment it has a connection slot to the last byte of the body. */
  readonly deadlineMs: number;
  /** Once begun it is carried to its end: the signal counts only until the request is sent. */
  readonly unstoppable?: true;
}

export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** What became of a request: a complete answer, or why there is none. */
export type Exchange =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: HttpHeaders; readonly text: string }
  | {
      readonly kind: 'failed';
      /** False only when it is certain that no byte of the request was written to a socket. */
      readonly sent: boolean;
      /** The status, where headers came before the exchange failed. */
      readonly status: number | null;
      readonly timedOut: boolean;
      readonly cause: Error;
    };

export interface HttpPool {
  /** `beforeSend` runs when the request has its slot, just before it is sent; if it rejects, nothing is sent. */
  exchange(request: HttpRequest, signal: AbortSignal, beforeSend?: () => Promise<void>): Promise<Exchange>;
  close(): Promise<void>;
}

/**
 * Connections to one origin. Redirects are not followed and bodies are capped. With `keepAlive: false` every request has
 * a socket of its own: a kept one may be closed by the far side just as a request is written to it, which leaves unknown
 * whether the request arrived. A purchase is worth a handshake.
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
  // Waiting for a slot here rather than in undici's queue: a deadline must not run, nor a purchase be marked as being
  // sent, while a request only stands in line.
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
      await unlessAborted(slot.promise, signal);
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
    // The status of a refusal says enough, even if its body breaks off.
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

/** Identity is asked for; a proxy in between may compress all the same. */
async function decompress(bytes: Buffer, encoding: string): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  if (name === 'identity' || name === '' || bytes.length === 0) return bytes;
  const decompressor = DECOMPRESSORS[name];
  if (!decompressor) throw new Error(`The body's content encoding ${JSON.stringify(name.slice(0, 40))} is not known.`);
  return decompressor(bytes, { maxOutputLength: LARGEST_BODY_BYTES });
}
