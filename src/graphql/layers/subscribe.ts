import { createSourceEventStream, OperationTypeNode, type GraphQLSchema } from 'graphql';
import type { FormatError } from '../format-error.js';
import type { Layer, Results } from '../operation.js';
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
    const args = { ...executionArgs(schema, operation), hideSuggestions };
    const source = await resultOf(() => createSourceEventStream(args));
    if (!(Symbol.asyncIterator in source)) return formatResult(source, formatError);
    const events = source[Symbol.asyncIterator]() as AsyncIterableIterator<object>;
    return mapped(events, (event) => next({ ...operation, event })) as Results;
  };
}

/** Like an async generator over `source`, except that `return` works while `next` is pending. */
function mapped<T, R>(source: AsyncIterableIterator<T>, map: (value: T) => Promise<R>): AsyncIterableIterator<R> {
  const values: AsyncIterableIterator<R> = {
    [Symbol.asyncIterator]: () => values,
    async next() {
      const result = await source.next();
      if (result.done) return { done: true, value: undefined };
      try {
        return { done: false, value: await map(result.value) };
      } catch (error) {
        await source.return?.();
        throw error;
      }
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
    async throw(error: unknown) {
      await source.return?.();
      throw error;
    },
  };
  return values;
}
