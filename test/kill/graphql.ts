export interface GraphQLAnswer<T> {
  readonly data: T | null;
  readonly errors: readonly GraphQLFault[];
}

export interface GraphQLFault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly since?: string };
}

/** Sends one operation. Rejects without a response: connection refused, broken or aborted. */
export async function ask<T>(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  signal: AbortSignal | null = null,
): Promise<GraphQLAnswer<T>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query, variables }),
    signal,
  });
  const body = (await response.json()) as { data?: T | null; errors?: GraphQLFault[] };
  return { data: body.data ?? null, errors: body.errors ?? [] };
}
