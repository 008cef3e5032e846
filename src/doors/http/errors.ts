import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FormatError } from '../../graphql/format-error.js';
import { inLogScope } from '../../lib/log-scope.js';
import { badRequest } from '../problem.js';
import { TOO_LARGE } from '../size.js';
import { METHODS } from './cors.js';
import { refuse, sendResult } from './refuse.js';

type HttpError = Error & { readonly statusCode?: number };

/** Whatever goes wrong outside GraphQL is still a GraphQL error: clients need to understand only one kind. */
export function registerErrors(app: FastifyInstance, formatError: FormatError): void {
  app.setErrorHandler((error: HttpError, request, reply) => {
    const { statusCode = 500 } = error;
    return statusCode < 500
      ? refuseWith(error, request, reply)
      : sendResult(reply, statusCode, { errors: [inLogScope({ requestId: request.id }, () => formatError(error))] });
  });

  app.setNotFoundHandler(({ method, url }, reply) => {
    const path = url.split('?')[0] ?? '';
    const allow = METHODS.filter((allowed) => app.hasRoute({ method: allowed, url: path })).join(', ');
    if (allow === '') return refuse(reply, { status: 404, code: 'NOT_FOUND', message: `There is nothing at ${path}.` });
    return refuse(reply.header('allow', allow), badRequest(`${method} is not allowed here; allowed: ${allow}.`, 405));
  });
}

/** For errors of the client that Fastify notices, such as a body that is not JSON or a URL that cannot be decoded. */
export function refuseWith(error: HttpError, _request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode = 400, message } = error;
  // What is accepted instead, as the HTTP specification has it for a content coding.
  if (statusCode === 415) reply.header('accept-encoding', 'identity');
  refuse(reply, statusCode === TOO_LARGE.status ? TOO_LARGE : badRequest(message, statusCode));
}
