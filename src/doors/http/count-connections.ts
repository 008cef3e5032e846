import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How many connections of clients are open, whatever they are used for. */
export function countConnections(app: FastifyInstance): () => number {
  let open = 0;
  app.server.on('connection', (socket: Socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
  });
  return () => open;
}
