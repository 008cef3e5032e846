import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../src/graphql/persisted/manifest.js';

const OPERATIONS = [
  { id: 'a', name: 'A', type: 'query', body: 'query A { a }' },
  { id: 'b', name: 'B', type: 'mutation', body: 'mutation B { b }' },
];
const apollo = (fields: object) =>
  JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations: OPERATIONS, ...fields });

describe('a manifest', () => {
  it("of Apollo's generator has ids, names and bodies", () => {
    expect(parseManifest(apollo({}))).toEqual([
      { id: 'a', name: 'A', text: 'query A { a }' },
      { id: 'b', name: 'B', text: 'mutation B { b }' },
    ]);
  });

  it('is otherwise an object of texts by id, a byte order mark aside', () => {
    expect(parseManifest('\uFEFF{"0f3a":"{ a }"}')).toEqual([{ id: '0f3a', name: '0f3a', text: '{ a }' }]);
  });

  it('may list an operation twice', () => {
    expect(parseManifest(apollo({ operations: [OPERATIONS[0], OPERATIONS[0]] }))).toHaveLength(2);
  });

  it.each([
    ['{', 'is not JSON'],
    ['[]', 'is not a manifest'],
    ['null', 'is not a manifest'],
    ['"{ a }"', 'is not a manifest'],
    ['{}', 'has no operation'],
    ['{"a": 7}', 'is not a manifest'],
    ['{"a": {"text": "{ a }"}}', 'is not a manifest'],
    ['{"": "{ a }"}', 'is not a manifest'],
    ['{"a": ""}', 'is not a manifest'],
    [apollo({ format: 'another' }), 'has another format than "apollo-persisted-query-manifest"'],
    [apollo({ version: 2 }), 'has another version than 1'],
    [apollo({ operations: {} }), 'has no list of operations'],
    [apollo({ operations: [] }), 'has no operation'],
    [apollo({ operations: [OPERATIONS[0], { id: 'b' }] }), 'has no id or no body for operation 2'],
    [apollo({ operations: [null] }), 'has no id or no body for operation 1'],
    [apollo({ operations: [OPERATIONS[0], { ...OPERATIONS[1], id: 'a' }] }), 'has two operations with the id "a"'],
  ])('that is none says what is wrong: %s', (json, message) => {
    expect(() => parseManifest(json)).toThrow(message);
  });

  it('that is any JSON is read, or refused with a reason', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(outcomeOf(json)).toMatch(/^(read$|is |has )/);
      }),
    );
  });
});

function outcomeOf(json: string): string {
  try {
    const texts = parseManifest(json).flatMap(({ id, name, text }) => [id, name, text]);
    return texts.every((text) => typeof text === 'string') ? 'read' : 'not texts';
  } catch (error) {
    return (error as Error).message;
  }
}
