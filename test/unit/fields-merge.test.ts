import fc from 'fast-check';
import {
  buildSchema,
  FieldsOnCorrectTypeRule,
  NoUnusedFragmentsRule,
  OverlappingFieldsCanBeMergedRule,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { fieldsMerge } from '../../src/graphql/fields-merge.js';

const schema = buildSchema(`
  interface Node { id: ID! next(n: Int, o: In): Node same: Int }
  input In { a: Int b: [Int] }
  type A implements Node { id: ID! next(n: Int, o: In): Node same: Int x: Int list: [A!]! b: B }
  type B implements Node { id: ID! next(n: Int, o: In): Node same: Int x: String list: [A] b: B }
  union Both = A | B
  type Query { node: Node a: A b: B both: Both }
`);

const FIELDS = ['id', 'same', 'x', '__typename'];
const OBJECTS = [
  'next',
  'next(n: 1)',
  'next(n: 2)',
  'next(o: { a: 1, b: [1] })',
  'next(o: { b: [1], a: 1 })',
  'list',
  'b',
];
const ALIAS = fc.constantFrom('', '', '', 'k: ', 'l: ');
const CONDITION = fc.constantFrom('Node', 'A', 'B', 'Both');
const FRAGMENTS = ['F', 'G', 'H'];

const { selections } = fc.letrec<{ selection: string; selections: string }>((tie) => ({
  selections: fc.array(tie('selection'), { minLength: 1, maxLength: 4 }).map((all) => `{ ${all.join(' ')} }`),
  selection: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(ALIAS, fc.constantFrom(...FIELDS)).map(([alias, name]) => alias + name),
    fc.constantFrom(...FRAGMENTS).map((name) => `...${name}`),
    fc
      .tuple(ALIAS, fc.constantFrom(...OBJECTS), tie('selections'))
      .map(([alias, name, set]) => `${alias}${name} ${set}`),
    fc.tuple(CONDITION, tie('selections')).map(([type, set]) => `... on ${type} ${set}`),
  ),
}));

/** Fragments spread only later ones, since a cycle is for another rule. */
const documents = fc
  .tuple(fc.constantFrom('node', 'a', 'b', 'both'), selections, ...FRAGMENTS.map(() => fc.tuple(CONDITION, selections)))
  .map(([root, set, ...fragments]) => {
    const written = fragments.map(([type, below], index) => {
      const later = FRAGMENTS.slice(index + 1).join('');
      const allowed = below.replaceAll(/\.\.\.([FGH])/g, (spread, name: string) =>
        later.includes(name) ? spread : 'id',
      );
      return `fragment ${FRAGMENTS[index]} on ${type} ${allowed}`;
    });
    return `{ ${root} ${set} } ${written.join(' ')}`;
  });

describe('the merging of fields', () => {
  it('has the verdict of graphql-js on every document', () => {
    let conflicts = 0;
    fc.assert(
      fc.property(documents, (text) => {
        const document = parse(text);
        const theirs = validate(schema, document, [
          OverlappingFieldsCanBeMergedRule,
          NoUnusedFragmentsRule,
          FieldsOnCorrectTypeRule,
        ]);
        const ours = validate(schema, document, [fieldsMerge, NoUnusedFragmentsRule, FieldsOnCorrectTypeRule]);
        if (theirs.some(({ message }) => message.includes('conflict'))) conflicts += 1;
        expect(ours.length > 0, text).toBe(theirs.length > 0);
      }),
      { numRuns: 2_000 },
    );
    expect(conflicts).toBeGreaterThan(100);
  });

  it.each([
    '{ both { ... on A { k: next { id } } ... on B { k: __typename } } }',
    '{ node { ...G } } fragment G on Node { ...H ... on B { k: __typename } } fragment H on A { k: same }',
  ])("lets __typename have the name of another object's field, as graphql-js does: %s", (text) => {
    expect(validate(schema, parse(text), [OverlappingFieldsCanBeMergedRule])).toEqual([]);
    expect(validate(schema, parse(text), [fieldsMerge])).toEqual([]);
  });

  it.each(['{ __schema { types { k: name k: kind } } }', '{ a { k: __typename k: id } }'])(
    'compares the fields of introspection too: %s',
    (text) => {
      expect(validate(schema, parse(text), [OverlappingFieldsCanBeMergedRule])).toHaveLength(1);
      expect(validate(schema, parse(text), [fieldsMerge])).toHaveLength(1);
    },
  );

  it.each([
    ['{ a { k: id k: same } }', 'Fields "k" conflict because "id" and "same" are different fields.'],
    ['{ a { next(n: 1) { id } next(n: 2) { id } } }', 'Fields "next" conflict because they have differing arguments.'],
    ['{ both { ... on A { x } ... on B { x } } }', 'they return conflicting types "Int" and "String"'],
  ])('says where two fields conflict: %s', (text, message) => {
    const [error, ...others] = validate(schema, parse(text), [fieldsMerge]);
    expect(others).toEqual([]);
    expect(error?.message).toContain(message);
    expect(error?.locations).toHaveLength(2);
  });
});
