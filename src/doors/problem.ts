/** Why a request is refused before it is one of GraphQL. Every door says it in the same words, as a GraphQL error. */
export interface Problem {
  /** Where the door has one. */
  readonly status: number;
  readonly code:
    'BAD_REQUEST' | 'FORBIDDEN' | 'NOT_FOUND' | 'OPERATION_TOO_LARGE' | 'OVERLOADED' | 'SERVICE_UNAVAILABLE';
  readonly message: string;
  /** The limit that was exceeded. */
  readonly limit?: number;
  /** When to try again. */
  readonly retryAfterMs?: number;
}

/** Of everything that arrives while the server closes. */
export const SHUTTING_DOWN: Problem = {
  status: 503,
  code: 'SERVICE_UNAVAILABLE',
  message: 'The server is shutting down.',
};

export function badRequest(message: string, status = 400): Problem {
  return { status, code: 'BAD_REQUEST', message };
}

export function isProblem(value: object): value is Problem {
  return 'message' in value && 'code' in value;
}

export function errorOf({ code, message, limit, retryAfterMs }: Problem) {
  const details = { ...(limit !== undefined && { limit }), ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return { message, extensions: { code, ...details } };
}

/** The body of the response. */
export function responseOf(problem: Problem): { readonly errors: readonly object[] } {
  return { errors: [errorOf(problem)] };
}
