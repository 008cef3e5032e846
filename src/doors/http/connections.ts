import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Problem } from '../problem.js';
import { ConnectionLimit } from './connection-limit.js';
import { refuse } from './refuse.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the path is served even if there are too many connections. */
    readonly evenIfFull?: boolean;
  }
}

export interface ConnectionOptions {
  /** The most connections at once, of all doors together. */
  readonly most: number;
  readonly log: Logger;
}

/** Counts the connection as in use, or says why it may not be. */
export type Admission = (socket: Socket) => Problem | null;

const RETRY_AFTER_S = 5;
const OVERLOADED: Problem = {
  status: 503,
  code: 'OVERLOADED',
  message: 'The server has too many connections. Try again later.',
  retryAfterMs: RETRY_AFTER_S * 1_000,
};
/** The log says at most so often that there are too many. */
const LOG_EVERY_MS = 60_000;

/** Limits the connections of all doors. */
export function limitConnections(app: FastifyInstance, { most, log }: ConnectionOptions): Admission {
  const noticed = createNotice(() =>
    log.warn({ most }, 'MAX_CONNECTIONS is reached: connections are closed or refused'),
  );
  const limit = new ConnectionLimit(most, noticed);
  app.server.on('connection', (socket: Socket) => limit.add(socket));

  function admission(socket: Socket): Problem | null {
    if (limit.use(socket)) return null;
    noticed();
    return OVERLOADED;
  }

  // A request counts once its body is here, so that a slow one does not.
  app.addHook('preValidation', ({ raw: { socket }, routeOptions }, reply, done) => {
    const problem = admission(socket);
    if (problem && !routeOptions.config.evenIfFull) {
      return void refuse(reply.headers({ connection: 'close', 'retry-after': RETRY_AFTER_S }), problem);
    }
    if (!problem) reply.raw.once('close', () => limit.release(socket));
    done();
  });

  return admission;
}

/** Calls `notify` at most once in a while. */
function createNotice(notify: () => void): () => void {
  let last = -Infinity;
  return () => {
    if (performance.now() - last < LOG_EVERY_MS) return;
    last = performance.now();
    notify();
  };
}
