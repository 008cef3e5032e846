import { once } from 'node:events';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { deadline } from '../lib/deadline.js';

export interface EventStream {
  /** Resolves when the peer has taken it, or is gone. */
  send(event: 'next', data: object): Promise<void>;
  /** The last event; then the end. */
  complete(): Promise<void>;
  /** Ends the stream without its last event: a client takes that for a broken connection and comes back. */
  end(): void;
  destroy(): void;
  /** Aborts when the stream is over, whoever ended it. */
  readonly closed: AbortSignal;
}

/** A peer that takes nothing for this long is cut off. */
const LONGEST_WRITE_MS = 30_000;
const LAST_WRITE_MS = 2_000;
/** Proxies close what says nothing for a minute, some for half of one. */
const COMMENT_EVERY_MS = 12_000;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // nginx and its kin hold answers back until they are full; a stream never is.
  'x-accel-buffering': 'no',
};

/** Server-sent events over a response: its head is sent at once, and comments keep it alive. */
export function openEventStream(raw: ServerResponse, headers: OutgoingHttpHeaders): EventStream {
  const closed = new AbortController();
  const onClose = (): void => {
    clearInterval(commenting);
    closed.abort();
  };
  const commenting = setInterval(() => {
    if (!raw.writableNeedDrain) raw.write(':\n\n');
  }, COMMENT_EVERY_MS);
  raw.on('error', () => raw.destroy());
  // The peer may have left before there was anything to send.
  if (raw.destroyed) onClose();
  else raw.once('close', onClose);
  raw.writeHead(200, { ...headers, ...HEADERS });
  // Some browsers open a stream only at its first bytes.
  raw.write(':\n\n');

  async function write(text: string): Promise<void> {
    if (closed.signal.aborted || raw.writableEnded || raw.write(text)) return;
    const signal = deadline(LONGEST_WRITE_MS, closed.signal);
    await once(raw, 'drain', { signal }).catch(() => raw.destroy());
  }

  /** A peer that does not take the rest in time is cut off. */
  function end(withinMs: number): void {
    clearInterval(commenting);
    raw.end();
    setTimeout(() => raw.destroy(), withinMs).unref();
  }

  return {
    closed: closed.signal,
    send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    async complete() {
      await write('event: complete\ndata:\n\n');
      end(LONGEST_WRITE_MS);
    },
    end: () => end(LAST_WRITE_MS),
    destroy: () => void raw.destroy(),
  };
}
