import { buildSchema, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import pino from 'pino';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/errors.js';
import type { Services } from '../../src/graphql/context.js';
import { createDocuments, type Documents } from '../../src/graphql/documents.js';
import { createFormatError } from '../../src/graphql/format-error.js';
import { isStream, type Door, type ReceivedRequest, type Outcome } from '../../src/graphql/operation.js';
import { FixedWindow } from '../../src/lib/fixed-window.js';
import { around, createPipeline } from '../../src/graphql/pipeline.js';
import { refusal } from '../../src/graphql/refusal.js';
import { ANYBODY, clientNamed } from '../fixtures/clients.js';

let steps: string[];
let logged: Record<string, unknown>[];
beforeEach(() => {
  steps = [];
  logged = [];
});

/** A schema whose resolvers say that they ran. */
function schemaThatTells(): GraphQLSchema {
  const schema = buildSchema(
    'type Query { a: Int } type Mutation { a: Int } type Subscription { ticks(count: Int!): Int }',
  );
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    fieldOf(type, 'a').resolve = () => {
      steps.push('execute');
      return 1;
    };
  }
  const ticks = fieldOf(schema.getSubscriptionType(), 'ticks');
  const events = [{ tick: 0 }, { tick: 1 }, { tick: 2 }];
  ticks.subscribe = async function* (_root, { count }: { count: number }) {
    yield* events.slice(0, count);
  };
  ticks.resolve = ({ tick }: { tick: number }) => {
    steps.push(`tick ${tick}`);
    return tick;
  };
  return schema;
}

function fieldOf(type: GraphQLObjectType | null | undefined, name: string) {
  const field = type?.getFields()[name];
  if (!field) throw new Error(`There is no field ${name}.`);
  return field;
}

function pipeline(given: { readonly documents?: Partial<Documents> } = {}) {
  const schema = schemaThatTells();
  const documents = createDocuments({ schema, introspection: true });
  const log = pino(
    {},
    {
      write(line: string) {
        const entry = JSON.parse(line) as Record<string, unknown>;
        logged.push(entry);
        steps.push(`log: ${String(entry['msg'])}`);
      },
    },
  );
  const receive = createPipeline({
    schema,
    documents: {
      ...documents,
      read(...asked) {
        steps.push('documents');
        return documents.read(...asked);
      },
      ...given.documents,
    },
    safelist: null,
    repeated: null,
    services: {} as Services,
    hideSuggestions: false,
    formatError: createFormatError(log, { hideSuggestions: false }),
    maxReports: 25,
    rate: new FixedWindow(100, 60_000),
    pressure: { lagMs: () => 0 },
    log,
    observer: { answered: () => undefined, subscribed: () => () => undefined },
  });
  return (query: string, door: Partial<Door> = {}): Promise<Outcome> => Promise.resolve(receive(request(query, door)));
}

function request(query: string, door: Partial<Door> = {}): ReceivedRequest {
  const signal = () => new AbortController().signal;
  return {
    door: { name: 'http', identify: () => ANYBODY, safe: false, signal, ...door },
    requestId: 'r',
    startedAt: performance.now(),
    received: null,
    read: () => ({ query, operationName: null, variables: null }),
  };
}

async function everyResult({ results }: Outcome): Promise<unknown[]> {
  if (!isStream(results)) throw new Error('One result is not a stream.');
  const all: unknown[] = [];
  for await (const result of results) all.push(result);
  return all;
}

describe('the pipeline', () => {
  it('asks who it is, reads at the door, then the document, asks the door, executes and then logs', async () => {
    const client = clientNamed('shop');
    const outcome = await pipeline()('query Q { a }', {
      identify: () => client,
      async read(asked, next) {
        steps.push(`door reads for ${asked.client.name}`);
        const read = await next(asked);
        steps.push('door has read');
        return read;
      },
      accept: ({ name }) => void steps.push(`door accepts ${name?.value}`),
    });
    expect(outcome).toMatchObject({ results: { data: { a: 1 } }, refused: null });
    expect(steps).toEqual([
      'door reads for shop',
      'documents',
      'door accepts Q',
      'execute',
      'door has read',
      'log: operation',
    ]);
    expect(logged).toMatchObject([{ operation: 'Q', kind: 'query', client: 'shop', errors: [] }]);
  });

  it('executes nothing that the door does not accept, and logs the refusal with its operation', async () => {
    const outcome = await pipeline()('mutation M { a }', {
      accept() {
        throw refusal('BAD_REQUEST', 'No mutations here.', 405);
      },
    });
    expect(outcome).toMatchObject({
      results: { errors: [{ message: 'No mutations here.', extensions: { code: 'BAD_REQUEST' } }] },
      refused: 405,
    });
    expect(steps).toEqual(['documents', 'log: operation']);
    expect(logged).toMatchObject([{ operation: 'M', kind: 'mutation', errors: ['BAD_REQUEST'] }]);
  });

  it('reads nothing from nobody, and logs the refusal without a client', async () => {
    const read = vi.fn<NonNullable<Door['read']>>();
    const outcome = await pipeline()('{ a }', {
      identify: async () => {
        throw refusal('UNAUTHENTICATED', 'Who are you?', 401);
      },
      read,
    });
    expect(outcome).toMatchObject({
      definition: null,
      results: { errors: [{ message: 'Who are you?', extensions: { code: 'UNAUTHENTICATED' } }] },
      refused: 401,
    });
    expect(read).not.toHaveBeenCalled();
    expect(steps).toEqual(['log: operation']);
    expect(logged).toMatchObject([{ operation: null, kind: null, client: null, errors: ['UNAUTHENTICATED'] }]);
  });

  it('logs a request that is refused before its document is read', async () => {
    const outcome = await pipeline()('{ a }', {
      read: async () => {
        throw new ApiError('STORE_UNAVAILABLE', 'Later.');
      },
    });
    expect(outcome).toEqual({
      definition: null,
      results: { errors: [{ message: 'Later.', extensions: { code: 'STORE_UNAVAILABLE' } }] },
      refused: 400,
    });
    expect(steps.at(-1)).toBe('log: operation');
    expect(logged.at(-1)).toMatchObject({ operation: null, kind: null, errors: ['STORE_UNAVAILABLE'] });
  });

  it('masks and logs an unexpected error of any layer', async () => {
    const read = vi.fn<Documents['read']>(() => {
      throw new TypeError('x is undefined');
    });
    const { results, refused } = await pipeline({ documents: { read } })('{ a }');
    expect(refused).toBe(500);
    expect(results).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
    expect(JSON.stringify(results)).not.toContain('undefined');
    expect(steps).toEqual(['log: unexpected error', 'log: operation']);
  });

  it('logs an operation that is no valid one without name and kind', async () => {
    const run = pipeline();
    for (const query of ['{', '{ b }', '']) expect(await run(query)).toMatchObject({ definition: null, refused: 400 });
    expect(logged.map(({ operation, kind, errors }) => [operation, kind, errors])).toEqual([
      [null, null, ['GRAPHQL_PARSE_FAILED']],
      [null, null, ['GRAPHQL_VALIDATION_FAILED']],
      [null, null, ['BAD_REQUEST']],
    ]);
  });

  it('executes a subscription once per event, and logs its start', async () => {
    const outcome = await pipeline()('subscription S { ticks(count: 3) }');
    expect(logged).toMatchObject([{ operation: 'S', kind: 'subscription', errors: [] }]);
    expect(await everyResult(outcome)).toEqual([0, 1, 2].map((ticks) => ({ data: { ticks } })));
    expect(steps).toEqual(['documents', 'log: operation', 'tick 0', 'tick 1', 'tick 2']);
  });

  it('executes an event once for all subscribers of one client with the same document and variables', async () => {
    const run = pipeline();
    const outcomes = await Promise.all(
      ['a', 'a', 'b'].map((alias) => run(`subscription { ${alias}: ticks(count: 1) }`)),
    );
    steps = [];
    const results = await Promise.all(outcomes.map(everyResult));
    expect(results).toEqual([[{ data: { a: 0 } }], [{ data: { a: 0 } }], [{ data: { b: 0 } }]]);
    expect(steps).toEqual(['tick 0', 'tick 0']);
  });
});

describe('layers', () => {
  it('are around one another in the order of the list', async () => {
    const layer = (name: string) => (next: (request: ReceivedRequest) => Promise<Outcome>) => {
      return async (asked: ReceivedRequest) => {
        steps.push(`${name} in`);
        const outcome = await next(asked);
        steps.push(`${name} out`);
        return outcome;
      };
    };
    const outcome: Outcome = { definition: null, results: {}, refused: null };
    const run = around([layer('first'), layer('second')], async () => outcome);
    expect(await run(request('{ a }'))).toBe(outcome);
    expect(steps).toEqual(['first in', 'second in', 'second out', 'first out']);
  });
});
