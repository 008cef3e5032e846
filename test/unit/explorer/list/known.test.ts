import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chosenAnswers, corrected, learnt } from '../../../../explorer/list/known.js';
import type { CheckedFragment } from '../../../../explorer/generated/operations.js';
import { canonicalAnswers, type Answers } from '../../../../src/model/answers.js';
import { probesFor, textsOf } from '../../../../src/model/job-list/checked.js';

const name = (...names: string[]) => fc.constantFrom(...names);
const text = name('Cook', 'cook', 'Chef', 'Wizard', 'York', 'york');
const answers: fc.Arbitrary<Answers> = fc
  .record({
    jobTitle: text,
    country: name('France', 'france'),
    state: fc.option(text),
    city: fc.option(text),
    yearsExperience: fc.option(fc.nat(80)),
    skills: fc.array(text, { maxLength: 6 }),
    certifications: fc.array(text, { maxLength: 6 }),
    employerProductActivity: fc.option(text),
  })
  .map((given) => canonicalAnswers(given, 'answers'));

it('a few questions tell of each row what a check of that row would', () => {
  fc.assert(
    fc.property(fc.array(answers, { maxLength: 30 }), (rows) => {
      const probes = probesFor(rows, new Map());
      const known = learnt(probes, probes.map(check));
      for (const row of rows) {
        const own = learnt([row], [check(row)]);
        expect(corrected(row, known)).toEqual(corrected(row, own));
      }
    }),
  );
});

it('a row is told what is asked otherwise, taken for another title, or not known', () => {
  const row = canonicalAnswers({ jobTitle: 'cook', country: 'France', skills: ['Wizard'] }, '');
  const known = learnt([row], [check(row)]);
  expect(corrected(row, known)).toEqual({
    answers: { ...row, jobTitle: 'Cook' },
    remarks: [
      { kind: 'corrected', key: keyOf(row, 'cook'), message: '“cook” is asked as “Cook”.', suggestions: [] },
      { kind: 'unknown', key: keyOf(row, 'Wizard'), message: '“Wizard” is not known.', suggestions: ['Magician'] },
    ],
  });
  const wizard = canonicalAnswers({ jobTitle: 'Wizard', country: 'France' }, '');
  const match = { ...check(wizard), matchedJobTitle: 'Magician', jobTitleRating: 70 };
  expect(corrected(wizard, learnt([wizard], [match])).remarks).toEqual([
    {
      kind: 'matched',
      key: keyOf(wizard, 'Wizard'),
      message: '“Wizard” is taken for “Magician” (70 of 100).',
      suggestions: [],
    },
  ]);
  expect(corrected(wizard, learnt([wizard], [null]))).toEqual({ answers: wizard, remarks: [] });
});

it('a choice is asked for instead in all rows that have the same answer, and is checked like any', () => {
  const rows = ['Wizard', 'Cook'].map((jobTitle) =>
    canonicalAnswers({ jobTitle, country: 'France', skills: ['Wizard', 'York'] }, ''),
  );
  const [wizard, cook] = rows as [Answers, Answers];
  const choices = new Map([[keyOf(wizard, 'Wizard'), 'chef']]);
  const asked = rows.map((row) => chosenAnswers(row, choices));
  expect(asked).toEqual([{ ...wizard, jobTitle: 'chef' }, cook]);
  const probes = probesFor(asked, new Map());
  const { answers, remarks } = corrected(wizard, learnt(probes, probes.map(check)), choices);
  expect(answers).toEqual({ ...wizard, jobTitle: 'Chef' });
  expect(remarks.map(({ kind, message }) => [kind, message])).toEqual([
    ['chosen', '“chef” is asked instead of “Wizard”.'],
    ['corrected', '“chef” is asked as “Chef”.'],
    ['unknown', '“Wizard” is not known.'],
  ]);
});

/** The key of the first text with this value. */
function keyOf(row: Answers, value: string): string {
  return textsOf(row).find((text) => text.value === value)?.key ?? '';
}

/** An upstream that has the capitalized names without `Wizard`, and tells of the parts of a place together. */
function check(asked: Answers): CheckedFragment {
  const { jobTitle, country, state, city, skills, certifications, employerProductActivity } = asked;
  const isPlace = city != null && city.toLowerCase() === 'york' && (state == null || state === 'Chef');
  const verdict = (field: string, value: string): CheckedFragment['answers'][number] => {
    const isPart = ['city', 'state', 'country'].includes(field);
    const spelling = value.charAt(0).toUpperCase() + value.slice(1);
    if (isPart && !isPlace) return { field, value, verdict: 'UNCHECKED', spelling: null, suggestions: [] };
    if (value === 'Wizard')
      return { field, value, verdict: 'UNKNOWN', spelling: null, suggestions: [{ answer: 'Magician' }] };
    if (spelling === value) return { field, value, verdict: 'EXACT', spelling: null, suggestions: [] };
    return { field, value, verdict: 'CORRECTED', spelling, suggestions: [] };
  };
  const single = { jobTitle, country, state, city, employerProductActivity };
  return {
    answers: [
      ...Object.entries(single).flatMap(([field, value]) => (value == null ? [] : [verdict(field, value)])),
      ...(skills ?? []).map((value) => verdict('skills', value)),
      ...(certifications ?? []).map((value) => verdict('certifications', value)),
    ],
    matchedJobTitle: null,
    jobTitleRating: null,
  };
}
