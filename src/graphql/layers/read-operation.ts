import { getOperationAST, type OperationDefinitionNode } from 'graphql';
import { createOperationContext, type Services } from '../context.js';
import type { Documents } from '../documents.js';
import type { FormatError } from '../format-error.js';
import type { Asked, AuthenticatedRequest, Operation, Receive, Run } from '../operation.js';
import { refusal, refused } from '../refusal.js';

export interface ReadOperationOptions {
  readonly documents: Documents;
  readonly services: Services;
  readonly formatError: FormatError;
}

/** The messages are Apollo's, so that every door reports the same errors. */
const EMPTY_QUERY = 'GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.';

/** Turns a request into an operation: the document parsed and validated, and one operation of it chosen. */
export function readOperation(
  { documents, services, formatError }: ReadOperationOptions,
  run: Run,
): Receive<AuthenticatedRequest> {
  return async (request) => {
    let definition: OperationDefinitionNode | null = null;
    try {
      if (request.query === '') throw refusal('BAD_REQUEST', EMPTY_QUERY);
      const document = documents.read(request.query, request.parsed);
      definition = getOperationAST(document, request.operationName) ?? null;
      if (!definition) throw unknownOperation(request);
      const { door, client, variables, startedAt } = request;
      const context = createOperationContext(services, client, door);
      const operation: Operation = { door, client, document, definition, variables, context, startedAt, reports: 0 };
      return { definition, results: await run(operation), refused: null };
    } catch (error) {
      return refused(error, definition, formatError);
    }
  };
}

function unknownOperation({ operationName }: Asked): Error {
  const reason = operationName
    ? `Unknown operation named "${operationName}".`
    : 'Must provide operation name if query contains multiple operations.';
  return refusal('OPERATION_RESOLUTION_FAILURE', reason);
}
