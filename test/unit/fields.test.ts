import { describe, expect, it } from 'vitest';
import { isPlain, Fields } from '../../src/datasources/jobalyzer/fields.js';

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
    expect([body.objects('A'), body.numbers('A'), body.objectsByKey('A')]).toEqual([[], [], []]);
    expect(body.problems.count).toBe(0);
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
    ['.5', 0.5],
  ])('is read from %j', (value, expected) => {
    expect(Fields.of({ A: value }).number('A')).toBe(expected);
  });

  it.each(['', '  ', 'text', '1,000', '1 000', '3 %', 'NaN', 'Infinity', '1e999', '0x10', '0b1', true, {}, [], [3]])(
    'is not guessed from %j',
    (value) => {
      const body = Fields.of({ A: { B: value } });
      expect(body.object('A')?.number('B')).toBeNull();
      expect(body.problems.list).toMatchObject([{ path: 'A.B', expected: 'a number' }]);
    },
  );

  it.each([Number.NaN, Infinity, -Infinity, '9'.repeat(400), `1${' '.repeat(100)}`])(
    'is not read if it is not finite or absurdly long: %s',
    (value) => {
      const body = Fields.of({ A: value });
      expect([body.number('A'), body.problems.count]).toEqual([null, 1]);
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

  it.each([2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e300, 2 ** 31 - 0.5])(
    'is not read beyond 32 bits, the limit of a GraphQL Int: %d',
    (value) => {
      const body = Fields.of({ A: value });
      expect(body.integer('A')).toBeNull();
      expect(body.problems.list).toEqual([{ path: 'A', expected: 'a 32-bit integer', found: `the number ${value}` }]);
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

describe('a value that cannot be read', () => {
  it('is noted with its path through objects, lists and maps, and the others are read', () => {
    const body = Fields.of({ a: { LIST: [null, { x: {}, y: 2 }, 'text'] }, Map: { 'C#': 'text', Go: null, Java: {} } });
    const elements = body.object('A')?.objects('List') ?? [];
    expect(elements.map((element) => [element.text('X'), element.number('Y')])).toEqual([[null, 2]]);
    expect(body.objectsByKey('Map').map(([key]) => key)).toEqual(['Java']);
    expect(body.problems.list.map(({ path }) => path)).toEqual(['A.List[2]', 'A.List[1].X', 'Map["C#"]']);
  });

  it('is described by its type and never by its text', () => {
    const secret = 'a word that should not be repeated';
    const body = Fields.of({ A: secret, B: [secret], C: { [secret]: 1 } });
    expect([body.number('A'), body.object('A'), body.text('B'), body.text('C')]).toEqual([null, null, null, null]);
    expect(body.problems.count).toBe(4);
    expect(JSON.stringify([body.problems.list, body.problems.warnings()])).not.toContain(secret);
    expect(() => Fields.of(secret)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(secret) }));
  });

  it('is a warning, one of at most fifty that counts the rest', () => {
    const body = Fields.of({ List: Array.from({ length: 60 }, () => 'text') });
    body.objects('List');
    const warnings = body.problems.warnings();
    expect(warnings).toHaveLength(50);
    expect(warnings[0]).toEqual({
      answerId: null,
      answerValue: null,
      message: 'List[0] could not be read: it should be an object, but is a value of type string.',
      code: 'UNREADABLE',
    });
    expect(warnings.at(-1)?.message).toBe('11 more fields could not be read.');
  });

  it('has a short path, however long its key is', () => {
    const body = Fields.of({ Map: { ['😀'.repeat(5_000)]: 3 } });
    body.objectsByKey('Map');
    expect(body.problems.list[0]?.path.length).toBeLessThan(210);
  });

  it('is a text of ten thousand characters and more', () => {
    const body = Fields.of({ A: 'x'.repeat(10_000), B: 'x'.repeat(10_001) });
    expect([body.text('A')?.length, body.text('B'), body.problems.count]).toEqual([10_000, null, 1]);
  });

  it.each([null, [], 'text', 3, undefined])('is a body of %j, which leaves nothing to read', (body) => {
    expect(isPlain(body)).toBe(false);
    expect(() => Fields.of(body)).toThrow("Jobalyzer's response could not be read: The body should be an object.");
  });
});
