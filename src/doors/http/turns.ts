import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** A connection with more requests that wait for their turn is closed. */
const MOST_WAITING = 100;

/** The requests of one connection that have no complete response yet. */
interface Queue {
  readonly waiting: (() => void)[];
}

/**
 * Serves the requests of one connection one after the other, also those that are sent without waiting for responses
 * (pipelining). Their responses are sent in order anyway: served at once, they would be kept in memory until the peer has
 * read those before them, and one that does not read could have any number of them.
 */
export function serveInTurn(app: FastifyInstance): void {
  const queues = new WeakMap<Socket, Queue>();

  app.addHook('onRequest', ({ raw: { socket } }, reply, done) => {
    const queue = queues.get(socket);
    if (!queue) {
      queues.set(socket, { waiting: [] });
      whenOver(reply.raw, socket);
      return done();
    }
    if (queue.waiting.length >= MOST_WAITING) return void socket.destroy();
    queue.waiting.push(() => {
      whenOver(reply.raw, socket);
      done();
    });
  });

  /** The next request of the connection is served after this one. If the connection is closed, there is none. */
  function whenOver(response: ServerResponse, socket: Socket): void {
    response.once('close', () => {
      const next = queues.get(socket)?.waiting.shift();
      if (!next) queues.delete(socket);
      // In a later turn of the event loop, so that a connection has no more of it than any other.
      else if (!socket.destroyed) setImmediate(next);
    });
  }
}
