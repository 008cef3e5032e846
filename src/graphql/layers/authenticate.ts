import { addToLogScope } from '../../lib/log-scope.js';
import { whenThere } from '../../lib/maybe-async.js';
import type { IdentifiedRequest, Receive } from '../operation.js';

/** Every later layer knows who asks. A request of nobody is refused before it costs more than a look at its credentials. */
export function authenticate(next: Receive<IdentifiedRequest>): Receive {
  return (request) =>
    whenThere(request.door.identify(), (client) => {
      addToLogScope({ client: client.name });
      return next({ ...request, client });
    });
}
