import { buildSchema, parse, type FieldNode, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { argumentsOf, fragmentsOf, variableValues } from '../../src/graphql/selections.js';

const schema = buildSchema('type Query { a(list: [Int!], first: Int = 3, of: In): Int } input In { name: String }');
const field = schema.getQueryType()!.getFields()['a']!;

function operationsIn(text: string) {
  return parse(text).definitions as OperationDefinitionNode[];
}

function first(text: string) {
  const [definition] = operationsIn(text);
  return { definition: definition!, node: definition!.selectionSet.selections[0] as FieldNode };
}

describe('the variables of an operation', () => {
  const [a, b] = operationsIn('query A($x: Int = 1) { a(first: $x) } query B($x: Int, $y: Int = 2) { a(first: $y) }');

  it('are read with its own definitions, whatever other operation was sent with them', () => {
    const variables = { x: 5 };
    expect(variableValues(schema, { definition: a!, variables })).toEqual({ x: 5 });
    expect(variableValues(schema, { definition: b!, variables })).toEqual({ x: 5, y: 2 });
    expect(variableValues(schema, { definition: a!, variables })).toEqual({ x: 5 });
  });

  it('are its defaults if none were sent', () => {
    expect(variableValues(schema, { definition: a!, variables: null })).toEqual({ x: 1 });
    expect(variableValues(schema, { definition: a!, variables: { x: 7 } })).toEqual({ x: 7 });
    expect(variableValues(schema, { definition: a!, variables: null })).toEqual({ x: 1 });
  });

  it('are read once for all who ask', () => {
    const variables = { x: 5 };
    const values = variableValues(schema, { definition: a!, variables });
    expect(variableValues(schema, { definition: a!, variables })).toBe(values);
  });

  it('are null if one cannot be read, each time', () => {
    const variables = { x: 'five' };
    expect(variableValues(schema, { definition: a!, variables })).toBeNull();
    expect(variableValues(schema, { definition: a!, variables })).toBeNull();
  });
});

describe('the arguments of a field', () => {
  it.each([
    ['in itself', 'query ($x: Int) { a(first: $x) }', { first: 1 }, { first: 2 }],
    ['in a list', 'query ($x: Int!) { a(list: [$x]) }', { list: [1], first: 3 }, { list: [2], first: 3 }],
  ])('are those of its variables, with a variable %s', (_where, text, one, two) => {
    const { node } = first(text);
    expect(argumentsOf(field, node, { x: 1 })).toEqual(one);
    expect(argumentsOf(field, node, { x: 2 })).toEqual(two);
  });

  it('are those of its variables, with a variable in an object', () => {
    const { node } = first('query ($x: String) { a(of: { name: $x }) }');
    expect(argumentsOf(field, node, { x: 'one' })).toEqual({ of: { name: 'one' }, first: 3 });
    expect(argumentsOf(field, node, { x: 'two' })).toEqual({ of: { name: 'two' }, first: 3 });
  });

  it('are read once if it uses no variable', () => {
    const { node } = first('{ a(list: [1, 2], of: { name: "x" }) }');
    const given = argumentsOf(field, node, {});
    expect(given).toEqual({ list: [1, 2], of: { name: 'x' }, first: 3 });
    expect(argumentsOf(field, node, { x: 1 })).toBe(given);
  });

  it('that are invalid are so each time', () => {
    const { node } = first('{ a(list: [null]) }');
    for (let turn = 0; turn < 2; turn++) expect(() => argumentsOf(field, node, {})).toThrow('has invalid value');
  });
});

it('the fragments of a document are found once', () => {
  const document = parse('{ ...A } fragment A on Query { a }');
  expect([...fragmentsOf(document).keys()]).toEqual(['A']);
  expect(fragmentsOf(document)).toBe(fragmentsOf(document));
});
