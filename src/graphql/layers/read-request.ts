import type { AuthenticatedRequest, IdentifiedRequest, Receive } from '../operation.js';

/** From here on it matters what the request asks for. */
export function readRequest(next: Receive<AuthenticatedRequest>): Receive<IdentifiedRequest> {
  return ({ read, ...request }) => next({ ...request, ...read() });
}
