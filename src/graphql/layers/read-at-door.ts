import type { AuthenticatedRequest, Receive } from '../operation.js';

/** A door whose library reads requests itself does it here, after everything that must come before reading. */
export function readAtDoor(next: Receive<AuthenticatedRequest>): Receive<AuthenticatedRequest> {
  return (request) => request.door.read?.(request, next) ?? next(request);
}
