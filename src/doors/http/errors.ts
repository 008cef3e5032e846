import type { FastifyInstance } from 'fastify';
import { GraphQLError } from 'graphql';
import type { FormatError } from '../../graphql/format-error.js';
import { METHODS } from './cors.js';

/** Whatever goes wrong outside GraphQL is still a GraphQL error: clients need to understand only one kind. */
export function registerErrors(app: FastifyInstance, formatError: FormatError): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    // Errors of Fastify itself, such as a body that is not JSON.
    const known = status < 500 ? new GraphQLError(error.message, { extensions: { code: 'BAD_REQUEST' } }) : error;
    return reply.code(status).send({ errors: [formatError(known)] });
  });

  app.setNotFoundHandler(({ method, url }, reply) => {
    const path = url.split('?')[0] ?? '';
    const allow = METHODS.filter((allowed) => app.hasRoute({ method: allowed, url: path })).join(', ');
    const [status, code, message] = allow
      ? [405, 'BAD_REQUEST', `${method} is not allowed here; allowed: ${allow}.`]
      : [404, 'NOT_FOUND', `There is nothing at ${path}.`];
    return reply
      .code(status)
      .headers(allow ? { allow } : {})
      .send({ errors: [{ message, extensions: { code } }] });
  });
}
