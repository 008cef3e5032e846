import type { FastifyInstance } from 'fastify';
import { REQUEST_ID } from '../request-id.js';

/** Every response says by which id its request is found in the log. */
export function registerRequestIds(app: FastifyInstance): void {
  app.addHook('onRequest', ({ id }, reply, done) => {
    reply.header(REQUEST_ID, id);
    done();
  });
}
