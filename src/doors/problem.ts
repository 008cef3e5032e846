/** Why a request is refused before it is one of GraphQL. Every door says it in the same words, as a GraphQL error. */
export interface Problem {
  /** Where the door has one. */
  readonly status: number;
  readonly code: 'BAD_REQUEST' | 'FORBIDDEN' | 'NOT_FOUND' | 'OVERLOADED' | 'SERVICE_UNAVAILABLE';
  readonly message: string;
  /** When to try again. */
  readonly retryAfterMs?: number;
}

/** The body of the response. */
export function responseOf({ code, message, retryAfterMs }: Problem): { readonly errors: readonly object[] } {
  return { errors: [{ message, extensions: { code, ...(retryAfterMs !== undefined && { retryAfterMs }) } }] };
}
