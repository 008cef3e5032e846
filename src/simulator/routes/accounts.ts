import type { FastifyInstance, FastifyRequest } from 'fastify';
import { serve, type SimulatedResponse } from '../delivery.js';
import type { SimulatorState } from '../state.js';

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** The accounts service: `POST /connect/token`. */
export function accountsRoutes(app: FastifyInstance, state: SimulatorState): void {
  app.post('/connect/token', (request, reply) =>
    serve(state, reply, { on: 'token', types: [] }, () => grant(state, request)),
  );
}

function grant(state: SimulatorState, request: FastifyRequest): SimulatedResponse {
  const contentType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (contentType !== FORM_TYPE || typeof request.body !== 'string') return failure('invalid_request');
  const form = new URLSearchParams(request.body);
  const names = ['grant_type', 'scope', 'client_id', 'client_secret'] as const;
  if (names.some((name) => form.getAll(name).length !== 1 || !form.get(name))) return failure('invalid_request');
  if (form.get('grant_type') !== 'client_credentials') return failure('unsupported_grant_type');
  if (form.get('scope') !== 'jobalyzer') return failure('invalid_scope');

  const clientId = form.get('client_id') ?? '';
  const { credentials } = state;
  if (credentials && (credentials.clientId !== clientId || credentials.clientSecret !== form.get('client_secret'))) {
    return failure('invalid_client');
  }
  state.counters.add('tokens');
  state.log.debug({ clientId }, 'simulator: token issued');
  return {
    status: 200,
    body: {
      access_token: state.tokens.issue(clientId, Date.now()),
      expires_in: state.settings.expiresIn,
      token_type: 'Bearer',
      scope: 'jobalyzer',
    },
    headers: { 'cache-control': 'no-store' },
    fixedSpelling: true,
  };
}

function failure(error: string): SimulatedResponse {
  return { status: 400, body: { error }, headers: { 'cache-control': 'no-store' }, fixedSpelling: true };
}
