import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressOf, questionOf } from '../../../explorer/question/address.js';
import {
  answersOf,
  DEGREES,
  EMPTY,
  missingField,
  parsePlace,
  placeLine,
  salaryOf,
  yearsOf,
  type Question,
} from '../../../explorer/question/question.js';

const word = fc.stringMatching(/^[a-zé#+&=%]{1,9}( [a-zé#+&=%]{1,9})?$/);
const words = fc.uniqueArray(word, { maxLength: 4 });
const question: fc.Arbitrary<Question> = fc.record({
  jobTitle: word,
  place: fc.oneof(
    fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(', ')),
    fc.tuple(word, word).map(([city, country]) => placeLine({ city, state: '', country })),
  ),
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
  const many = (name: string) => `?${Array.from({ length: 500 }, (_, at) => `${name}=${at}`).join('&')}`;
  expect(questionOf({ search: many('skill'), hash: '' }).skills).toHaveLength(100);
  expect(questionOf({ search: many('or-place'), hash: '' }).otherPlaces).toHaveLength(6);
  const blank = '?skill=&skill=%20&or-place=&or-title=Cook&or-title=Cook';
  expect(questionOf({ search: blank, hash: '' })).toEqual({ ...EMPTY, otherTitles: ['Cook'] });
});

it.each([
  ['Seattle, Washington, United States', { city: 'Seattle', state: 'Washington', country: 'United States' }],
  ['Washington, United States', { city: '', state: 'Washington', country: 'United States' }],
  ['London, , United Kingdom', { city: 'London', state: '', country: 'United Kingdom' }],
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
  ['85.000', 85_000],
  ['1.234,56 EUR', 1_234.56],
  ['CHF 85’000', 85_000],
  ['1,5k', 1_500],
  ['٨٥٬٠٠٠', 85_000],
  ['８５０００', 85_000],
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
});

it.each([
  ['', null, null],
  [' 4', 4, null],
  ['5 years', 5, null],
  ['0', 0, null],
  ['0.5', null, 'years'],
  ['1e1', null, 'years'],
  ['abc', null, 'years'],
  ['-3', null, 'years'],
])('the years %j are %j, and are asked about only if they are a number', (text, years, missing) => {
  const asked = { ...EMPTY, jobTitle: 'Cook', place: 'France', years: text };
  expect(yearsOf(asked)).toBe(years);
  expect(missingField(asked)).toBe(missing);
  expect(answersOf(asked).yearsExperience).toBe(years ?? undefined);
});
