import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAnswers, type Answers, type GivenAnswers } from '../../../src/model/answers.js';
import {
  checkedTexts,
  correctedAnswers,
  probesFor,
  remarksOn,
  textsOf,
  type Checked,
  type CheckedText,
} from '../../../src/model/job-list/checked.js';

const answersOf = (given: Partial<GivenAnswers>) =>
  canonicalAnswers({ jobTitle: 'nurse', country: 'canada', ...given }, 'answers');
const keyOf = (given: Partial<GivenAnswers>, field: string) =>
  textsOf(answersOf(given)).find((text) => text.field === field)?.key ?? '';
const checked = (text: Partial<CheckedText>): CheckedText => ({
  verdict: 'UNKNOWN',
  spelling: null,
  matched: null,
  ...text,
});
const corrected = (answers: Answers, found: Checked) => correctedAnswers(answers, checkedTexts(answers, found));
const remarks = (answers: Answers, found: Checked) => remarksOn(checkedTexts(answers, found));
const as = (spelling: string) => checked({ verdict: 'CORRECTED', spelling });

describe('what is checked of a list', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
  const job = fc
    .record({
      jobTitle: word,
      country: word,
      city: fc.option(word),
      state: fc.option(word),
      skills: fc.array(word),
      certifications: fc.array(word),
      employerProductActivity: fc.option(word),
    })
    .map(answersOf);

  it('is every text that is not known yet, in no more questions than there are different ones', () => {
    fc.assert(
      fc.property(fc.array(job), fc.array(job), (jobs, before) => {
        const known = new Map(before.flatMap(textsOf).map(({ key }) => [key, checked({})]));
        const wanted = new Set(jobs.flatMap(textsOf).flatMap(({ key }) => (known.has(key) ? [] : [key])));
        const probes = probesFor(jobs, known);
        const asked = new Set(probes.flatMap(textsOf).map(({ key }) => key));
        expect([...wanted].filter((key) => !asked.has(key))).toEqual([]);
        expect(probes.length).toBeLessThanOrEqual(wanted.size);
        expect(probes.every(({ skills, certifications }) => skills.length <= 4 && certifications.length <= 2)).toBe(
          true,
        );
      }),
    );
  });

  it('is no place without a city, and no degree', () => {
    const answers = answersOf({ state: 'Ontario', highestDegreeEarned: 'MBA', yearsExperience: 5 });
    expect(textsOf(answers).map(({ field }) => field)).toEqual(['jobTitle']);
  });
});

describe('answers that have been checked', () => {
  it("are corrected to upstream's spelling, a place as a whole", () => {
    const victoria = { city: 'victoria', country: 'canada' };
    const found = new Map([
      [keyOf({}, 'jobTitle'), as('Nurse')],
      [keyOf({ skills: ['sql'] }, 'skills'), as('SQL')],
      [keyOf(victoria, 'city'), as('Victoria')],
      [keyOf(victoria, 'country'), as('Canada')],
    ]);
    expect(corrected(answersOf({ ...victoria, skills: ['sql', 'go'] }), found)).toEqual(
      answersOf({ jobTitle: 'Nurse', city: 'Victoria', country: 'Canada', skills: ['SQL', 'go'] }),
    );
    const elsewhere = { ...victoria, country: 'australia' };
    expect(corrected(answersOf(elsewhere), found)).toEqual(answersOf({ ...elsewhere, jobTitle: 'Nurse' }));
  });

  it('are corrected each as its own answer, though the text is the same', () => {
    const found = new Map([
      [keyOf({ jobTitle: 'sql' }, 'jobTitle'), as('SQL Developer')],
      [keyOf({ skills: ['sql'] }, 'skills'), as('SQL')],
    ]);
    expect(corrected(answersOf({ jobTitle: 'sql', skills: ['sql'] }), found)).toEqual(
      answersOf({ jobTitle: 'SQL Developer', skills: ['SQL'] }),
    );
  });

  it('have remarks on what upstream does not know, or takes for something else', () => {
    const given = { jobTitle: 'nurze', skills: ['sql', 'x'] };
    const found = new Map([
      [keyOf(given, 'jobTitle'), checked({ matched: 'Nurse' })],
      [keyOf({ skills: ['x'] }, 'skills'), checked({})],
      [keyOf({ skills: ['sql'] }, 'skills'), as('SQL')],
    ]);
    expect(remarks(answersOf({ jobTitle: 'nurze' }), found)).toEqual({
      text: 'Job title “nurze” is taken for “Nurse”.',
      unknown: false,
      matched: true,
    });
    expect(remarks(answersOf(given), found)).toEqual({
      text: 'Job title “nurze” is taken for “Nurse”. Skills “x” is not known.',
      unknown: true,
      matched: true,
    });
    expect(remarks(answersOf({}), found)).toEqual({ text: '', unknown: false, matched: false });
  });

  it('have a remark on what separates the entries of a list, where a comma was meant to', () => {
    const given = { jobTitle: 'nurse, head', skills: ['python, sql'] };
    const found = new Map([
      [keyOf(given, 'jobTitle'), checked({ matched: 'Nurse' })],
      [keyOf(given, 'skills'), checked({})],
    ]);
    expect(remarks(answersOf(given), found).text).toBe(
      'Job title “nurse, head” is taken for “Nurse”. Skills “python, sql” is not known. If there are several, write “;” between them.',
    );
  });
});
