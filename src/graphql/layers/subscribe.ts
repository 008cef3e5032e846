import { createSourceEventStream, OperationTypeNode, type GraphQLSchema } from 'graphql';
import type { FormatError } from '../format-error.js';
import type { Layer, Result } from '../operation.js';
import { ResultStream } from '../result-stream.js';
import { executionArgs, formatResult, resultOf } from './execute.js';

export interface SubscribeOptions {
  readonly schema: GraphQLSchema;
  readonly formatError: FormatError;
  readonly hideSuggestions: boolean;
}

/** A subscription is executed once for each of its events; one that cannot start has a single result, with the errors. */
export function subscribe({ schema, formatError, hideSuggestions }: SubscribeOptions): Layer {
  return (next) => async (operation) => {
    if (operation.definition.operation !== OperationTypeNode.SUBSCRIPTION) return next(operation);
    const source = await resultOf(() =>
      createSourceEventStream({ ...executionArgs(schema, operation), hideSuggestions }),
    );
    if (!(Symbol.asyncIterator in source)) return formatResult(source, formatError);
    const events = source[Symbol.asyncIterator]() as AsyncIterableIterator<object>;
    return new ResultStream(events, async (event) => next({ ...operation, event }) as Promise<Result>);
  };
}
