import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** A connection that has so many requests waiting is not read any further. */
const MOST_WAITING = 16;

/** The requests of one connection that have not been answered. */
interface Line {
  /** Resolves when the last of them has been answered, or cannot be. */
  last: Promise<void>;
  waiting: number;
}

/**
 * A client may send thousands of requests over one connection without waiting for a response (pipelining). They are
 * answered in order anyway, so each begins when the one before it has been answered, in a later turn of the event loop:
 * a connection has no more of the server than any other one.
 */
export function oneRequestAtATime(app: FastifyInstance): void {
  const lines = new WeakMap<Socket, Line>();

  app.addHook('onRequest', async ({ raw: { socket } }, reply) => {
    const ended = endOf(reply.raw);
    const line = lines.get(socket);
    if (line) {
      const before = line.last;
      line.last = ended;
      await waitIn(line, socket, before);
      // Nobody will read the response.
      if (socket.destroyed) reply.hijack();
    } else {
      lines.set(socket, { last: ended, waiting: 0 });
    }
    void leave(socket, ended);
  });

  async function waitIn(line: Line, socket: Socket, before: Promise<void>): Promise<void> {
    line.waiting += 1;
    if (line.waiting === MOST_WAITING) {
      // Node resumes a socket whenever it reads the body of one of its requests.
      socket.on('resume', hold);
      socket.pause();
    }
    await before;
    await nextTurn();
    line.waiting -= 1;
    if (line.waiting === MOST_WAITING - 1) {
      socket.off('resume', hold);
      socket.resume();
    }
  }

  /** Most requests are not pipelined: the next one finds no line. */
  async function leave(socket: Socket, ended: Promise<void>): Promise<void> {
    await ended;
    if (lines.get(socket)?.last === ended) lines.delete(socket);
  }
}

function hold(this: Socket): void {
  this.pause();
}

function endOf(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', () => resolve()));
}
