import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createDocuments } from '../../src/graphql/documents.js';
import { Refusal } from '../../src/graphql/refusal.js';
import { buildGraphQLSchema } from '../../src/resolvers/schema.js';

const documents = createDocuments({ schema: buildGraphQLSchema(), introspection: true });

/** What the document exceeds: the limit and the value, as a client is told; null if it may be executed. */
function exceeded(query: string): object | null {
  try {
    documents.admit(query);
    documents.read(query);
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return (error.errors[0]?.originalError as unknown as { details?: object } | undefined)?.details ?? { error };
  }
}

const many = (count: number, each: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => each(i)).join(' ');
const REPORT = 'report(answers: { jobTitle: "x", country: "y" })';
const usage = (selection: string) => `{ usage { ${selection} } }`;
/** So many fields in each other, of introspection. */
const ofTypes = (count: number) => `${'ofType { '.repeat(count)} name ${'}'.repeat(count)}`;

describe('a document may have', () => {
  it.each<[string, number, (count: number) => string]>([
    ['operations', 50, (count) => many(count, (index) => `query A${index} { __typename }`)],
    ['fields at the root', 50, (count) => `{ ${many(count, () => '__typename')} }`],
    [
      'fields at the root, in fragments',
      50,
      (count) => `{ ...A ... { ${many(count - 1, () => '__typename')} } } fragment A on Query { __typename }`,
    ],
    ['aliases', 100, (count) => usage(many(count, (index) => `a${index}: submitted`))],
    [
      'aliases in a fragment that is spread twice',
      100,
      (count) =>
        `{ usage { ...A ...A ${many(count % 2, () => 'b: saved')} } } fragment A on Usage { ${many(Math.floor(count / 2), (index) => `a${index}: submitted`)} }`,
    ],
    [
      'directives',
      50,
      (count) =>
        usage(
          many(
            count,
            (index) => (index % 2 ? 'saved' : '...') + ' @include(if: true)' + (index % 2 ? '' : ' { saved }'),
          ),
        ),
    ],
    [
      'directives of fragments',
      50,
      (count) => `{ usage { ${many(count, () => '...A @skip(if: false)')} } } fragment A on Usage { saved }`,
    ],
    [
      'aliases of introspection',
      10,
      (count) => `{ __schema { ${many(count, (index) => `a${index}: queryType { name }`)} } }`,
    ],
    ['levels of introspection', 20, (count) => `{ __type(name: "Query") { ${ofTypes(count - 2)} } }`],
  ])('%s: %d', (_what, limit, document) => {
    expect(exceeded(document(limit))).toBeNull();
    expect(exceeded(document(limit + 1))).toEqual({ limit, value: limit + 1 });
  });

  it('a depth of 15 fields, which this schema does not have', () => {
    const deep = (levels: number) => `{ ${'a { '.repeat(levels - 1)} a ${'}'.repeat(levels - 1)} }`;
    expect(exceeded(deep(15))).toHaveProperty('error');
    expect(exceeded(deep(16))).toEqual({ limit: 15, value: 16 });
    expect(exceeded(`{ ${'... { '.repeat(50)} __typename ${'}'.repeat(50)} }`), 'a fragment is no level').toBeNull();
  });

  it('100,000 values, of which the number is told', () => {
    const impacts = 'skillImpact(jobTitle: "x") { impacts { answer } }';
    expect(exceeded(`{ ${many(40, (index) => `a${index}: ${impacts}`)} }`)).toBeNull();
    const pays = many(50, (index) => `p${index}: pay { ...P }`);
    const query = `{ a: ${REPORT} { ...R } } fragment R on Report { ${pays} }
      fragment P on PayReport { rankedFactors { ${many(100, () => 'field')} } }`;
    expect(exceeded(query)).toEqual({ limit: 100_000, value: 50 * (1 + 25 * 101) + 1 });
  });

  it('no number that is told where fragments multiply beyond any', () => {
    const fragments = many(99, (index) => `fragment F${index} on Usage { ...F${index + 1} ...F${index + 1} }`);
    expect(exceeded(`{ usage { ...F0 } } ${fragments} fragment F99 on Usage { a: saved }`)).toEqual({ limit: 100 });
  });

  it('fragments in a cycle, which the validation refuses', () => {
    const cycle = 'fragment A on Usage { ...B } fragment B on Usage { ...A }';
    expect(exceeded(`{ usage { ...A } } ${cycle}`)).toHaveProperty(
      'error.errors.0.message',
      expect.stringContaining('within itself'),
    );
  });
});

describe('introspection', () => {
  it.each([
    getIntrospectionQuery(),
    getIntrospectionQuery({
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    }),
  ])('is below its limits with the query of graphql-js, besides other fields', (query) => {
    expect(exceeded(query)).toBeNull();
    expect(exceeded(query.replace('{', `{ ${REPORT} { id }`))).toBeNull();
  });

  it('is limited under any name, in fragments, and however often', () => {
    const types = (depth: number): string =>
      depth === 0 ? 'name' : `a: name b: name possibleTypes { ${types(depth - 1)} }`;
    const deep = `{ fields { args { type { ${types(2)} } } } }`;
    const refused = { limit: 2_000_000, value: expect.any(Number) };
    expect(exceeded(`{ a: __schema { types ${deep} } }`)).toEqual(refused);
    expect(
      exceeded(`{ ...A } fragment A on Query { x: __schema { types { ...T } } } fragment T on __Type ${deep}`),
    ).toEqual(refused);
    const one = '__schema { types { fields { args { name } } } }';
    expect(exceeded(`{ ${many(10, (index) => `a${index}: ${one}`)} }`)).toBeNull();
    expect(exceeded(`{ ${many(11, (index) => `a${index}: ${one}`)} }`)).toEqual({ limit: 10, value: 11 });
  });
});
