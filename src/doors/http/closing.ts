import type { FastifyInstance } from 'fastify';

/** During shutdown, connections still open after this are closed. All waits for reports end well before. */
const LAST_CONNECTIONS_MS = 9_000;

/**
 * A keep-alive connection would delay shutdown until the client closes it. A request that never ends would delay it
 * forever, since Node no longer enforces `requestTimeout` once the server is closing.
 */
export function endConnectionsWhenClosing(app: FastifyInstance): void {
  let closing = false;
  let last: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    closing = true;
    last = setTimeout(() => app.server.closeAllConnections(), LAST_CONNECTIONS_MS);
  });
  app.addHook('onClose', async () => clearTimeout(last));
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}
