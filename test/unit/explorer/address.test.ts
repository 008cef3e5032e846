import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressOf, questionOf } from '../../../explorer/question/address.js';
import {
  answersOf,
  DEGREES,
  EMPTY,
  parsePlace,
  salaryOf,
  yearsOf,
  type Question,
} from '../../../explorer/question/question.js';

const word = fc.stringMatching(/^[a-zé#+&=%]{1,9}( [a-zé#+&=%]{1,9})?$/);
const words = fc.array(word, { maxLength: 4 });
const question: fc.Arbitrary<Question> = fc.record({
  jobTitle: word,
  place: fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(', ')),
  years: fc.constantFrom('', '0', '12'),
  degree: fc.constantFrom('' as const, ...DEGREES.map(([value]) => value)),
  skills: words,
  certifications: words,
  industry: fc.oneof(fc.constant(''), word),
  salary: fc.constantFrom('', '132000', '$ 98,500'),
  otherPlaces: words,
  otherTitles: words,
});

it('a question is in its address, and can be read from it', () => {
  fc.assert(
    fc.property(question, (asked) => {
      expect(questionOf(addressOf(asked))).toEqual(asked);
    }),
  );
});

it('the salary is in the fragment alone', () => {
  fc.assert(
    fc.property(question, (asked) => {
      const { search, hash } = addressOf({ ...asked, salary: '7654321' });
      expect(search).not.toContain('7654321');
      expect(hash).toBe('#salary=7654321');
    }),
  );
});

it('an address of somebody else’s making is a question that may lack something', () => {
  expect(questionOf({ search: '?degree=NONE&country=France&skill=a&skill=b', hash: '#x' })).toEqual({
    ...EMPTY,
    place: 'France',
    skills: ['a', 'b'],
  });
  const many = `?${Array.from({ length: 500 }, (_, at) => `skill=${at}`).join('&')}`;
  expect(questionOf({ search: many, hash: '' }).skills).toHaveLength(20);
});

it.each([
  ['Seattle, Washington, United States', { city: 'Seattle', state: 'Washington', country: 'United States' }],
  ['Washington, United States', { city: '', state: 'Washington', country: 'United States' }],
  [' France ', { city: '', state: '', country: 'France' }],
  ['Old Town, East, Bavaria, Germany', { city: 'Old Town, East', state: 'Bavaria', country: 'Germany' }],
  ['', { city: '', state: '', country: '' }],
])('the place %j is understood', (text, place) => {
  expect(parsePlace(text)).toEqual(place);
});

it.each([
  ['132000', 132_000],
  ['$132,000', 132_000],
  ['132 000 €', 132_000],
  ['132k', 132_000],
  ['19.50', 19.5],
  ['much', null],
  ['0', null],
  ['-5', null],
  ['', null],
])('the salary %j is %j', (salary, amount) => {
  expect(salaryOf({ ...EMPTY, salary })).toBe(amount);
});

it('only what is given is an answer', () => {
  const asked = { ...EMPTY, jobTitle: 'Cook', place: 'France' };
  expect(answersOf(asked)).toEqual({ jobTitle: 'Cook', country: 'France' });
  expect(answersOf({ ...asked, years: '4', degree: 'MBA', skills: ['Wine'], salary: '9' })).toEqual({
    jobTitle: 'Cook',
    country: 'France',
    yearsExperience: 4,
    highestDegreeEarned: 'MBA',
    skills: ['Wine'],
  });
  expect([yearsOf({ ...asked, years: ' 4' }), yearsOf({ ...asked, years: 'x' })]).toEqual([4, null]);
});
