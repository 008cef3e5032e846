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
import { doorRules } from './door-rules.js';
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
  /** Parses and validates under the rules that hold at every door. `signal` is opened when a wait first needs it. */
  prepare(request: OperationRequest, signal: () => AbortSignal): PreparedOperation | readonly GraphQLError[];
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

/** What is kept of parsed documents, in characters of their source: a parsed one takes some fifty times as many bytes. */
const KEPT_SOURCE = 512 * 1024;
const LONGEST_KEPT_SOURCE = 16 * 1024;

type Checked = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };

export function createOperations({ schema, services, introspection, formatError, log }: OperationsOptions): Operations {
  // Thousands subscribe with the same document: it is parsed and validated once.
  const documents = new LRUCache<string, Checked>({
    maxSize: KEPT_SOURCE,
    maxEntrySize: LONGEST_KEPT_SOURCE,
    sizeCalculation: (_checked, query) => query.length,
  });
  const rules = [...specifiedRules, ...doorRules({ introspection })];
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
    const formatted = error.toJSON();
    // The one kind of error that graphql-js finds on its own after validation; Apollo gives it this code, too.
    const badVariable = !error.path && !formatted.extensions?.['code'] && error.message.startsWith('Variable "$');
    return formatError(badVariable ? { ...formatted, extensions: { code: 'BAD_USER_INPUT' } } : formatted, error);
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

  function prepare(request: OperationRequest, signal: () => AbortSignal): PreparedOperation | readonly GraphQLError[] {
    const fault = malformation(request);
    if (fault) return [refused(fault)];
    const { query, operationName, variables } = request as WellFormed;
    // In Apollo's words, so that it is the same error at every door.
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

interface WellFormed {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Record<string, unknown> | null;
}

/** What keeps a request from being an operation at all; null where nothing does. */
export function malformation({ query, operationName, variables }: OperationRequest): string | null {
  if (typeof query !== 'string') return 'The operation has no `query`, which must be a text.';
  if (typeof (operationName ?? '') !== 'string') return '`operationName` must be a text.';
  if (typeof (variables ?? {}) !== 'object' || Array.isArray(variables)) return '`variables` must be an object.';
  return null;
}

/** Like an async generator over `source`, but one that can be left while it waits. */
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

function withCode(error: unknown, code: string): GraphQLError {
  if (!(error instanceof GraphQLError)) throw error;
  return new GraphQLError(error.message, {
    ...(error.nodes && { nodes: error.nodes }),
    ...(error.source && { source: error.source }),
    ...(error.positions && { positions: error.positions }),
    extensions: { ...error.extensions, code },
  });
}
