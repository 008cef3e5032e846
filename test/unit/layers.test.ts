import { buildSchema, GraphQLError, parse, validate, type OperationDefinitionNode } from 'graphql';
import pino from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOperationContext, type Services } from '../../src/graphql/context.js';
import { createDocuments } from '../../src/graphql/documents.js';
import { createFormatError } from '../../src/graphql/format-error.js';
import { logRequests } from '../../src/graphql/layers/log.js';
import { readOperation } from '../../src/graphql/layers/read-operation.js';
import { subscribe } from '../../src/graphql/layers/subscribe.js';
import {
  isStream,
  type AuthenticatedRequest,
  type Operation,
  type Outcome,
  type Results,
} from '../../src/graphql/operation.js';
import { ANYBODY } from '../fixtures/clients.js';
import { validationRules } from '../../src/graphql/validation-rules.js';

const schema = buildSchema('type Query { a: Int } type Subscription { b(fails: Boolean): Int }');
const formatError = createFormatError(pino({ level: 'silent' }), { hideSuggestions: false });
const door = {
  name: 'http',
  identify: () => ANYBODY,
  safe: false,
  signal: () => new AbortController().signal,
} as const;

afterEach(() => void vi.restoreAllMocks());

describe('introspection', () => {
  it.each([
    '{ __schema { types { name } } }',
    '{ __type(name: "Query") { name } }',
    '{ ...F } fragment F on Query { __schema { types { name } } }',
  ])('is refused where it is off, with a code of its own: %s', (query) => {
    const errors = validate(schema, parse(query), validationRules({ introspection: false }));
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ validationErrorCode: 'INTROSPECTION_DISABLED' }]);
    expect(errors[0]?.locations).toHaveLength(1);
    expect(validate(schema, parse(query), validationRules({ introspection: true }))).toEqual([]);
  });

  it('does not include the name of a type', () => {
    expect(validate(schema, parse('{ a __typename }'), validationRules({ introspection: false }))).toEqual([]);
  });
});

describe('the context of an operation', () => {
  it('has the services, and asks for a signal only when it is needed', () => {
    const services = { reports: {}, lookups: {}, reportWaitMs: 5 } as unknown as Services;
    const { signal } = new AbortController();
    const open = vi.fn<() => AbortSignal>(() => signal);
    const context = createOperationContext(services, ANYBODY, { safe: false, signal: open });
    expect([context.reportWaitMs, context.client]).toEqual([5, ANYBODY]);
    expect(context.reports).toBe(services.reports);
    expect(context.lookups).toBe(services.lookups);
    expect(open).not.toHaveBeenCalled();
    expect(context.signal).toBe(signal);
  });

  it('has one loader, so that what is loaded in one operation is loaded together', () => {
    const context = createOperationContext({} as Services, ANYBODY, door);
    expect(context.loader).toBe(context.loader);
    expect(createOperationContext({} as Services, ANYBODY, door).loader).not.toBe(context.loader);
  });
});

describe('the log line of a request', () => {
  it('has how long it took, a name of bounded length and each code once', async () => {
    vi.spyOn(performance, 'now').mockReturnValue(1_250.4);
    const error = { message: 'No.', extensions: { code: 'NOT_FOUND' } };
    const errors = [error, { message: 'No.', extensions: { code: 'BAD_USER_INPUT' } }, error];
    const [line] = await linesOf({ definition: definitionOf(`query ${'q'.repeat(150)} { a }`), results: { errors } });
    expect(line).toMatchObject({
      operation: 'q'.repeat(100),
      client: ANYBODY.name,
      kind: 'query',
      ms: 250,
      errors: ['NOT_FOUND', 'BAD_USER_INPUT'],
      msg: 'operation',
    });
  });

  it('is written for what has no name, and for an error without a code', async () => {
    const [line] = await linesOf({ definition: definitionOf('{ a }'), results: { errors: [{ message: 'No.' }] } });
    expect(line).toMatchObject({ operation: null, kind: 'query', errors: [null] });
  });

  async function linesOf(outcome: Pick<Outcome, 'definition' | 'results'>): Promise<object[]> {
    const lines: object[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as object) });
    const whole: Outcome = { ...outcome, refused: null };
    expect(await logRequests(log)(async () => whole)({ ...RECEIVED, read: () => request('{ a }') })).toBe(whole);
    return lines;
  }
});

describe('a request', () => {
  it('becomes the operation that it names, with the signal of its door', async () => {
    const { receive, operations } = reading();
    const { signal } = new AbortController();
    const own = { ...door, signal: () => signal };
    const asked = { ...request('query A { a } query B { a }'), operationName: 'B', variables: { x: 1 }, door: own };
    const outcome = await receive(asked);
    expect(outcome).toMatchObject({ definition: { name: { value: 'B' } }, results: { data: {} }, refused: null });
    expect(operations).toMatchObject([{ door: own, variables: { x: 1 }, startedAt: 1_000 }]);
    expect(operations[0]?.definition).toBe(outcome.definition);
    expect(operations[0]?.context.signal).toBe(signal);
  });

  it.each([
    ['an unknown name', { operationName: 'C' }, 'Unknown operation named "C".'],
    ['no name', {}, 'Must provide operation name if query contains multiple operations.'],
  ])('with several operations and %s is refused', async (_, given, message) => {
    const { receive, operations } = reading();
    expect(await receive({ ...request('query A { a } query B { a }'), ...given })).toEqual({
      definition: null,
      results: { errors: [{ message, extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }] },
      refused: 400,
    });
    expect(operations).toEqual([]);
  });

  it('without a query is refused', async () => {
    const { receive } = reading();
    expect(await receive(request(''))).toMatchObject({
      results: { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
      refused: 400,
    });
  });

  function reading() {
    const operations: Operation[] = [];
    const documents = createDocuments({ schema, introspection: true });
    const receive = readOperation({ documents, services: {} as Services, formatError }, async (operation) => {
      operations.push(operation);
      return { data: {} };
    });
    return { receive, operations };
  }
});

describe('a subscription', () => {
  it('that is ended by its reader ends its source, also while an event is awaited', async () => {
    const { events, source } = await subscribing();
    source.push(1);
    expect(await events.next()).toEqual({ done: false, value: { data: { b: 1 } } });
    const waiting = events.next();
    expect(await events.return?.()).toEqual({ done: true, value: undefined });
    expect(source.returned()).toBe(1);
    source.end();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('ends its source when an event cannot be mapped', async () => {
    const { events, source } = await subscribing(() => Promise.reject(new Error('No.')));
    source.push(1);
    await expect(events.next()).rejects.toThrow('No.');
    expect(source.returned()).toBe(1);
  });

  it('ends its source when its reader throws', async () => {
    const { events, source } = await subscribing();
    await expect(events.throw?.(new Error('No.'))).rejects.toThrow('No.');
    expect(source.returned()).toBe(1);
    expect(events[Symbol.asyncIterator]()).toBe(events);
  });

  it('that cannot start has one result, with the errors', async () => {
    const run = subscribe({ schema, formatError, hideSuggestions: false })(async () => ({ data: null }));
    // Without a resolver that subscribes, there is nothing to iterate.
    const results = await run(operation('subscription { b }'));
    expect(isStream(results)).toBe(false);
    expect(results).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
  });

  it('is nothing else than a subscription', async () => {
    const run = subscribe({ schema, formatError, hideSuggestions: false })(async ({ event }) => ({ data: { event } }));
    expect(await run(operation('{ a }'))).toEqual({ data: { event: undefined } });
  });

  async function subscribing(map = async (event: object): Promise<Results> => ({ data: { ...event } })) {
    const own = buildSchema('type Query { a: Int } type Subscription { b(fails: Boolean): Int }');
    const source = createSource();
    const field = own.getSubscriptionType()?.getFields()['b'];
    if (!field) throw new Error('There is no field b.');
    field.subscribe = () => source.values;
    const layer = subscribe({ schema: own, formatError, hideSuggestions: false });
    const run = layer(({ event }) => map(event ?? {}));
    const events = await run(operation('subscription { b }'));
    if (!isStream(events)) throw new GraphQLError(JSON.stringify(events));
    return { events, source };
  }
});

/** Events that a test pushes; `returned` counts how often it was ended from outside. */
function createSource() {
  let returned = 0;
  let wake = Promise.withResolvers<IteratorResult<object>>();
  const values: AsyncIterableIterator<object> = {
    [Symbol.asyncIterator]: () => values,
    async next() {
      const result = await wake.promise;
      wake = Promise.withResolvers();
      return result;
    },
    async return() {
      returned += 1;
      return { done: true, value: undefined };
    },
  };
  return {
    values,
    push: (b: number) => wake.resolve({ done: false, value: { b } }),
    end: () => wake.resolve({ done: true, value: undefined }),
    returned: () => returned,
  };
}

function definitionOf(query: string): OperationDefinitionNode {
  return parse(query).definitions[0] as OperationDefinitionNode;
}

function operation(query: string): Operation {
  const document = parse(query);
  return {
    door,
    client: ANYBODY,
    document,
    definition: document.definitions[0] as OperationDefinitionNode,
    variables: null,
    context: createOperationContext({} as Services, ANYBODY, door),
    startedAt: 0,
    reports: 0,
  };
}

const RECEIVED = { door, requestId: 'r', startedAt: 1_000, received: null };

function request(query: string): AuthenticatedRequest {
  return { ...RECEIVED, client: ANYBODY, query, operationName: null, variables: null };
}
