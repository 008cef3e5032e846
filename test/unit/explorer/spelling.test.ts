import { expect, it } from 'vitest';
import { notesOf } from '../../../explorer/question/notes.js';
import { EMPTY } from '../../../explorer/question/question.js';
import { corrected, type Check } from '../../../explorer/question/spelling.js';

const CHECK: Check = {
  answers: [
    {
      field: 'jobTitle',
      value: 'software developer',
      verdict: 'CORRECTED',
      spelling: 'Software Developer',
      suggestions: [],
    },
    { field: 'country', value: 'united states', verdict: 'CORRECTED', spelling: 'United States', suggestions: [] },
    { field: 'city', value: 'york', verdict: 'UNCHECKED', spelling: null, suggestions: [] },
    { field: 'skills', value: 'Pythn', verdict: 'UNKNOWN', spelling: null, suggestions: [{ answer: 'Python' }] },
  ],
  matchedJobTitle: 'Software Developer',
  jobTitleRating: 100,
};

it('a question takes upstream’s spelling wherever it is asked, and nothing else', () => {
  const asked = {
    ...EMPTY,
    jobTitle: ' software  developer',
    place: 'york, united states',
    skills: ['Pythn'],
    otherPlaces: ['united states'],
    otherTitles: ['software developer', 'Cook'],
    salary: '5',
  };
  expect(corrected(asked, [CHECK])).toEqual({
    ...asked,
    jobTitle: 'Software Developer',
    place: 'york, United States',
    otherPlaces: ['United States'],
    otherTitles: ['Software Developer', 'Cook'],
  });
});

const ASKED = { ...EMPTY, jobTitle: 'Software Developer', place: 'York, United States' };

it('what upstream does not have is said at its field before it is bought', () => {
  const notes = notesOf([{ compared: null, check: CHECK }], ASKED, ASKED);
  expect(notes).toEqual({
    jobTitle: { message: 'Will be asked as “Software Developer”.', suggestions: [], isNote: true },
    place: { message: 'Will be asked as “York, United States”.', suggestions: [], isNote: true },
    skills: {
      message: expect.stringContaining('“Pythn” is not known. It may be'),
      suggestions: ['Python'],
      value: 'Pythn',
      isNote: true,
    },
  });
});

it('all is said of a list: which values are corrected, and which are not known', () => {
  const skill = (value: string, spelling: string | null): Check['answers'][number] => ({
    field: 'skills',
    value,
    verdict: spelling === null ? 'UNKNOWN' : 'CORRECTED',
    spelling,
    suggestions: [],
  });
  const answers = [skill('java', 'Java'), skill('Juggling', null), skill('Pyton', null)];
  const check = { answers, matchedJobTitle: null, jobTitleRating: null };
  expect(notesOf([{ compared: null, check }], ASKED, ASKED).skills?.message).toBe(
    'Will be asked as “Java”. “Juggling”, “Pyton” are not known. ' +
      'They may be refused, or ignored, so that the report answers another question.',
  );
});

it('the same is said of what is compared, where it was entered', () => {
  const answer = { value: 'Wizard', verdict: 'UNKNOWN' as const, spelling: null, suggestions: [] };
  const wizard = { answers: [{ ...answer, field: 'jobTitle' }], matchedJobTitle: 'Magician', jobTitleRating: 70 };
  const city = { ...answer, field: 'city', value: 'Atlantis' };
  const state = { ...answer, field: 'state', value: 'ohio', verdict: 'CORRECTED' as const, spelling: 'Ohio' };
  const given = { ...ASKED, otherPlaces: ['Atlantis, ohio, France', 'Italy'] };
  const asked = { ...ASKED, otherPlaces: ['Atlantis, Ohio, France', 'Italy'] };
  const checks = [
    { compared: 'otherTitles' as const, check: wizard },
    { compared: 'otherPlaces' as const, check: { ...wizard, answers: [...wizard.answers, city, state] } },
  ];
  const notes = notesOf(checks, given, asked);
  expect(Object.keys(notes)).toEqual(['otherTitles', 'otherPlaces']);
  expect(notes.otherTitles?.message).toBe('“Wizard” is not known. It will be taken for “Magician” (70 of 100).');
  expect(notes.otherPlaces?.message).toMatch(/^Will be asked as “Atlantis, Ohio, France”. “Atlantis” is not known./);
});
