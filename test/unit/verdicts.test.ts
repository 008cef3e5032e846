import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeVerdicts } from '../../src/datasources/answers/places.js';
import { verdictOf } from '../../src/datasources/answers/verdicts.js';
import { caseKey } from '../../src/model/letter-case.js';

const word = fc.constantFrom(
  'york',
  'York',
  'YORK',
  'New York',
  'new york',
  'C',
  'c',
  'C#',
  'c#',
  'C++',
  'C  #',
  'Σ',
  'ς',
);
const suggested = (answers: readonly string[]) =>
  answers.map((answer, index) => ({ answer, score: 100 - index, degree: null }));
const FIELDS = ['city', 'state', 'country'] as const;
const SUGGESTION = { answer: 'Nurse Practitioner', score: 70, degree: null };

describe('the verdict on an answer', () => {
  it.each([
    ['Accountant', ['Accounting Clerk', 'Accountant'], 'EXACT'],
    ['accountant', ['Accountant', 'Accountant, Senior'], 'CORRECTED'],
    ['Accountant', ['Accountants'], 'UNKNOWN'],
    ['Accountant', [], 'UNKNOWN'],
    ['C', ['C#', 'C++'], 'UNKNOWN'],
    ['York', ['New York'], 'UNKNOWN'],
  ])('on %j is, with %j: %s', (value, answers, verdict) => {
    expect(verdictOf(value, suggested(answers)).verdict).toBe(verdict);
  });

  it('is CORRECTED to the spelling of upstream, with single blanks', () => {
    const corrected = { verdict: 'CORRECTED', spelling: 'Data Scientist', suggestions: [] };
    expect(verdictOf('data scientist', suggested(['Data \u00a0 Scientist ']))).toEqual(corrected);
    expect(verdictOf('DATA SCIENTIST', suggested(['Data Scientist', 'Data Scientist']))).toEqual(corrected);
  });

  it('is UNCHECKED if upstream has two spellings that differ in letter case, and neither was given', () => {
    const both = suggested(['React', 'REACT']);
    expect(verdictOf('react', both)).toEqual({ verdict: 'UNCHECKED', spelling: null, suggestions: [] });
    expect(verdictOf('REACT', both).verdict).toBe('EXACT');
  });

  it('is UNCHECKED if it is not among ten suggestions, since there may be more', () => {
    const ten = suggested(Array.from({ length: 10 }, (_, index) => `Nurse ${index}`));
    expect(verdictOf('Nurse', ten)).toEqual({ verdict: 'UNCHECKED', spelling: null, suggestions: ten });
    expect(verdictOf('Nurse', ten.slice(1))).toEqual({ verdict: 'UNKNOWN', spelling: null, suggestions: ten.slice(1) });
    expect(verdictOf('nurse 9', ten).verdict).toBe('CORRECTED');
  });

  it('ignores suggestions that cannot be answers', () => {
    const odd = [...suggested(['\ufffd', 'a\nb', '', 'x'.repeat(201)]), SUGGESTION];
    expect(verdictOf('nurse practitioner', odd).spelling).toBe('Nurse Practitioner');
  });

  it('never makes one of answers that differ in more than letter case and blanks', () => {
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 12 }), (value, answers) => {
        const { verdict, spelling } = verdictOf(value, suggested(answers));
        const same = new Set(
          answers.map((each) => each.replace(/ +/g, ' ')).filter((each) => caseKey(each) === caseKey(value)),
        );
        expect(verdict === 'EXACT').toBe(same.has(value));
        expect(verdict === 'CORRECTED').toBe(!same.has(value) && same.size === 1);
        expect(spelling).toBe(verdict === 'CORRECTED' ? [...same][0] : null);
        expect(verdict === 'UNKNOWN').toBe(same.size === 0 && answers.length < 10);
      }),
    );
  });
});

describe('the verdicts on a place', () => {
  const US = 'United States';

  it.each([
    ['all of it is given', { city: 'Buffalo', state: 'New York', country: US }, ['EXACT', 'EXACT', 'EXACT']],
    [
      'its spelling differs',
      { city: 'BUFFALO', state: 'New York', country: 'united states' },
      ['CORRECTED', 'EXACT', 'CORRECTED'],
    ],
    [
      'the state is another one',
      { city: 'Buffalo', state: 'York', country: US },
      ['UNCHECKED', 'UNCHECKED', 'UNCHECKED'],
    ],
    [
      'the city is part of another one',
      { city: 'York', state: 'New York', country: US },
      ['UNKNOWN', 'UNCHECKED', 'UNCHECKED'],
    ],
  ])('go together: %s', (_, place, verdicts) => {
    const texts = ['New York, New York, United States', 'Buffalo, New York, United States'];
    const { city, state, country } = placeVerdicts(place, texts);
    expect([city, state, country].map(({ verdict }) => verdict)).toEqual(verdicts);
  });

  it('are those of the only place that has all parts', () => {
    const texts = ['Victoria, British Columbia, Canada', 'Victoria, Entre Ríos, Argentina'];
    expect(placeVerdicts({ city: 'VICTORIA', state: null, country: 'canada' }, texts)).toMatchObject({
      city: { verdict: 'CORRECTED', spelling: 'Victoria' },
      country: { verdict: 'CORRECTED', spelling: 'Canada' },
    });
  });

  it('correct nothing if several places have all parts that are given', () => {
    const texts = ['Portland, Oregon, United States', 'Portland, Maine, United States'];
    expect(placeVerdicts({ city: 'portland', state: null, country: US }, texts).city.verdict).toBe('UNCHECKED');
    expect(placeVerdicts({ city: 'Portland', state: null, country: US }, texts).city.verdict).toBe('EXACT');
  });

  it('suggest the parts of the places that were found, other than those that were given', () => {
    const texts = ['Seattle, Washington, United States', 'SeaTac, Washington, United States'];
    expect(placeVerdicts({ city: 'Seattle', state: 'Oregon', country: US }, texts)).toMatchObject({
      city: { verdict: 'UNCHECKED', suggestions: [{ answer: 'SeaTac' }] },
      state: { verdict: 'UNCHECKED', suggestions: [{ answer: 'Washington', score: null, degree: null }] },
      country: { verdict: 'UNCHECKED', suggestions: [] },
    });
  });

  it.each([
    ['of which it is not known what is what', ['Seattle, Washington']],
    ['with other names of state and country', ['Seattle, WA, USA']],
    ['with more parts', ['Seattle, King County, Washington, United States']],
    ['without parts', ['Seattle']],
    ['that begin otherwise', ['SeaTac, Washington, United States', 'Greater Seattle Area']],
  ])('are no evidence against a place if there are texts %s', (_, texts) => {
    const { city } = placeVerdicts({ city: 'Seattle', state: 'Washington', country: US }, texts);
    expect(city.verdict).toBe('UNCHECKED');
  });

  it('read two parts as city and country if no state is given', () => {
    const { city, country } = placeVerdicts({ city: 'london', state: null, country: 'United Kingdom' }, [
      'London, United Kingdom',
      'London, Ontario, Canada',
    ]);
    expect([city.spelling, country.verdict]).toEqual(['London', 'EXACT']);
  });

  it('are no evidence against a place that is not among ten', () => {
    const texts = Array.from({ length: 10 }, (_, index) => `Springfield Hills, State ${index}, United States`);
    expect(placeVerdicts({ city: 'Springfield', state: 'Ohio', country: US }, texts).city.verdict).toBe('UNCHECKED');
    expect(placeVerdicts({ city: 'Springfield', state: 'Ohio', country: US }, texts.slice(1)).city.verdict).toBe(
      'UNKNOWN',
    );
  });

  it('never make one of places that differ in more than letter case', () => {
    const part = fc.constantFrom('York', 'york', 'New York', 'NEW YORK', 'Maine', 'maine');
    const parts = fc.tuple(part, part, part);
    fc.assert(
      fc.property(
        parts,
        fc.boolean(),
        fc.array(parts, { maxLength: 12 }),
        ([city, state, country], hasState, places) => {
          const given = { city, state: hasState ? state : null, country };
          const verdicts = placeVerdicts(
            given,
            places.map((place) => place.join(', ')),
          );
          const keys = (all: readonly string[]): string =>
            caseKey(all.filter((_, index) => index !== 1 || hasState).join());
          const same = new Set(places.filter((place) => keys(place) === keys([city, state, country])).map(String));
          const spelled = FIELDS.map((field) => verdicts[field].spelling);
          const corrected = spelled.filter((spelling) => spelling !== null);
          expect(same.size !== 1 && corrected.length > 0).toBe(false);
          const changed = FIELDS.filter(
            (field) => caseKey(verdicts[field].spelling ?? given[field] ?? '') !== caseKey(given[field] ?? ''),
          );
          expect(changed).toEqual([]);
          const isOther = places.every(([other]) => caseKey(other) !== caseKey(city));
          expect(verdicts.city.verdict === 'UNKNOWN').toBe(isOther && places.length < 10);
        },
      ),
    );
  });
});
