import { describe, expect, it } from 'vitest';
import { Problems, unreadable } from '../../src/datasources/jobalyzer/unreadable.js';

describe('what cannot be read', () => {
  it('is told by its path, what it should be and what it is, and never by its text', () => {
    const problems = new Problems();
    for (const [name, value] of Object.entries({
      a: 'secret',
      b: 7,
      c: null,
      d: ['secret'],
      e: {},
      f: true,
      g: Infinity,
    }))
      problems.add(name, 'a list', value);
    const found = problems.list.map((problem) => `${problem.path}: ${problem.found}`);
    expect(found).toEqual([
      'a: a value of type string',
      'b: the number 7',
      'c: null',
      'd: a list',
      'e: a value of type object',
      'f: a value of type boolean',
      'g: no finite number',
    ]);
    expect(problems.warnings()[0]).toEqual({
      answerId: null,
      answerValue: null,
      message: 'a could not be read: it should be a list, but is a value of type string.',
      code: 'UNREADABLE',
    });
  });

  it('is fifty warnings at most, of which the last is for the rest', () => {
    const problems = new Problems();
    const add = (): void => problems.add(`f${problems.count}`, 'a list', 1);
    while (problems.count < 50) add();
    expect(problems.warnings()).toHaveLength(50);
    expect(problems.warnings().at(-1)?.message).toMatch(/^f49 /);
    add();
    expect([problems.count, problems.list.length, problems.warnings().length]).toEqual([51, 50, 50]);
    expect(problems.warnings().slice(-2)).toMatchObject([
      { message: expect.stringMatching(/^f48 /) as string },
      { message: '2 more fields could not be read.' },
    ]);
  });

  it('has a path of 200 characters at most', () => {
    const pathOf = (path: string) => unreadable(path, 'a list', 1).details;
    expect(pathOf('x'.repeat(200))).toMatchObject({ path: 'x'.repeat(200), expected: 'a list', found: 'the number 1' });
    expect(pathOf('x'.repeat(201))).toMatchObject({ path: `${'x'.repeat(200)}…` });
    expect(unreadable('Results', 'a list', 1)).toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
      message: "Jobalyzer's response could not be read: Results should be a list.",
    });
  });
});
