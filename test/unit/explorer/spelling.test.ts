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

it('what upstream does not have is said at its field before it is bought', () => {
  expect(notesOf(CHECK, 'York, United States')).toEqual({
    jobTitle: { message: 'Will be asked as “Software Developer”.', suggestions: [], isNote: true },
    place: { message: 'Will be asked as “York, United States”.', suggestions: [], isNote: true },
    skills: { message: expect.stringContaining('“Pythn” is not known.'), suggestions: ['Python'], isNote: true },
  });
  const [title] = CHECK.answers;
  const wizard = { ...title!, value: 'Wizard', verdict: 'UNKNOWN' as const, spelling: null };
  const note = notesOf({ answers: [wizard], matchedJobTitle: 'Magician', jobTitleRating: 70 }, '').jobTitle;
  expect(note?.message).toBe('“Wizard” is not known. It will be taken for “Magician” (70 of 100).');
});
