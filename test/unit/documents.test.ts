import { buildSchema, Lexer, parse, type DocumentNode } from 'graphql';
import { hash } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createDocuments, type Documents } from '../../src/graphql/documents.js';
import { Refusal } from '../../src/graphql/refusal.js';
import { validationRules } from '../../src/graphql/validation-rules.js';

/** Counts validations, by a rule that finds no fault. */
const { validations } = vi.hoisted(() => ({ validations: { count: 0 } }));
vi.mock(import('../../src/graphql/validation-rules.js'), () => ({
  validationRules: vi.fn<typeof validationRules>(() => [
    () => {
      validations.count += 1;
      return {};
    },
  ]),
}));

const schema = buildSchema('type Query { a(list: [Int]): Int } type Subscription { b(c: Int): Int }');

let documents: Documents;
beforeEach(() => {
  validations.count = 0;
  documents = createDocuments({ schema, introspection: true });
});

function refusalOf(text: string, parsed?: DocumentNode): Refusal {
  try {
    documents.read(text, parsed);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error(`This document is valid: ${text}`);
}

const codesOf = ({ errors }: Refusal) => errors.map(({ extensions }) => extensions['code']);
/** A valid document with this many characters. */
const long = (length: number, mark = '') => `{ a } #${mark}`.padEnd(length, '.');

describe('a valid document', () => {
  it('is parsed and validated once, however often it is sent', () => {
    const first = documents.read('{ a }');
    for (let round = 0; round < 10; round++) expect(documents.read('{ a }')).toBe(first);
    expect(validations.count).toBe(1);
    expect(documents.read('{ a } ')).not.toBe(first);
    expect(validations.count).toBe(2);
  });

  it('is found by the hash of its text', () => {
    expect(documents.find(hash('sha256', '{ a }'))).toBeUndefined();
    const document = documents.read('{ a }');
    expect(documents.find(hash('sha256', '{ a }'))).toBe(document);
  });

  it('is not parsed again if the door has parsed it', () => {
    const parsed = parse('{ a }');
    expect(documents.read('{ a }', parsed)).toBe(parsed);
    expect(documents.read('{ a }', parse('{ a }'))).toBe(parsed);
    expect(validations.count).toBe(1);
  });

  it('is forgotten when many others came after it, but not while it is in use', () => {
    const used = documents.read('{ a }');
    const unused = documents.read(long(100));
    for (let index = 0; index < 100; index++) {
      documents.read(long(10_000, String(index)));
      documents.read('{ a }');
    }
    const before = validations.count;
    expect(documents.read('{ a }')).toBe(used);
    expect(validations.count).toBe(before);
    expect(documents.read(long(100))).not.toBe(unused);
    expect(validations.count).toBe(before + 1);
  });

  it.each([
    [16 * 1024, 1],
    [16 * 1024 + 1, 2],
  ])('of %d characters is validated %d time(s) if sent twice', (length, times) => {
    documents.read(long(length));
    documents.read(long(length));
    expect(validations.count).toBe(times);
  });
});

describe('the number of tokens', () => {
  const document = (tokens: number) => `{ a(list: [${'1 '.repeat(tokens - 9)}]) }`;

  it('is limited, also for the parser', () => {
    expect(() => documents.admit(document(4_000))).not.toThrow();
    expect(() => documents.read(document(4_000))).not.toThrow();
    expect(() => documents.admit(document(4_001))).toThrow(Refusal);
    expect(() => documents.read(document(4_001))).toThrow('4000 tokens');
  });

  it('is not counted again in a document that is kept', () => {
    const advance = vi.spyOn(Lexer.prototype, 'advance');
    const kept = document(4_000);
    documents.read(kept);
    advance.mockClear();
    documents.admit(kept);
    expect(advance).not.toHaveBeenCalled();
    documents.admit(`${kept} `);
    expect(advance).toHaveBeenCalled();
    advance.mockRestore();
  });
});

describe('a document that is not valid', () => {
  it('is never kept', () => {
    for (let round = 1; round <= 3; round++) {
      expect(codesOf(refusalOf('{ b }'))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
      expect(validations.count).toBe(round);
    }
    expect(documents.find(hash('sha256', '{ b }'))).toBeUndefined();
  });

  it('is refused even if the door has parsed it', () => {
    expect(codesOf(refusalOf('{ b }', parse('{ b }')))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  it('is refused with the code of the parser if it cannot be parsed', () => {
    expect(codesOf(refusalOf('{'))).toEqual(['GRAPHQL_PARSE_FAILED']);
    expect(validations.count).toBe(0);
  });

  it('is refused for @skip at the root of a subscription, where graphql-js would throw', () => {
    const { errors, httpStatus } = refusalOf('subscription ($on: Boolean!) { b @skip(if: $on) }');
    expect(errors.map(({ message }) => message)).toEqual(['Subscriptions must not use "@skip" at the root.']);
    expect(httpStatus).toBe(400);
    expect(validations.count).toBe(0);
  });

  it('gets an error that is masked later if it is nested too deeply to be read', () => {
    const { errors, httpStatus } = refusalOf(`${'{ a '.repeat(20_000)}${'}'.repeat(20_000)}`);
    expect(errors.map(({ originalError }) => originalError)).toEqual([expect.any(RangeError)]);
    expect(httpStatus).toBe(500);
  });
});

describe('"Did you mean"', () => {
  it.each([
    [true, 'Cannot query field "aa" on type "Query". Did you mean "a"?'],
    [false, 'Cannot query field "aa" on type "Query".'],
  ])('is suggested only with introspection: %s', (introspection, message) => {
    documents = createDocuments({ schema, introspection });
    expect(refusalOf('{ aa }').message).toBe(message);
    expect(validationRules).toHaveBeenLastCalledWith({ introspection });
  });
});
