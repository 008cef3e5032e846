import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { rootDirectiveErrors } from '../../src/graphql/subscription-root.js';

const messagesOf = (query: string): string[] => rootDirectiveErrors(parse(query)).map(({ message }) => message);

describe('the root of a subscription', () => {
  it.each([
    ['a field', 'subscription { a @skip(if: true) }', 'skip'],
    ['a field, by a variable', 'subscription ($on: Boolean!) { a @include(if: $on) }', 'include'],
    ['an inline fragment', 'subscription { ... @include(if: true) { a } }', 'include'],
    ['a field in an inline fragment', 'subscription { ... on S { a @skip(if: false) } }', 'skip'],
    ['a spread', 'subscription { ...F @skip(if: true) } fragment F on S { a }', 'skip'],
    [
      'a field in a fragment',
      'subscription { ...F } fragment F on S { ...G } fragment G on S { a @skip(if: true) }',
      'skip',
    ],
    ['one of several operations', 'query Q { a } subscription S { a @skip(if: true) }', 'skip'],
  ])('may not carry @skip or @include on %s', (_, query, name) => {
    expect(messagesOf(query)).toEqual([`Subscriptions must not use "@${name}" at the root.`]);
  });

  it.each([
    'subscription { a { b @skip(if: true) ... @include(if: false) { c } } }',
    'query { a @skip(if: true) } subscription { a }',
    'subscription { ...F } fragment F on S { a { b @skip(if: true) } }',
    'subscription { ...F } fragment F on S { ...F }',
    'subscription { ...Unknown }',
    'mutation { a @include(if: true) }',
  ])('may carry them further down, and other operations anywhere: %s', (query) => {
    expect(messagesOf(query)).toEqual([]);
  });
});
