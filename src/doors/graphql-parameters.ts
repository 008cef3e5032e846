import type { GraphQLRequest, Variables } from '../graphql/operation.js';

/** The parameters of a GraphQL request, as received. */
export interface GraphQLParameters {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
}

type WellFormed = Pick<GraphQLRequest, 'query' | 'operationName' | 'variables'>;

/** The parameters with their types, or a text that says what is wrong with them. */
export function checkParameters({ query, operationName, variables }: GraphQLParameters): WellFormed | string {
  if (typeof query !== 'string') return 'The operation must contain a `query`, which must be a string.';
  if (typeof (operationName ?? '') !== 'string') return '`operationName` must be a string.';
  if (typeof (variables ?? {}) !== 'object' || Array.isArray(variables)) return '`variables` must be an object.';
  return {
    query,
    operationName: (operationName ?? null) as string | null,
    variables: (variables ?? null) as Variables | null,
  };
}

/** The parameters in a URL, where `variables` are JSON. */
export function parametersInUrl(search: unknown): GraphQLParameters {
  const { query, operationName, variables } = search as Record<string, unknown>;
  if (typeof variables !== 'string') return { query, operationName, variables };
  try {
    return { query, operationName, variables: JSON.parse(variables) as unknown };
  } catch {
    // Still a string, so checkParameters rejects it.
    return { query, operationName, variables };
  }
}
