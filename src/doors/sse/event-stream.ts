import { once } from 'node:events';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { WrittenResult } from '../../graphql/stored/written-result.js';
import { deadline } from '../../lib/deadline.js';

export interface EventStream {
  /** Resolves when the peer has accepted the data, or is gone. */
  send(event: 'next', data: object): Promise<void>;
  /** Sends the last event and ends the stream. */
  complete(): Promise<void>;
  /** Ends the stream without `complete`: a client treats that as a lost connection and reconnects. */
  end(): void;
  destroy(): void;
  /** Aborts when the stream has ended, whichever side ended it. */
  readonly closed: AbortSignal;
}

/** A peer that reads nothing for this long is disconnected. */
const LONGEST_WRITE_MS = 30_000;
const LAST_WRITE_MS = 2_000;
/** Proxies close connections that are idle for a minute, some after 30 seconds. */
const COMMENT_EVERY_MS = 12_000;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // Tells nginx and similar proxies not to buffer the stream.
  'x-accel-buffering': 'no',
};

/** How long a peer may take to accept an event, and what is left when the server ends the stream, in milliseconds. */
export interface WriteTimeouts {
  readonly writeMs?: number;
  readonly lastWriteMs?: number;
}

/** Server-sent events over a response. The headers are sent at once, and comments keep the connection alive. */
export function openEventStream(
  raw: ServerResponse,
  headers: OutgoingHttpHeaders,
  { writeMs = LONGEST_WRITE_MS, lastWriteMs = LAST_WRITE_MS }: WriteTimeouts = {},
): EventStream {
  const closed = new AbortController();
  const onClose = (): void => {
    clearInterval(commenting);
    closed.abort();
  };
  const commenting = setInterval(() => {
    if (!raw.writableNeedDrain) raw.write(':\n\n');
  }, COMMENT_EVERY_MS);
  raw.on('error', () => raw.destroy());
  // The peer may have disconnected before anything was sent.
  if (raw.destroyed) onClose();
  else raw.once('close', onClose);
  raw.writeHead(200, { ...headers, ...HEADERS });
  // Some browsers report a stream as open only after its first bytes.
  raw.write(':\n\n');

  async function write(text: string): Promise<void> {
    // Of what a peer has yet to read, bytes take up less memory than the text with its encoded copy.
    if (closed.signal.aborted || raw.writableEnded || raw.write(Buffer.from(text))) return;
    const signal = deadline(writeMs, closed.signal);
    await once(raw, 'drain', { signal }).catch(() => raw.destroy());
  }

  /** A peer that does not read the rest in time is disconnected. */
  function end(withinMs: number, onFinish?: () => void): void {
    clearInterval(commenting);
    raw.end(onFinish);
    setTimeout(() => raw.destroy(), withinMs).unref();
  }

  return {
    closed: closed.signal,
    send: (event, data) =>
      write(`event: ${event}\ndata: ${data instanceof WrittenResult ? data.json : JSON.stringify(data)}\n\n`),
    async complete() {
      await write('event: complete\ndata:\n\n');
      end(writeMs);
    },
    end() {
      const { socket } = raw;
      // A keep-alive connection would delay shutdown.
      end(lastWriteMs, () => socket?.end());
    },
    destroy: () => void raw.destroy(),
  };
}
