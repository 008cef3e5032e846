import fc from 'fast-check';
import { buildSchema, getArgumentValues, Kind, parse, type FieldNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { argumentsReader } from '../../src/graphql/stored/arguments.js';

const SCHEMA = buildSchema(`
  enum Kind { A B }
  input Inner { text: String!, number: Float = 1.5 }
  type Query {
    field(number: Float, count: Int! = 3, name: String = "none", kind: Kind!, inner: Inner, list: [Int!] = [1]): Int
  }
`);

/** As a client may write them: absent, constant or a variable, in lists and objects too, right or wrong. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  number: ['1.5', 'null', '"x"', '$v', '$constructor'],
  count: ['2', 'null', '$v', '$w'],
  name: ['"a"', 'null', '$v', '$w'],
  kind: ['A', 'C', '$v', '$w'],
  inner: ['{ text: "a" }', '{ text: $v, number: $w }', '{ number: 1 }', '$v', 'null'],
  list: ['[1, 2]', '[$v, 1]', '[null]', '4', '$w'],
};

const selection = fc.record(
  Object.fromEntries(Object.entries(WRITTEN).map(([name, texts]) => [name, fc.constantFrom(...texts)])),
  { requiredKeys: [] },
);
const variables = fc.record(
  { v: fc.constantFrom(null, 1, 'A'), w: fc.constantFrom(null, 5, 'B') },
  { requiredKeys: [] },
);

describe('the arguments of a stored answer', () => {
  it('are those of graphql-js, whatever is written and sent; what it refuses gives up', () => {
    const outcomes = { read: 0, refused: 0 };
    fc.assert(
      fc.property(selection, variables, (written, values) => {
        const field = fieldWith(written);
        const expected = attempt(() => getArgumentValues(definition(), field, values));
        outcomes[expected ? 'read' : 'refused'] += 1;
        expect(attempt(() => argumentsReader(definition(), field)(values))).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(100);
  });

  it('are read anew for each request', () => {
    const read = argumentsReader(definition(), fieldWith({ kind: 'A', number: '$v' }));
    const standard = { count: 3, kind: 'A', list: [1], name: 'none' };
    expect([1, null].map((v) => read({ v }))).toEqual([1, null].map((number) => ({ ...standard, number })));
    expect(read({})).toEqual(standard);
  });
});

function definition() {
  const field = SCHEMA.getQueryType()?.getFields()['field'];
  if (!field) throw new Error('The schema has no such field.');
  return field;
}

function fieldWith(written: Readonly<Record<string, string | undefined>>): FieldNode {
  const given = Object.entries(written).map(([name, text]) => `${name}: ${text}`);
  const [operation] = parse(given.length === 0 ? '{ field }' : `{ field(${given.join(', ')}) }`).definitions;
  const node = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections[0] : undefined;
  if (node?.kind !== Kind.FIELD) throw new Error('It is no field.');
  return node;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
