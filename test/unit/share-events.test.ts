import { ANYBODY, clientNamed } from '../fixtures/clients.js';
import { parse, type OperationDefinitionNode } from 'graphql';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Operation, Run, Variables } from '../../src/graphql/operation.js';
import { shareEvents } from '../../src/graphql/layers/share-events.js';

const EVENT = { number: 1 };
const FIRST = definitionOf('subscription { a }');
const SECOND = definitionOf('subscription { b }');

describe('an event with several subscribers', () => {
  it('is executed once in a turn for the same document, variables and client', async () => {
    const { run, executed } = sharing();
    const results = await Promise.all([1, 2, 3].map(() => run(operation(EVENT, FIRST, { id: 'x' }))));
    expect(executed()).toBe(1);
    expect(new Set(results).size).toBe(1);
  });

  it.each<[string, Operation]>([
    ['other variables', operation(EVENT, FIRST, { id: 'y' })],
    ['no variables', operation(EVENT, FIRST, null)],
    ['another document', operation(EVENT, SECOND, { id: 'x' })],
    ['another client', { ...operation(EVENT, FIRST, { id: 'x' }), client: clientNamed('another') }],
    ['another event', operation({ number: 1 }, FIRST, { id: 'x' })],
  ])('is executed apart for %s', async (_, other) => {
    const { run, executed } = sharing();
    const [one, two] = await Promise.all([run(operation(EVENT, FIRST, { id: 'x' })), run(other)]);
    expect(executed()).toBe(2);
    expect(one).not.toEqual(two);
  });

  it('is executed again in a later turn, when more may have been collected', async () => {
    const { run, executed } = sharing();
    for (const count of [1, 2, 3]) {
      await run(operation(EVENT, FIRST, null));
      await run(operation(EVENT, FIRST, null));
      expect(executed()).toBe(count);
      await turn();
    }
  });

  it('does not make queries share anything', async () => {
    const { run, executed } = sharing();
    const query = operation(undefined, FIRST, { id: 'x' });
    await Promise.all([run(query), run(query)]);
    expect(executed()).toBe(2);
  });
});

function sharing() {
  let count = 0;
  const run: Run = shareEvents()(async () => ({ data: { execution: ++count } }));
  return { run, executed: () => count };
}

function operation(event: object | undefined, definition: OperationDefinitionNode, variables: Variables | null) {
  return { client: ANYBODY, definition, variables, ...(event && { event }) } as Operation;
}

function definitionOf(text: string): OperationDefinitionNode {
  return parse(text).definitions[0] as OperationDefinitionNode;
}
