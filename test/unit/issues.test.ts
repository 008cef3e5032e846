import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fields } from '../../src/datasources/jobalyzer/fields.js';
import { decodeIssues, errorsIn, remarks } from '../../src/datasources/jobalyzer/issues.js';

const NOTHING = { answerId: null, answerValue: null, message: null, code: null };
const saying = (message: string) => ({ ...NOTHING, message });
const errorsOf = (Errors: unknown) => decodeIssues(Fields.of({ Errors }), 'Errors');

describe('the errors of a response', () => {
  it.each([
    ['a text', 'No.', [saying('No.')]],
    ['a list of texts', ['No.', 'Never.'], [saying('No.'), saying('Never.')]],
    ['one object', { AnswerId: 'City', Message: 'No.' }, [{ ...saying('No.'), answerId: 'City' }]],
    [
      'texts and objects',
      ['No.', null, { message: 'Never.', code: 7 }],
      [saying('No.'), { ...saying('Never.'), code: '7' }],
    ],
    [
      'a map from answers',
      { City: ['No.', 'Never.'], 'answers.jobTitle': 'Who?', '$.Answers.Skills[3]': [{ Message: 'What?' }] },
      [
        { ...saying('No.'), answerId: 'City' },
        { ...saying('Never.'), answerId: 'City' },
        { ...saying('Who?'), answerId: 'JobTitle' },
        { ...saying('What?'), answerId: 'Skills' },
      ],
    ],
    [
      'a map from other fields',
      { customerId: ['Required.'], '': 'No.' },
      [saying('customerId: Required.'), saying('No.')],
    ],
  ])('may be %s', (_, Errors, expected) => {
    expect(errorsOf(Errors)).toEqual(expected);
  });

  it.each([null, undefined, '', '  ', [], {}, false, 0, 5, true, ['', ' ', null, 3, [['No.']]]])(
    'are none if they are %j',
    (Errors) => expect(errorsOf(Errors)).toEqual([]),
  );

  it('are at most fifty, with texts of at most 500 characters, without half a character or control characters', () => {
    const Message = `${'x'.repeat(498)}😀\u0000\r\n more`;
    const issues = errorsOf(Array.from({ length: 30_000 }, () => ({ AnswerId: 'a\u0007\u001bb', Message })));
    expect(issues).toHaveLength(50);
    expect(issues[0]).toEqual({ ...saying(`${'x'.repeat(498)}…`), answerId: 'a b' });
    expect(errorsOf(Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}`, ['No.', 'No.']])))).toHaveLength(
      50,
    );
  });

  it('of 500 characters are kept whole, and of one more are shortened to that', () => {
    expect(errorsOf('x'.repeat(500))).toEqual([saying('x'.repeat(500))]);
    expect(errorsOf('x'.repeat(501))).toEqual([saying(`${'x'.repeat(499)}…`)]);
  });

  it('may be a map from an answer to one object', () => {
    expect(errorsOf({ City: { Message: 'No.' }, Skills: { reason: 'odd' } })).toEqual([
      { ...saying('No.'), answerId: 'City' },
      { ...NOTHING, answerId: 'Skills' },
    ]);
  });

  it('are at most fifty together with the warnings', () => {
    const many = Array.from({ length: 40 }, () => 'No.');
    expect(remarks(Fields.of({ Warnings: many, Errors: many }))).toHaveLength(50);
  });

  it('are read from anything without throwing, as texts or nulls', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (Errors) => {
        for (const issue of [...errorsOf(Errors), ...errorsIn(JSON.stringify(Errors))]) {
          expect(Object.keys(issue)).toEqual(['answerId', 'answerValue', 'message', 'code']);
          for (const part of Object.values(issue)) expect(part === null || part.length <= 500).toBe(true);
        }
      }),
    );
  });
});

describe('the body of an error response', () => {
  it.each([
    ['Errors', { Errors: [{ Message: 'No.' }] }, ['No.']],
    [
      'ProblemDetails',
      {
        type: 'about:blank',
        title: 'Invalid.',
        status: 400,
        detail: 'A city.',
        errors: { 'answers.City': ['Where?'] },
        traceId: 'x',
      },
      ['Where?', 'Invalid.', 'A city.'],
    ],
    ['a message', { message: 'No.' }, ['No.']],
    ['an ErrorMessage', { ErrorMessage: 'No.', Context: null }, ['No.']],
    ['a text', 'No.', ['No.']],
    ['a list', ['No.', { description: 'Never.' }], ['No.', null]],
  ])('says why, as %s', (_, body, messages) => {
    expect(errorsIn(JSON.stringify(body)).map(({ message }) => message)).toEqual(messages);
  });

  it.each(['', '<html>', 'null', '3', '{}', '{"title":{}}', '{"Errors":'])('says nothing as %j', (text) => {
    expect(errorsIn(text)).toEqual([]);
  });
});
