import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANSWER_NAMES } from '../../../src/model/answers.js';
import {
  columnsProblem,
  JOB_FIELD_LABELS,
  plainName,
  recognizeColumns,
  type JobField,
} from '../../../src/model/job-list/columns.js';

const FIELDS = Object.keys(JOB_FIELD_LABELS) as JobField[];

describe('the columns of a list', () => {
  it.each([
    [
      ['Job title', 'Country', 'State', 'City'],
      ['jobTitle', 'country', 'state', 'city'],
    ],
    [
      ['TITLE', ' country ', 'State/Province', 'Town'],
      ['jobTitle', 'country', 'state', 'city'],
    ],
    [
      ['Position', 'Location', 'Experience (years)'],
      ['jobTitle', 'place', 'yearsExperience'],
    ],
    [
      ['Role', 'Country', 'Yrs.'],
      ['jobTitle', 'country', 'yearsExperience'],
    ],
    [
      ['Years of experience', 'YOE', 'Highest degree'],
      ['yearsExperience', null, 'highestDegreeEarned'],
    ],
    [
      ['Skill 1', 'skill_2', 'Skills', 'Skill set'],
      ['skills', 'skills', 'skills', 'skills'],
    ],
    [
      ['Certs', 'Industry', 'Annual revenue'],
      ['certifications', 'employerProductActivity', 'companySales'],
    ],
    [
      ['Employee', 'Salary', '', '#'],
      [null, null, null, null],
    ],
    [['Title 2'], [null]],
  ])('are recognized by what they are called: %j', (header, fields) => {
    expect(recognizeColumns(header)).toEqual(fields);
  });

  it('are the same however a letter is composed', () => {
    expect(plainName('Co\u0302te d’Ivoire')).toBe(plainName('C\u00f4te d’Ivoire'));
  });

  it('that are called less plainly than another are none', () => {
    expect(recognizeColumns(['Role', 'Job title', 'Title'])).toEqual([null, 'jobTitle', null]);
    expect(recognizeColumns(['Role', 'Title'])).toEqual([null, 'jobTitle']);
  });

  it('are recognized by the names of AnswersInput and by their labels, however they are written', () => {
    const writings = [
      (name: string) => name,
      (name: string) => name.toUpperCase(),
      (name: string) => ` ${name.replaceAll(/[A-Z ]/g, '_$&')}*`,
    ];
    fc.assert(
      fc.property(fc.constantFrom(...FIELDS), fc.boolean(), fc.constantFrom(...writings), (field, label, write) => {
        expect(recognizeColumns([write(label ? JOB_FIELD_LABELS[field] : field)])).toEqual([field]);
      }),
    );
    expect(FIELDS).toEqual(expect.arrayContaining(ANSWER_NAMES));
  });

  it.each([
    [['jobTitle', 'country'], null],
    [['place', null, 'jobTitle'], null],
    [['jobTitle', 'country', 'skills', 'skills'], null],
    [['country', null], 'No column is called Job title.'],
    [['jobTitle', 'state'], 'No column is called Country, and none Place, such as Seattle, Washington, United States.'],
    [['jobTitle', 'country', 'city', 'city'], 'Two columns are called City, and only one can be meant.'],
  ] as const)('are enough for a price, or it is said why not: %j', (columns, problem) => {
    expect(columnsProblem(columns)).toBe(problem);
  });
});
