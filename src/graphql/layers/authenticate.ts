import type { AuthenticatedRequest, Receive } from '../operation.js';

/** Every later layer knows who asks. A request of nobody is refused before it costs more than a look at its credentials. */
export function authenticate(next: Receive<AuthenticatedRequest>): Receive {
  return async (request) => next({ ...request, client: await request.door.identify() });
}
