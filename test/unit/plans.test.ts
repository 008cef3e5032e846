import { buildSchema, getOperationAST } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createDocuments } from '../../src/graphql/documents.js';
import type { Plan } from '../../src/graphql/stored/plan.js';
import { createPlans } from '../../src/graphql/stored/plans.js';

const schema = buildSchema('type Query { a: Int }');

function plans(make: (name: string) => Pick<Plan, 'fields'> | null = () => ({ fields: 1 })) {
  const documents = createDocuments({ schema, introspection: true });
  const compiled: string[] = [];
  const { find } = createPlans({
    documents,
    compile(_document, definition) {
      compiled.push(definition.name?.value ?? '');
      const made = make(definition.name?.value ?? '');
      return made && { number: 1, definition, run: () => ({ json: '', reports: 0 }), ...made };
    },
  });
  return {
    documents,
    compiled,
    find: (query: string, operationName: string | null = null) => find({ query, operationName }),
  };
}

describe('the plan of an operation', () => {
  it('is made once, of a document that is known to be valid', () => {
    const { documents, compiled, find } = plans();
    expect(find('{ a }')).toBeNull();
    expect(() => documents.read('{ b }')).toThrow('Cannot query field');
    expect(find('{ b }')).toBeNull();
    const document = documents.read('{ a }');
    const plan = find('{ a }');
    expect(plan?.definition).toBe(getOperationAST(document));
    expect(find('{ a }')).toBe(plan);
    expect(compiled).toEqual(['']);
  });

  it('is that of the operation that is named', () => {
    const { documents, compiled, find } = plans();
    const text = 'query A { a } query B { a }';
    documents.read(text);
    expect([find(text), find(text, 'C')]).toEqual([null, null]);
    expect(find(text, 'B')?.definition.name?.value).toBe('B');
    expect(find(text, 'A')?.definition.name?.value).toBe('A');
    find(text, 'B');
    expect(compiled).toEqual(['B', 'A']);
  });

  it('that it has none is found out once', () => {
    const { documents, compiled, find } = plans(() => null);
    documents.read('query A { a }');
    expect([find('query A { a }'), find('query A { a }')]).toEqual([null, null]);
    expect(compiled).toEqual(['A']);
  });

  it('is forgotten for others, the largest of which count most', () => {
    const { documents, compiled, find } = plans((name) => ({ fields: name === 'Large' ? 49_950 : 1 }));
    const texts = ['query A { a }', 'query Large { a }', 'query B { a }', 'query A { a }'];
    for (const text of texts) {
      documents.read(text);
      find(text);
    }
    expect(compiled).toEqual(['A', 'Large', 'B', 'A']);
  });
});
