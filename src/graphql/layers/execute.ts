import { execute as executeDocument, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { toGraphQLError, type FormatError } from '../format-error.js';
import type { Operation, Result, Run } from '../operation.js';

export interface ExecuteOptions {
  readonly schema: GraphQLSchema;
  readonly formatError: FormatError;
  readonly hideSuggestions: boolean;
}

/** A query, a mutation, or one event of a subscription. */
export function execute({ schema, formatError, hideSuggestions }: ExecuteOptions): Run {
  return async (operation) => {
    const args = { ...executionArgs(schema, operation), rootValue: operation.event, hideSuggestions };
    return formatResult(await resultOf(() => executeDocument(args)), formatError);
  };
}

/** What graphql-js needs to know of an operation. */
export function executionArgs(schema: GraphQLSchema, { document, definition, variables, context }: Operation) {
  return {
    schema,
    document,
    operationName: definition.name?.value ?? null,
    variableValues: variables,
    contextValue: context,
  };
}

/** An error that graphql-js throws instead of returning is a result of this operation; it must not end its stream. */
export async function resultOf<T>(work: () => T | Promise<T>): Promise<T | ExecutionResult> {
  try {
    return await work();
  } catch (error) {
    return { errors: [toGraphQLError(error)] };
  }
}

export function formatResult({ data, errors }: ExecutionResult, format: FormatError): Result {
  return { ...(data !== undefined && { data }), ...(errors && { errors: errors.map((error) => format(error)) }) };
}
