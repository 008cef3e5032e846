import type { FastifyInstance } from 'fastify';
import { SHUTTING_DOWN } from '../problem.js';
import { refuse } from './refuse.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route is served during shutdown, too. */
    whileClosing?: boolean;
  }
}

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
  // Instead of Fastify, which would also answer for a path that has more to say.
  app.addHook('onRequest', (request, reply, done) => {
    if (!closing || request.routeOptions.config?.whileClosing) done();
    else refuse(reply, SHUTTING_DOWN);
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
}
