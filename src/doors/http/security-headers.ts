import type { FastifyInstance } from 'fastify';

/**
 * What browsers are told of every response: that it is what its content type says, is in no frame, and loads nothing. A page
 * replaces the policy by one of its own.
 */
const HEADERS = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

export function registerSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(HEADERS);
    done();
  });
}
