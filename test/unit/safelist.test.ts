import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSafelist } from '../../src/graphql/persisted/safelist.js';

const A = 'query A { a }';
const B = '{ b }';
const LONG = `{ long } # ${'.'.repeat(64 * 1024)}`;
const list = createSafelist(
  [
    { id: 'a', name: 'A', text: A },
    { id: `x-app:${hash('sha256', A)}`, name: 'A of an app', text: A },
    { id: 'long', name: 'Long', text: LONG },
  ],
  [B],
);
const NOT_LISTED = expect.objectContaining({ code: 'OPERATION_NOT_LISTED' });

describe('a safelist', () => {
  it.each([
    ['', 'a', A],
    ['', `x-app:${hash('sha256', A)}`, A],
    ['', hash('sha256', A), A],
    ['', `sha256:${hash('sha256', A)}`, A],
    ['', hash('sha256', B), B],
    [A, null, A],
    [' query A{a}#', 'a', A],
    [B, 'unknown', B],
    [LONG, null, LONG],
    ['', null, ''],
  ])('has the text of %j and %j', (text, id, listed) => {
    expect(list.textOf(text, id)).toBe(listed);
  });

  it.each([
    ['', 'b'],
    ['', ''],
    ['', 'sha256:a1'],
    ['', '__proto__'],
    ['query A { b }', null],
    ['query a { a }', 'a'],
    ['query A { a } query B { a }', 'a'],
    ['"', null],
    [` ${LONG}`, null],
    ['{long}', null],
  ])('has none of %j and %j', (text, id) => {
    expect(() => list.textOf(text, id)).toThrow(NOT_LISTED);
  });

  it('refuses a text with the identifier of another', () => {
    expect(() => list.textOf(B, 'a')).toThrow('The hash is not that of the query');
  });

  it('prefers the identifiers of the manifest to hashes', () => {
    const crossed = createSafelist([
      { id: hash('sha256', B), name: 'A', text: A },
      { id: 'b', name: 'B', text: B },
    ]);
    expect(crossed.textOf('', hash('sha256', B))).toBe(A);
  });
});
