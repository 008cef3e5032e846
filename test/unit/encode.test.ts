import { describe, expect, it } from 'vitest';
import { ANSWER_IDS, encodeReportsRequest } from '../../src/datasources/jobalyzer/encode.js';
import { canonicalAnswers, type Answers, type Degree } from '../../src/model/answers.js';
import { NURSE } from '../fixtures/answers/answers.js';

const NOTHING = canonicalAnswers(NURSE, 'answers');

function sent(answers: Partial<Answers>, autoResolveJobTitle = true, types: ('PAY' | 'YOE')[] = ['PAY']) {
  return encodeReportsRequest({ answers: { ...NOTHING, ...answers }, autoResolveJobTitle }, types, 'acme');
}

describe('a request for reports', () => {
  it('has only the given answers', () => {
    expect(JSON.parse(JSON.stringify(sent({})))).toEqual({
      customerId: 'acme',
      user: 'acme',
      AutoResolveJobTitle: true,
      requestedReports: ['pay'],
      answers: { JobTitle: 'Registered Nurse', Country: 'United States' },
    });
  });

  it('has all answers under their upstream names', () => {
    const { answers } = sent({
      state: 'Washington',
      city: 'Seattle',
      yearsExperience: 5,
      highestDegreeEarned: 'MASTERS',
      skills: ['SQL', 'Python'],
      certifications: ['PMP'],
      averageSizeCompetitor: 200,
      companySales: 1.5e7,
      employerProductActivity: 'Software',
    });
    expect(answers).toEqual({
      JobTitle: 'Registered Nurse',
      Country: 'United States',
      State: 'Washington',
      City: 'Seattle',
      YearsExperience: 5,
      HighestDegreeEarned: "Master's Degree (non-MBA)",
      Skills: ['SQL', 'Python'],
      Certifications: ['PMP'],
      AverageSizeCompetitor: 200,
      CompanySales: 1.5e7,
      EmployerProductActivity: 'Software',
    });
  });

  it('includes answers of zero', () => {
    expect(sent({ yearsExperience: 0, averageSizeCompetitor: 0, companySales: 0 }).answers).toMatchObject({
      YearsExperience: 0,
      AverageSizeCompetitor: 0,
      CompanySales: 0,
    });
  });

  it.each([
    [['PAY'], ['pay']],
    [['YOE'], ['yoe']],
    [
      ['PAY', 'YOE'],
      ['pay', 'yoe'],
    ],
  ] as const)('for %j requests %j and nothing else', (types, keys) => {
    expect(sent({}, true, [...types]).requestedReports).toEqual(keys);
  });

  it.each([true, false])('includes AutoResolveJobTitle: %s', (autoResolve) => {
    expect(sent({}, autoResolve).AutoResolveJobTitle).toBe(autoResolve);
  });

  it.each([
    ['ANY', 'Any'],
    ['HIGH_SCHOOL', 'GED or High School Diploma'],
    ['ASSOCIATES', "Associate's Degree"],
    ['BACHELORS', "Bachelor's Degree"],
    ['MASTERS', "Master's Degree (non-MBA)"],
    ['MBA', 'Master of Business Administration (MBA)'],
    ['LAW', 'Juris Doctor (JD), Master of Jurisprudence, or Master of Law (LLM)'],
    ['DOCTORATE', 'Doctorate (PhD)'],
    ['MEDICINE', 'Doctor of Medicine (MD)'],
  ] satisfies [Degree, string][])('encodes the degree %s as %s', (degree, name) => {
    expect(sent({ highestDegreeEarned: degree }).answers.HighestDegreeEarned).toBe(name);
  });
});

it('answer kinds have the names used by autocomplete and issues', () => {
  expect(Object.values(ANSWER_IDS)).toEqual([
    'JobTitle',
    'Skills',
    'Certifications',
    'EmployerProductActivity',
    'HighestDegreeEarned',
  ]);
});
