import fc from 'fast-check';
import { buildSchema, getVariableValues, Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { variableReader } from '../../src/graphql/stored/variables.js';

const SCHEMA = buildSchema(`
  enum Kind { A B }
  input Inner { text: String!, number: Float = 1.5, self: Inner }
  input Outer { inner: Inner, list: [Inner!], kind: Kind = B, id: ID }
  input One @oneOf { a: Int, b: Int }
  type Query { a: Int }
`);

const TYPES = [
  'Int',
  'Int!',
  'Float',
  'String',
  'Boolean!',
  'ID',
  'Kind',
  '[Int!]',
  '[[Kind]]',
  '[Outer!]',
  'Outer',
  'Inner!',
];
const DEFAULTS: Readonly<Record<string, string>> = {
  Int: '7',
  'Int!': '8',
  '[Int!]': '[1, 2]',
  Outer: '{ inner: { text: "a" } }',
};

/** Values like those that clients send for these types, right or wrong. */
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, 0, 1, 1.5, -1, 2 ** 40, '', 'A', 'B', '1', 'text', true, false, [], {}),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.record(
      { text: fc.constantFrom<unknown>('a', null, 5), number: tie('any'), self: tie('any') },
      { requiredKeys: [] },
    ),
    fc.record(
      {
        inner: tie('any'),
        list: tie('any'),
        kind: fc.constantFrom('A', 'C'),
        id: fc.constantFrom(1, 'x'),
        other: tie('any'),
      },
      { requiredKeys: [] },
    ),
  ),
})).any;

describe('the variables of a stored answer', () => {
  it('are those of graphql-js, for whatever is sent; what it refuses gives up', () => {
    const definitions = fc.array(fc.tuple(fc.constantFrom(...TYPES), fc.boolean(), value, fc.boolean()), {
      maxLength: 4,
    });
    const accepted = { some: 0 };
    fc.assert(
      fc.property(definitions, (variables) => {
        const declared = variables.map(([type, hasDefault], index) => {
          const standard = hasDefault && DEFAULTS[type] !== undefined ? ` = ${DEFAULTS[type]}` : '';
          return `$v${index}: ${type}${standard}`;
        });
        const nodes = definitionsOf(declared.length === 0 ? '{ a }' : `query (${declared.join(', ')}) { a }`);
        const given = Object.fromEntries(
          variables.flatMap(([, , sent, isSent], index) => (isSent ? [[`v${index}`, sent]] : [])),
        );
        const { coerced } = getVariableValues(SCHEMA, nodes, given);
        if (coerced) accepted.some += 1;
        // Lists in place of an object are the one thing that is left to graphql-js, whatever it says.
        const found = attempt(() => variableReader(SCHEMA, nodes)(given));
        if (found === undefined && coerced && JSON.stringify(given).includes('[]')) return;
        expect(found).toEqual(coerced);
      }),
      { numRuns: 2_000 },
    );
    expect(accepted.some).toBeGreaterThan(200);
  });

  it.each(['One', '[One!]!'])('of a type with exactly one field (%s) are left to graphql-js', (type) => {
    const nodes = definitionsOf(`query ($v: ${type}) { a }`);
    expect(() => variableReader(SCHEMA, nodes)).toThrow('not made of what is in memory');
  });
});

function definitionsOf(text: string) {
  const [definition] = parse(text).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('It is no operation.');
  return definition.variableDefinitions ?? [];
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
