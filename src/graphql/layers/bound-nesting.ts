import { nestingProblem } from '../nesting.js';
import type { AuthenticatedRequest, Receive } from '../operation.js';
import { refusal } from '../refusal.js';

/** Before any parser sees the document: one that is nested too deeply is refused. */
export function boundNesting(next: Receive<AuthenticatedRequest>): Receive<AuthenticatedRequest> {
  return async (request) => {
    const problem = nestingProblem(request.query);
    if (problem !== null) throw refusal('GRAPHQL_PARSE_FAILED', problem);
    return next(request);
  };
}
