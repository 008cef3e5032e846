import {
  createSourceEventStream,
  execute,
  getOperationAST,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { createOperationContext, type Services } from './context.js';
import type { FormatError } from './format-error.js';
import { logOperation } from './operation-log.js';
import { createSharedExecution } from './shared-execution.js';

/** An operation as a client sends it, before anything of it is believed. */
export interface OperationRequest {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
}

/** In the words of the two transports, which take a context for a record of anything. */
export type PreparedOperation = ExecutionArgs & { readonly contextValue: Record<string, unknown> };
export type OperationResult = ExecutionResult<Record<string, unknown>>;

/** What the doors of streams (WebSocket, server-sent events) do with an operation; HTTP proper leaves it to Apollo. */
export interface Operations {
  /** Parses and validates under the rules that hold at every door. */
  prepare(request: OperationRequest, signal: AbortSignal): PreparedOperation | readonly GraphQLError[];
  /** A query or a mutation; errors are formatted. */
  execute(operation: PreparedOperation): Promise<OperationResult>;
  /** The results of a subscription, or one result that says why there are none; errors are formatted. */
  subscribe(operation: PreparedOperation): Promise<AsyncIterableIterator<OperationResult> | OperationResult>;
  format(error: GraphQLError): GraphQLFormattedError;
}

export interface OperationsOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly introspection: boolean;
  readonly formatError: FormatError;
  readonly log: Logger;
}

const KEPT_DOCUMENTS = 1_000;

type Checked = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };

export function createOperations({ schema, services, introspection, formatError, log }: OperationsOptions): Operations {
  // Thousands subscribe with the same document: it is parsed and validated once.
  const documents = new LRUCache<string, Checked>({ max: KEPT_DOCUMENTS });
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const hideSuggestions = !introspection;
  const executeShared = createSharedExecution();

  function check(query: string): Checked {
    let document: DocumentNode;
    try {
      document = parse(query);
    } catch (error) {
      return { errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] };
    }
    const errors = validate(schema, document, rules, { hideSuggestions });
    return errors.length > 0
      ? { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) }
      : { document };
  }

  function format(error: GraphQLError): GraphQLFormattedError {
    return formatError(error.toJSON(), error);
  }

  function formatted({ data, errors }: ExecutionResult): OperationResult {
    // The results are written as JSON at once: what stands in the errors need not be their instances any more.
    const plain = errors?.map(format) as unknown as readonly GraphQLError[] | undefined;
    return {
      ...(data !== undefined && { data }),
      ...(plain && { errors: plain }),
    };
  }

  function logged(operation: PreparedOperation, startedAt: number, errors: OperationResult['errors']): void {
    const ast = getOperationAST(operation.document, operation.operationName);
    logOperation(log, { name: ast?.name?.value, kind: ast?.operation, startedAt, errors });
  }

  return {
    format,

    prepare({ query, operationName, variables }, signal) {
      if (typeof query !== 'string') return [refused('The operation has no `query`, which must be a text.')];
      if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
        return [refused('`operationName` must be a text.')];
      }
      if (
        variables !== undefined &&
        variables !== null &&
        (typeof variables !== 'object' || Array.isArray(variables))
      ) {
        return [refused('`variables` must be an object.')];
      }
      let checked = documents.get(query);
      if (!checked) {
        checked = check(query);
        documents.set(query, checked);
      }
      if ('errors' in checked) return checked.errors;
      if (!getOperationAST(checked.document, operationName)) {
        return [refused('Which operation to run is not clear; name one of the document in `operationName`.')];
      }
      return {
        schema,
        document: checked.document,
        operationName: operationName ?? null,
        variableValues: variables as Record<string, unknown> | null,
        contextValue: { ...createOperationContext(services, signal) },
        hideSuggestions,
      };
    },

    async execute(operation) {
      const startedAt = performance.now();
      const result = formatted(await execute(operation));
      logged(operation, startedAt, result.errors);
      return result;
    },

    async subscribe(operation) {
      const startedAt = performance.now();
      const source = await createSourceEventStream(operation);
      const failed = !(Symbol.asyncIterator in source);
      const refusal = failed ? formatted(source) : null;
      logged(operation, startedAt, refusal?.errors);
      if (failed) return refusal ?? {};
      const events = source[Symbol.asyncIterator]() as AsyncIterableIterator<object>;
      return mapped(events, (event) => executeShared(operation, event, formatted));
    },
  };
}

/** Like an async generator over `source`, but one that can be left while it waits. */
function mapped<T, R>(source: AsyncIterableIterator<T>, map: (value: T) => Promise<R>): AsyncIterableIterator<R> {
  const values: AsyncIterableIterator<R> = {
    [Symbol.asyncIterator]: () => values,
    async next() {
      const result = await source.next();
      return result.done ? { done: true, value: undefined } : { done: false, value: await map(result.value) };
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

function refused(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
}

function withCode(error: unknown, code: string): GraphQLError {
  if (!(error instanceof GraphQLError)) throw error;
  return new GraphQLError(error.message, {
    ...(error.nodes && { nodes: error.nodes }),
    ...(error.source && { source: error.source }),
    ...(error.positions && { positions: error.positions }),
    extensions: { ...error.extensions, code },
  });
}
