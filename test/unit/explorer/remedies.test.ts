import { expect, it } from 'vitest';
import { fieldProblems, isAtField, remedyOf } from '../../../explorer/purchase/remedies.js';

const UNCONFIRMED = {
  code: 'UNCONFIRMED_ANSWER',
  message: 'Jobalyzer does not recognize …',
  issues: [
    { answerId: 'JobTitle', answerValue: 'Wizard', message: 'Not confirmed.' },
    { answerId: 'City', answerValue: 'Gotham', message: 'Not confirmed.' },
  ],
  suggestions: [{ answerId: 'JobTitle', answer: 'Magician' }],
};

it('an answer that is not known is said at its field, with what is known instead', () => {
  const { jobTitle, place } = fieldProblems([UNCONFIRMED]);
  expect(jobTitle?.message).toContain('“Wizard” is not known.');
  expect(jobTitle?.suggestions).toEqual(['Magician']);
  expect(place?.message).toBe('“Gotham” is not known. Not confirmed.');
  expect(place?.suggestions).toEqual([]);
});

it('what is wrong with something that is compared is said where it was entered', () => {
  const { otherTitles, place } = fieldProblems([{ ...UNCONFIRMED, compared: 'otherTitles' }]);
  expect(otherTitles).toMatchObject({ suggestions: ['Magician'], value: 'Wizard' });
  expect(place?.message).toContain('Gotham');
  const { otherPlaces, ...others } = fieldProblems([{ ...UNCONFIRMED, compared: 'otherPlaces' }]);
  expect(otherPlaces?.message).toContain('Gotham');
  expect(Object.keys(others)).toEqual(['jobTitle']);
});

it('an argument out of bounds is said at its field', () => {
  const problem = { code: 'BAD_USER_INPUT', message: '', argument: 'answers.skills[2]', reason: 'must not be empty.' };
  expect(fieldProblems([problem])).toEqual({ skills: { message: 'Must not be empty.', suggestions: [] } });
  expect(isAtField(problem)).toBe(true);
  expect(isAtField({ ...problem, argument: 'answers' })).toBe(false);
});

it('what can be done depends on the code', () => {
  const remedies = ['SUBMISSION_UNCERTAIN', 'UNCONFIRMED_ANSWER', 'REPORT_FAILED', 'BUDGET_EXCEEDED', 'FORBIDDEN'];
  expect(remedies.map((code) => remedyOf({ code, message: '' }))).toEqual([
    'buy-again',
    'change',
    'ask-again',
    'wait',
    'none',
  ]);
});
