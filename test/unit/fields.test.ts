import { describe, expect, it } from 'vitest';
import { asNumber, isPlain, Fields } from '../../src/datasources/jobalyzer/fields.js';

describe('a field', () => {
  it.each(['ReportRating', 'reportRating', 'reportrating', 'REPORTRATING'])(
    'is found where it is spelled %s',
    (name) => {
      expect(Fields.of({ [name]: 1 }).number('ReportRating')).toBe(1);
    },
  );

  it.each([
    [{ Links: 1, links: 2 }, 1],
    [{ links: 2, Links: 1 }, 2],
    [{ Links: null, links: 2 }, 2],
    [{ Links: 1, links: null }, 1],
    [{ links: null, Links: 1, LINKS: 3 }, 1],
    [{ links: null, Links: null }, null],
  ])('is the first non-null one of several spellings: %j', (body, expected) => {
    expect(Fields.of(body).number('Links')).toBe(expected);
  });

  it('is not read from the object prototype', () => {
    const body = Fields.of({});
    expect(body.text('constructor')).toBeNull();
    expect(body.object('__proto__')).toBeNull();
  });

  it.each([null, undefined])('that is %s is null, or an empty list or map', (value) => {
    const body = Fields.of({ A: value });
    expect([body.text('A'), body.number('A'), body.integer('A'), body.object('A')]).toEqual([null, null, null, null]);
    expect([body.objects('A'), body.entries('A')]).toEqual([[], []]);
  });
});

describe('a number', () => {
  it.each([
    [3, 3],
    [-2.5, -2.5],
    [0, 0],
    ['3', 3],
    [' 3.5 ', 3.5],
    ['1e3', 1_000],
    ['-7', -7],
  ])('is read from %j', (value, expected) => {
    expect(asNumber(value, 'A')).toBe(expected);
  });

  it.each(['', '  ', 'text', '1,000', '3 %', 'NaN', 'Infinity', '1e999', true, {}, [], [3], null])(
    'is not read from %j',
    (value) => {
      expect(() => asNumber(value, 'A.B')).toThrow(
        expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE', details: expect.objectContaining({ path: 'A.B' }) }),
      );
    },
  );
});

describe('an integer', () => {
  it.each([
    [2.4, 2],
    [2.5, 3],
    [-2.6, -3],
    ['7.9', 8],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [-(2 ** 31), -(2 ** 31)],
  ])('is read from %j and rounded', (value, expected) => {
    expect(Fields.of({ A: value }).integer('A')).toBe(expected);
  });

  it.each([2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e300, '2147483648', 2 ** 31 - 0.5])(
    'is rejected beyond 32 bits, the limit of a GraphQL Int: %d',
    (value) => {
      expect(() => Fields.of({ A: value }).integer('A')).toThrow(
        expect.objectContaining({
          code: 'UPSTREAM_BAD_RESPONSE',
          details: { path: 'A', expected: 'a 32-bit integer', found: `the number ${value}` },
        }),
      );
    },
  );
});

describe('a string', () => {
  it.each([
    ['text', 'text'],
    ['', ''],
    [17, '17'],
    [false, 'false'],
  ])('is read from %j', (value, expected) => {
    expect(Fields.of({ A: value }).text('A')).toBe(expected);
  });
});

describe('an unreadable value', () => {
  it('is reported with its path through objects, lists and maps', () => {
    const body = Fields.of({ a: { LIST: [null, { x: {} }] }, Map: { 'C#': 'text', Go: null } });
    const second = body.object('A')?.objects('List')[0];
    expect(() => second?.text('X')).toThrow('A.List[1].X should be a string');
    expect(body.entries('Map')).toEqual([
      ['C#', 'text', 'Map["C#"]'],
      ['Go', null, 'Map["Go"]'],
    ]);
  });

  it('is reported with its type and never its text', () => {
    const secret = 'a word that should not be repeated';
    for (const read of [
      () => Fields.of({ A: secret }).number('A'),
      () => Fields.of({ A: secret }).object('A'),
      () => Fields.of({ A: [secret] }).text('A'),
      () => Fields.of(secret),
    ]) {
      expect(read).toThrow(expect.not.objectContaining({ message: expect.stringContaining(secret) }));
      expect(read).toThrow(
        expect.objectContaining({ details: expect.objectContaining({ found: expect.any(String) }) }),
      );
    }
  });

  it.each([null, [], 'text', 3, undefined])('is a body of %j', (body) => {
    expect(isPlain(body)).toBe(false);
    expect(() => Fields.of(body)).toThrow("Jobalyzer's response could not be read: The body should be an object.");
  });
});
