import type { Documents } from '../documents.js';
import type { AuthenticatedRequest, Layer, Receive } from '../operation.js';

/** Before any parser sees the document: one that is too long or nested too deeply is refused. */
export function boundText(documents: Documents): Layer<Receive<AuthenticatedRequest>> {
  return (next) => (request) => {
    documents.admit(request.query);
    return next(request);
  };
}
