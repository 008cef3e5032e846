import type { FastifyRequest } from 'fastify';
import { errorResponse, generalError, type SimulatedResponse } from './delivery.js';
import type { SimulatorState } from './state.js';

/** @returns the client that the request's token was issued to, or the 401 response if the token is not valid. */
export function bearerOf(
  state: SimulatorState,
  request: FastifyRequest,
): { clientId: string } | { refused: SimulatedResponse } {
  const token = /^Bearer ([\w.-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const clientId = token && state.tokens.holder(token, state.settings.tokenLifeMs, Date.now());
  if (clientId) return { clientId };
  state.counters.add('unauthorized');
  const response = generalError(401, 'Unauthorized', 'A valid access token is required.');
  return { refused: { ...response, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } } };
}

/**
 * Checks `customerId` and `user`, whose letter case differs from one endpoint to the next.
 * @returns a 400 response, or null if both are the client's id.
 */
export function callerError(clientId: string, fields: Readonly<Record<string, unknown>>): SimulatedResponse | null {
  const given = new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
  const errors = ['customerId', 'user']
    .filter((name) => given.get(name.toLowerCase()) !== clientId)
    .map((name) => {
      const value = given.get(name.toLowerCase());
      return {
        AnswerId: name,
        AnswerValue: typeof value === 'string' ? value : null,
        Message: `${name} must be the client id that the token was issued to.`,
        Code: 'InvalidRequest',
      };
    });
  return errors.length > 0 ? errorResponse(400, errors) : null;
}

/** @returns a query parameter, its name in any letter case; null if absent or given more than once. */
export function queryText(request: FastifyRequest, name: string): string | null {
  const query = request.query as Record<string, unknown>;
  const found = Object.keys(query).find((key) => key.toLowerCase() === name.toLowerCase());
  const value = found === undefined ? undefined : query[found];
  return typeof value === 'string' ? value : null;
}
