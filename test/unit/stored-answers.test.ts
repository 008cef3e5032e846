import { Kind, OperationTypeNode, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import type { Kept, Place } from '../../src/datasources/reports/cache.js';
import { createStoredAnswers } from '../../src/graphql/layers/stored-answers.js';
import type { Asked, IdentifiedRequest, Outcome, Variables } from '../../src/graphql/operation.js';
import { createSafelist } from '../../src/graphql/persisted/safelist.js';
import { createRepeatedAnswers } from '../../src/graphql/stored/repeated.js';
import { FixedWindow } from '../../src/lib/fixed-window.js';
import { clientNamed } from '../fixtures/clients.js';

const QUERY: OperationDefinitionNode = {
  kind: Kind.OPERATION_DEFINITION,
  operation: OperationTypeNode.QUERY,
  selectionSet: { kind: Kind.SELECTION_SET, selections: [] },
};
const EXECUTED: Outcome = { definition: QUERY, results: { data: { executed: true } }, refused: null };
const PLACES: readonly Place[] = ['PAY', 'YOE'].map((key) => ({ key, expiresAt: 1 }));

/** Both layers around an execution, with a plan that takes both reports from memory. */
function layers({ reports = 2, maxReports = 25, points = 100 } = {}) {
  const gone = new Set<Place>();
  const saved: number[] = [];
  let list = createSafelist([]);
  let isPlanned = true;
  const run = vi.fn<() => { json: string; reports: number }>(() => ({ json: '{"data":{"stored":true}}', reports }));
  const rate = new FixedWindow(points, 60_000);
  const { repeat, answer } = createStoredAnswers({
    plans: { find: () => (isPlanned ? { number: 1, definition: QUERY, fields: 1, run } : null) },
    memory: {
      context: {} as never,
      begin: () => undefined,
      taken: () => PLACES.map((place) => ({ place }) as Kept),
    },
    repeated: createRepeatedAnswers(),
    reports: {
      isInMemory: (place: Place) => !gone.has(place),
      usage: { countSaved: (count: number) => void saved.push(count) },
    } as never,
    safelist: () => list,
    maxReports,
    rate,
  });
  const receive = repeat(({ read, ...request }: IdentifiedRequest) =>
    answer(() => EXECUTED)({ ...request, ...read() }),
  );
  const client = clientNamed('shop');
  const door = {
    name: 'http',
    identify: () => client,
    safe: false,
    signal: () => new AbortController().signal,
  } as const;
  let variables: Variables | null = null;
  const read = vi.fn<() => Asked>(() => ({ query: '{ a }', operationName: null, variables }));
  return {
    gone,
    saved,
    run,
    rate,
    read,
    forget: () => (isPlanned = false),
    vary: (other: Variables) => (variables = other),
    changeList: () => (list = createSafelist([])),
    ask: (received: string | null = 'a', name = 'shop') =>
      receive({ door, requestId: 'r', startedAt: 0, received, client: clientNamed(name), read }) as Outcome,
  };
}

const isStored = ({ results }: Outcome): boolean => 'data' in results && results.data?.['stored'] === true;

describe('a stored answer', () => {
  it('is made of what is in memory, then repeated without being read from the third time on', () => {
    const { ask, run, read, saved } = layers();
    const outcomes = [1, 2, 3, 4].map(() => ask());
    expect(outcomes.map(isStored)).toEqual([true, true, true, true]);
    expect(outcomes[3]).toMatchObject({ definition: QUERY, refused: null });
    expect(outcomes.map(({ stored }) => stored)).toEqual(['made', 'made', 'repeated', 'repeated']);
    expect([run.mock.calls.length, read.mock.calls.length]).toEqual([2, 2]);
    expect(saved).toEqual([2, 2, 2, 2]);
  });

  it('is the same for every client', () => {
    const { ask } = layers();
    const { results } = ask();
    for (const name of ['shop', 'other', 'third']) expect(ask('a', name).results).toEqual(results);
  });

  it.each([0, 1])('is not repeated once report %s that it was made of is not in memory any more', (index) => {
    const { ask, gone, run, forget } = layers();
    ask();
    ask();
    const place = PLACES[index];
    if (place) gone.add(place);
    expect(isStored(ask())).toBe(true);
    expect(run).toHaveBeenCalledTimes(3);
    forget();
    expect(isStored(ask())).toBe(false);
  });

  it('is repeated for the same operation with the same variables in other words, from the third time on', () => {
    const { ask, run, saved, vary, gone } = layers();
    const outcomes = ['a', 'b', 'c', null].map((received) => ask(received));
    expect(outcomes.map(({ stored }) => stored)).toEqual(['made', 'made', 'repeated', 'repeated']);
    expect(outcomes.map(isStored)).toEqual([true, true, true, true]);
    expect(saved).toEqual([2, 2, 2, 2]);
    vary({ amount: 1 });
    expect([ask('d'), ask('e'), ask('f')].map(({ stored }) => stored)).toEqual(['made', 'made', 'repeated']);
    vary({ amount: 2 });
    expect(ask('g').stored).toBe('made');
    expect(run).toHaveBeenCalledTimes(5);
    vary({ amount: 1 });
    for (const place of PLACES) gone.add(place);
    expect(ask('h').stored).toBe('made');
  });

  it('is not found by a request in the words in which it is kept for others', () => {
    const { ask, forget } = layers();
    for (const received of ['a', 'b', 'c']) ask(received);
    forget();
    const kept = Buffer.from('\u22611 null');
    const requests = [kept.toString('latin1'), '1 null', 'a1 null'];
    expect(requests.map((received) => isStored(ask(received)))).toEqual([false, false, false]);
  });

  it('is not repeated once there is another safelist', () => {
    const { ask, changeList, forget } = layers();
    ask();
    ask();
    forget();
    expect(isStored(ask())).toBe(true);
    changeList();
    expect(isStored(ask())).toBe(false);
  });

  it('is not repeated for another text, or one that was not received', () => {
    const { ask, forget } = layers();
    ask();
    ask();
    ask(null);
    forget();
    expect([ask(), ask('b'), ask(null)].map(isStored)).toEqual([true, false, false]);
  });

  it('uses a point for each report, the first of which is used before', () => {
    const { ask, rate } = layers({ reports: 5, points: 10 });
    expect([ask(), ask()].map(isStored)).toEqual([true, true]);
    expect(rate.use('shop', 3)).not.toBeNull();
    expect(rate.use('shop', 2)).toBeNull();
  });

  it('is left to the execution, and not counted, if the client has not enough points left', () => {
    const { ask, saved } = layers({ reports: 5, points: 11 });
    expect([ask(), ask(), ask(), ask()].map(isStored)).toEqual([true, true, false, false]);
    expect(saved).toEqual([2, 2]);
    expect(isStored(ask('a', 'other'))).toBe(true);
  });

  it('uses no point for no report', () => {
    const { ask } = layers({ reports: 0, points: 1 });
    expect([ask(), ask(), ask()].map(isStored)).toEqual([true, true, true]);
  });

  it('is left to the execution if it has more reports than an operation may ask for', () => {
    const { ask, saved } = layers({ reports: 3, maxReports: 2 });
    expect(isStored(ask())).toBe(false);
    expect(saved).toEqual([]);
  });

  it('is left to the execution if it cannot be made', () => {
    const { ask, run, saved } = layers();
    run.mockImplementation(() => {
      throw new Error('Something is missing.');
    });
    expect(ask()).toBe(EXECUTED);
    expect(saved).toEqual([]);
  });
});
