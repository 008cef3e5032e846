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
 * Checks `customerId` and `user`, whose letter case differs from one endpoint to the next. The documents put the client id
 * in both places and also say that they are the customer id, which may be another; so any is accepted.
 * @param customerId the only one that is accepted; null: any.
 * @returns a 400 response, or null if both are there.
 */
export function callerError(
  fields: Readonly<Record<string, unknown>>,
  customerId: string | null = null,
): SimulatedResponse | null {
  const errors = ['customerId', 'user'].flatMap((name) => {
    const value = callerField(fields, name);
    const isText = typeof value === 'string' && value.trim() !== '';
    if (isText && (name === 'user' || customerId === null || value === customerId)) return [];
    const message = isText ? 'is not the customer that the report was made for' : 'is required exactly once';
    const given = typeof value === 'string' ? value : null;
    return [{ AnswerId: name, AnswerValue: given, Message: `${name} ${message}.`, Code: 'InvalidRequest' }];
  });
  return errors.length > 0 ? errorResponse(400, errors) : null;
}

/** @returns the field, its name in any letter case; undefined if there is none. */
export function callerField(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.entries(fields).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** @returns a query parameter, its name in any letter case; null if absent or given more than once. */
export function queryText(request: FastifyRequest, name: string): string | null {
  const query = request.query as Record<string, unknown>;
  const found = Object.keys(query).find((key) => key.toLowerCase() === name.toLowerCase());
  const value = found === undefined ? undefined : query[found];
  return typeof value === 'string' ? value : null;
}

/** @returns a cookie of the request; null if it has none of this name. */
export function cookieOf(request: FastifyRequest, name: string): string | null {
  const found = (request.headers.cookie ?? '').split(/;\s*/).find((cookie) => cookie.startsWith(`${name}=`));
  return found?.slice(name.length + 1) ?? null;
}
