import { addToLogScope } from '../../lib/log-scope.js';
import type { AuthenticatedRequest, Receive } from '../operation.js';

/** Every later layer knows who asks. A request of nobody is refused before it costs more than a look at its credentials. */
export function authenticate(next: Receive<AuthenticatedRequest>): Receive {
  return async (request) => {
    const client = await request.door.identify();
    addToLogScope({ client: client.name });
    return next({ ...request, client });
  };
}
