import type { AuthenticatedRequest, IdentifiedRequest, Receive } from '../operation.js';

/** From here on it matters what the request asks for. */
export function readRequest(next: Receive<AuthenticatedRequest>): Receive<IdentifiedRequest> {
  // Each by its name: copying whatever there is takes several times as long.
  return ({ read, door, requestId, traceparent, startedAt, received, client }) => {
    const { query, operationName, variables, documentId, extensions } = read();
    return next({
      door,
      requestId,
      traceparent,
      startedAt,
      received,
      client,
      query,
      operationName,
      variables,
      documentId: documentId ?? null,
      extensions: extensions ?? null,
    });
  };
}
