import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';

/** How often it is looked whether the peers read. */
const LOOK_EVERY_MS = 5_000;
/** A peer that has read nothing between so many looks is disconnected, as is one that is not done after `MOST_LOOKS`. */
const LOOKS_WITHOUT_PROGRESS = 6;
const MOST_LOOKS = 60;

/** A longer text is sent in pieces of this size: of one that is handed over at once it is not known how much was read. */
const PIECE_BYTES = 64 * 1024;

/** A response that is being sent, and what was seen of it. */
interface Sending {
  accepted: number;
  looks: number;
  looksWithoutProgress: number;
}

/**
 * Disconnects peers that do not read their responses: the responses would stay in memory. Event streams and WebSockets
 * have bounds of their own.
 */
export function disconnectPeersThatDoNotRead(app: FastifyInstance, { lookEveryMs = LOOK_EVERY_MS } = {}): void {
  const responses = new Map<ServerResponse, Sending>();

  app.addHook('onSend', (_request, { raw }, payload, done) => {
    responses.set(raw, { accepted: -1, looks: 0, looksWithoutProgress: 0 });
    raw.once('close', () => responses.delete(raw));
    done(null, payload);
  });

  app.addHook('onSend', (_request, reply, payload, done) => {
    if (typeof payload !== 'string' || payload.length <= PIECE_BYTES) return done(null, payload);
    const bytes = Buffer.from(payload);
    reply.header('content-length', bytes.length);
    done(null, Readable.from(piecesOf(bytes), { objectMode: false }));
  });

  // Looks are counted rather than time: a process that was frozen must not find that nobody has read meanwhile.
  const looking = setInterval(() => {
    for (const [response, sending] of responses) {
      // It was closed before it was ready, or while it waited for another of its connection: then `close` never comes.
      if (response.req.socket.destroyed) responses.delete(response);
      else if (isStuck(response, sending)) response.destroy();
    }
  }, lookEveryMs).unref();
  app.addHook('onClose', async () => clearInterval(looking));
}

function isStuck({ socket }: ServerResponse, sending: Sending): boolean {
  // It waits for another response of the same connection.
  if (!socket) return false;
  const accepted = socket.bytesWritten - socket.writableLength;
  sending.looks += 1;
  sending.looksWithoutProgress = accepted === sending.accepted ? sending.looksWithoutProgress + 1 : 0;
  sending.accepted = accepted;
  return sending.looksWithoutProgress >= LOOKS_WITHOUT_PROGRESS || sending.looks >= MOST_LOOKS;
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) yield bytes.subarray(start, start + PIECE_BYTES);
}
