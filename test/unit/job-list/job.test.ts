import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { degreeNamed } from '../../../src/datasources/jobalyzer/encode.js';
import { canonicalAnswers, Degree, type GivenAnswers } from '../../../src/model/answers.js';
import { JOB_FIELD_LABELS, type JobColumns, type JobField } from '../../../src/model/job-list/columns.js';
import { degreeInList } from '../../../src/model/job-list/degree.js';
import { isBlankRow, jobKey, readJob } from '../../../src/model/job-list/job.js';

const COLUMNS = Object.keys(JOB_FIELD_LABELS) as JobField[];
const NURSE = { jobTitle: 'Registered Nurse', country: 'Canada' };

/** The job of a row with these cells. */
function job(cells: Readonly<Partial<Record<JobField, string>>>) {
  return readJob(
    COLUMNS,
    COLUMNS.map((field) => cells[field] ?? ''),
  );
}

function answers(given: GivenAnswers) {
  return { answers: canonicalAnswers(given, 'answers'), problems: [] };
}

describe('a row of a list', () => {
  it('has the answers of its cells', () => {
    const cells = {
      jobTitle: ' Software  Developer ',
      country: 'United States',
      state: 'WA',
      city: 'Seattle',
      yearsExperience: '5.0',
      highestDegreeEarned: "Bachelor's",
      skills: 'SQL; Python|C++\nGo;',
      certifications: 'Notary Public',
      averageSizeCompetitor: '1,000',
      companySales: '$ 1,500,000.50',
      employerProductActivity: 'Software Development',
    };
    expect(job(cells)).toEqual(
      answers({
        jobTitle: 'Software Developer',
        country: 'United States',
        state: 'Washington',
        city: 'Seattle',
        yearsExperience: 5,
        highestDegreeEarned: 'BACHELORS',
        skills: ['C++', 'Go', 'Python', 'SQL'],
        certifications: ['Notary Public'],
        averageSizeCompetitor: 1_000,
        companySales: 1_500_000.5,
        employerProductActivity: 'Software Development',
      }),
    );
  });

  it('may end before its last column, and leaves alone what is no column of a job', () => {
    const columns: JobColumns = [null, 'jobTitle', 'country', 'city'];
    expect(readJob(columns, ['7', 'Registered Nurse', 'Canada'])).toEqual(answers(NURSE));
    expect(readJob(columns, ['7', 'Registered Nurse', 'Canada', '', ' ', ''])).toEqual(answers(NURSE));
  });

  it('with more cells than columns is refused, since its cells are in the wrong columns', () => {
    expect(readJob(['jobTitle', 'country'], ['Nurse', 'Registered', 'Canada'])).toEqual({
      answers: null,
      problems: [{ field: null, message: 'The row has 3 cells, more than the 2 columns.' }],
    });
  });

  it.each([
    [{ place: 'Seattle, WA' }, { country: 'United States', state: 'Washington', city: 'Seattle' }],
    [{ place: 'Toronto, Ontario, Canada' }, { country: 'Canada', state: 'Ontario', city: 'Toronto' }],
    [
      { place: 'London', country: 'UK' },
      { country: 'United Kingdom', city: 'London' },
    ],
    [
      { place: 'London, England', country: 'UK' },
      { country: 'United Kingdom', state: 'England', city: 'London' },
    ],
    [{ place: 'usa', country: 'United States' }, { country: 'United States' }],
    [{ place: 'Germany' }, { country: 'Germany' }],
    [
      { place: 'Toronto, Ontario, Canada', country: 'canada', city: 'Ottawa' },
      { country: 'canada', state: 'Ontario', city: 'Ottawa' },
    ],
    [
      { country: 'U.S.A.', state: 'OR' },
      { country: 'United States', state: 'Oregon' },
    ],
    [
      { country: 'Germany', state: 'OR' },
      { country: 'Germany', state: 'OR' },
    ],
  ] as const)('names its place in one column or in several: %j', (cells, place) => {
    expect(job({ jobTitle: 'Nurse', ...cells })).toEqual(answers({ jobTitle: 'Nurse', ...place }));
  });

  it.each([
    [{ country: 'Canada' }, 'jobTitle', 'Job title is missing.'],
    [{ jobTitle: 'Nurse' }, 'country', 'Country is missing.'],
    [{ ...NURSE, jobTitle: 'x'.repeat(201) }, 'jobTitle', 'Job title must be at most 200 characters long; it has 201.'],
    [
      { ...NURSE, jobTitle: 'N\ufffdrse' },
      'jobTitle',
      'Job title must not contain U+FFFD, which stands for a character that was lost before it was sent.',
    ],
    [
      { ...NURSE, yearsExperience: '5-7' },
      'yearsExperience',
      'Years of experience must be a whole number of years, such as 5; it is “5-7”.',
    ],
    [{ ...NURSE, yearsExperience: '95' }, 'yearsExperience', 'Years of experience must be from 0 to 80; it is 95.'],
    [
      { ...NURSE, highestDegreeEarned: 'Doctor' },
      'highestDegreeEarned',
      'Degree must be one such as Bachelor’s, Master’s, MBA or PhD; it is “Doctor”.',
    ],
    [
      { ...NURSE, averageSizeCompetitor: '10.5' },
      'averageSizeCompetitor',
      'Size of competitors must be a whole number; it is “10.5”.',
    ],
    [
      { ...NURSE, averageSizeCompetitor: '2147483648' },
      'averageSizeCompetitor',
      'Size of competitors must be a whole number; it is “2147483648”.',
    ],
    [
      { ...NURSE, averageSizeCompetitor: 'x'.repeat(60) },
      'averageSizeCompetitor',
      `Size of competitors must be a whole number; it is “${'x'.repeat(60)}”.`,
    ],
    [
      { ...NURSE, averageSizeCompetitor: 'x'.repeat(61) },
      'averageSizeCompetitor',
      `Size of competitors must be a whole number; it is “${'x'.repeat(60)}…”.`,
    ],
    [{ ...NURSE, companySales: '5M' }, 'companySales', 'Company sales must be a number, such as 1500000; it is “5M”.'],
    [
      { jobTitle: 'Nurse', place: 'London, United Kingdom' },
      'place',
      'Place must be written as City, State, Country, or in columns City, State and Country; “London, United Kingdom” may be more than one place.',
    ],
    [
      { jobTitle: 'Nurse', place: 'Seattle, WA, United States', country: 'Canada' },
      'place',
      'Place is in United States, and Country is “Canada”.',
    ],
  ] as const)('that is wrong says so in words: %j', (cells, field, message) => {
    expect(job(cells)).toEqual({ answers: null, problems: [{ field, message }] });
  });

  it('has all that is wrong with it', () => {
    expect(job({ yearsExperience: 'many', place: 'x, y, z' }).problems.map(({ field }) => field)).toEqual([
      'place',
      'yearsExperience',
      'jobTitle',
    ]);
  });

  it('is blank if nothing is written in it', () => {
    expect(isBlankRow([' ', '', '\t'])).toBe(true);
    expect(isBlankRow(['', '0'])).toBe(false);
  });

  it('never throws, and its answers are canonical', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('5', 'a;b', 'Seattle, WA', '1.000,5'),
    );
    fc.assert(
      fc.property(fc.array(cell, { maxLength: COLUMNS.length + 1 }), fc.shuffledSubarray(COLUMNS), (cells, columns) => {
        const read = readJob(columns, cells);
        expect(read.answers && canonicalAnswers(read.answers, 'answers')).toEqual(read.answers);
        expect(read.problems.length === 0).toBe(read.answers !== null);
      }),
      { numRuns: 50 },
    );
  });

  it('has the key of all rows with the same answers, and of no other', () => {
    const key = (cells: Readonly<Partial<Record<JobField, string>>>) => {
      const { answers: read } = job(cells);
      return read && jobKey(read);
    };
    expect(key({ ...NURSE, skills: 'b;a' })).toBe(key({ ...NURSE, jobTitle: ' Registered  Nurse', skills: 'a|b|a' }));
    expect(key({ ...NURSE, city: 'Toronto' })).not.toBe(key({ ...NURSE, state: 'Toronto' }));
  });
});

describe('a number of a list', () => {
  it.each([
    ['1234.5', 1234.5],
    ['1234,5', 1234.5],
    ['1,000', 1_000],
    ['1.000', 1_000],
    ['0.125', 0.125],
    ['1,234,567.89', 1_234_567.89],
    ['1.234.567,89', 1_234_567.89],
    ['€ 500 000', 500_000],
    ['CHF 5', null],
    ['1,23,4', null],
    ['-5', null],
    ['1e6', null],
  ])('%s is %s', (text, value) => {
    expect(job({ ...NURSE, companySales: text }).answers?.companySales ?? null).toBe(value);
  });

  it.each([
    ['5', 5],
    ['5,0', 5],
    ['5 years', 5],
    ['1 yr.', 1],
    ['5.5', null],
    ['10+', null],
    ['five', null],
  ])('years: %s is %s', (text, value) => {
    expect(job({ ...NURSE, yearsExperience: text }).answers?.yearsExperience ?? null).toBe(value);
  });
});

describe('a degree of a list', () => {
  it.each([
    ['PhD', 'DOCTORATE'],
    ['Ph.D.', 'DOCTORATE'],
    ['B.Sc.', 'BACHELORS'],
    ['bachelor’s degree', 'BACHELORS'],
    ['master', 'MASTERS'],
    ['Master of Science', 'MASTERS'],
    ['Bachelor of Arts', 'BACHELORS'],
    ['Associate of Science', 'ASSOCIATES'],
    ['Doctor of Philosophy', 'DOCTORATE'],
    ['High school', 'HIGH_SCHOOL'],
    ['high_school', 'HIGH_SCHOOL'],
    ['Associate', 'ASSOCIATES'],
    ['J.D.', 'LAW'],
    ['M.D.', 'MEDICINE'],
    ['certificate', null],
  ])('%s is %s', (text, degree) => {
    expect(degreeInList(text)).toBe(degree);
  });

  it('may have the name that upstream has for it', () => {
    const names = [
      'Any',
      'GED or High School Diploma',
      "Associate's Degree",
      "Bachelor's Degree",
      "Master's Degree (non-MBA)",
      'Master of Business Administration (MBA)',
      'Juris Doctor (JD), Master of Jurisprudence, or Master of Law (LLM)',
      'Doctorate (PhD)',
      'Doctor of Medicine (MD)',
    ];
    expect(names.map(degreeInList)).toEqual(names.map(degreeNamed));
    expect(names.map(degreeInList)).toEqual(Object.values(Degree));
  });
});
