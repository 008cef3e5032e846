import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How many connections of clients are open, whatever they are used for. */
export function countConnections(app: FastifyInstance): () => number {
  let open = 0;
  // One for all of them, which there may be thousands of.
  const onClose = (): void => void (open -= 1);
  app.server.on('connection', (socket: Socket) => {
    open += 1;
    socket.on('close', onClose);
  });
  return () => open;
}
