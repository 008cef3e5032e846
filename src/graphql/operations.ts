import {
  createSourceEventStream,
  execute,
  getOperationAST,
  GraphQLError,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationTypeNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { createOperationContext, type Services } from './context.js';
import { validationRules } from './validation-rules.js';
import type { FormatError } from './format-error.js';
import { logOperation } from './layers/log.js';
import { createSharedExecution } from './layers/share-events.js';
import { rootDirectiveErrors } from './subscription-root.js';

/** An operation as received from a client, not yet validated. */
export interface OperationRequest {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
}

/** Typed as both transports expect: contextValue is a Record. */
export type PreparedOperation = ExecutionArgs & { readonly contextValue: Record<string, unknown> };
export type OperationResult = ExecutionResult<Record<string, unknown>>;

/** Runs operations for the streaming transports (WebSocket, server-sent events). Plain HTTP uses Apollo. */
export interface Operations {
  /** Parses and validates with the rules of every transport. `signal` is called when a wait first needs it. */
  prepare(request: OperationRequest, signal: () => AbortSignal): PreparedOperation | readonly GraphQLError[];
  /** A query or a mutation; errors are formatted. */
  execute(operation: PreparedOperation): Promise<OperationResult>;
  /** The results of a subscription, or one result with the errors if it could not start; errors are formatted. */
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

/** Bound of the document cache, in characters of source. A parsed document takes about fifty times as many bytes. */
const KEPT_SOURCE = 512 * 1024;
const LONGEST_KEPT_SOURCE = 16 * 1024;

type Checked = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };

export function createOperations({ schema, services, introspection, formatError, log }: OperationsOptions): Operations {
  // Thousands of clients may subscribe with the same document, which is parsed and validated once.
  const documents = new LRUCache<string, Checked>({
    maxSize: KEPT_SOURCE,
    maxEntrySize: LONGEST_KEPT_SOURCE,
    sizeCalculation: (_checked, query) => query.length,
  });
  const rules = [...specifiedRules, ...validationRules({ introspection })];
  const hideSuggestions = !introspection;
  const executeShared = createSharedExecution();

  function check(query: string): Checked {
    let document: DocumentNode;
    try {
      document = parse(query);
    } catch (error) {
      return { errors: [error instanceof GraphQLError ? withCode(error, 'GRAPHQL_PARSE_FAILED') : unexpected(error)] };
    }
    const errors = errorsOf(document);
    return errors.length > 0
      ? { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) }
      : { document };
  }

  function errorsOf(document: DocumentNode): readonly GraphQLError[] {
    try {
      const errors = rootDirectiveErrors(document);
      return errors.length > 0 ? errors : validate(schema, document, rules, { hideSuggestions });
    } catch (error) {
      return [unexpected(error)];
    }
  }

  function format(error: GraphQLError): GraphQLFormattedError {
    const formatted = error.toJSON();
    // The only errors that graphql-js itself raises after validation; Apollo gives them this code too.
    const badVariable = !error.path && !formatted.extensions?.['code'] && error.message.startsWith('Variable "$');
    return formatError(badVariable ? { ...formatted, extensions: { code: 'BAD_USER_INPUT' } } : formatted, error);
  }

  function formatted({ data, errors }: ExecutionResult): OperationResult {
    // The results are serialized to JSON right away, so the errors no longer need to be GraphQLError instances.
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

  function prepare(request: OperationRequest, signal: () => AbortSignal): PreparedOperation | readonly GraphQLError[] {
    const fault = requestShapeError(request);
    if (fault) return [refused(fault)];
    const { query, operationName, variables } = request as WellFormed;
    // The message is Apollo's, so that every transport reports the same error.
    if (query === '')
      return [refused('GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.')];
    let checked = documents.get(query);
    if (!checked) {
      checked = check(query);
      documents.set(query, checked);
    }
    if ('errors' in checked) return checked.errors;
    if (!getOperationAST(checked.document, operationName)) {
      const reason = operationName
        ? `Unknown operation named "${operationName}".`
        : 'Must provide operation name if query contains multiple operations.';
      return [refused(reason, 'OPERATION_RESOLUTION_FAILURE')];
    }
    return {
      schema,
      document: checked.document,
      operationName: operationName ?? null,
      variableValues: variables ?? null,
      contextValue: createOperationContext(services, signal) as unknown as Record<string, unknown>,
      hideSuggestions,
    };
  }

  return {
    format,

    prepare(request, signal) {
      const startedAt = performance.now();
      const prepared = prepare(request, signal);
      if (!('document' in prepared)) logOperation(log, { name: null, kind: undefined, startedAt, errors: prepared });
      return prepared;
    },

    async execute(operation) {
      const startedAt = performance.now();
      const result = formatted(await attempt(() => execute(operation)));
      logged(operation, startedAt, result.errors);
      return result;
    },

    async subscribe(operation) {
      const startedAt = performance.now();
      const source = await attempt(() => createSourceEventStream(operation));
      const failed = !(Symbol.asyncIterator in source);
      const refusal = failed ? formatted(source) : null;
      logged(operation, startedAt, refusal?.errors);
      if (failed) return refusal ?? {};
      const events = source[Symbol.asyncIterator]() as AsyncIterableIterator<object>;
      return mapped(events, (event) => executeShared(operation, event, formatted));
    },
  };
}

interface WellFormed {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Record<string, unknown> | null;
}

/** Why the payload is not a GraphQL request, or null. */
export function requestShapeError({ query, operationName, variables }: OperationRequest): string | null {
  if (typeof query !== 'string') return 'The operation must contain a `query`, which must be a string.';
  if (typeof (operationName ?? '') !== 'string') return '`operationName` must be a string.';
  if (typeof (variables ?? {}) !== 'object' || Array.isArray(variables)) return '`variables` must be an object.';
  return null;
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

export function operationKind({ document, operationName }: PreparedOperation): OperationTypeNode | undefined {
  return getOperationAST(document, operationName)?.operation;
}

function refused(message: string, code = 'BAD_REQUEST'): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** An error that graphql-js throws instead of returning is a result of this operation; it must not end its stream. */
async function attempt<T>(work: () => T | Promise<T>): Promise<T | ExecutionResult> {
  try {
    return await work();
  } catch (error) {
    return { errors: [unexpected(error)] };
  }
}

/** An unexpected error, which is masked when it is formatted. */
function unexpected(error: unknown): GraphQLError {
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}

/** The error with this code, unless it is unexpected: that one is masked, and gets its code then. */
function withCode(error: GraphQLError, code: string): GraphQLError {
  if (error.originalError) return error;
  return new GraphQLError(error.message, {
    ...(error.nodes && { nodes: error.nodes }),
    ...(error.source && { source: error.source }),
    ...(error.positions && { positions: error.positions }),
    extensions: { ...error.extensions, code },
  });
}
