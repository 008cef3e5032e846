import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/errors.js';
import type { Degree } from '../../src/model/answers.js';
import { canonicalAnswers, type GivenAnswers } from '../../src/model/answers.js';
import { identifyingValues, parseReportId, reportId } from '../../src/model/report-id.js';

const DEGREES: Degree[] = [
  'ANY',
  'HIGH_SCHOOL',
  'ASSOCIATES',
  'BACHELORS',
  'MASTERS',
  'MBA',
  'LAW',
  'DOCTORATE',
  'MEDICINE',
];

const FULL = {
  jobTitle: 'Software Developer',
  country: 'United States',
  state: 'Washington',
  city: 'Seattle',
  yearsExperience: 5,
  highestDegreeEarned: 'BACHELORS',
  skills: ['Python', 'SQL'],
  certifications: ['PMP'],
  averageSizeCompetitor: 200,
  companySales: 1.5e7,
  employerProductActivity: 'Software',
} as const satisfies GivenAnswers;

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((value) => /[^\p{Z}\p{C}]/u.test(value) && !/[\p{Cc}\p{Zl}\p{Zp}\ufffd]/u.test(value))
  .filter((value) => /[^\p{Z}\p{C}]/u.test(value.replace(/\p{Default_Ignorable_Code_Point}/gu, '')));
const amount = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });

const answers: fc.Arbitrary<GivenAnswers> = fc.record(
  {
    jobTitle: text,
    country: text,
    state: text,
    city: text,
    yearsExperience: fc.double({ min: 0, max: 80, noNaN: true }),
    highestDegreeEarned: fc.constantFrom(...DEGREES),
    skills: fc.array(text, { maxLength: 5 }),
    certifications: fc.array(text, { maxLength: 5 }),
    averageSizeCompetitor: amount,
    companySales: amount,
    employerProductActivity: text,
  },
  { requiredKeys: ['jobTitle', 'country'] },
);

describe('the id of a report', () => {
  it('is the same for equivalent answers', () => {
    fc.assert(
      fc.property(
        answers.chain((given) => fc.tuple(fc.constant(given), otherwiseWritten(given))),
        ([given, other]) => {
          expect(idOf(other)).toBe(idOf(given));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is the same for answers and their canonical form', () => {
    fc.assert(
      fc.property(answers, (given) => {
        expect(idOf(canonicalAnswers(given, 'answers'))).toBe(idOf(given));
      }),
      { numRuns: 200 },
    );
  });

  it('is different for different answers', () => {
    fc.assert(
      fc.property(answers, answers, (one, other) => {
        const same = JSON.stringify(canonicalAnswers(one, '')) === JSON.stringify(canonicalAnswers(other, ''));
        expect(idOf(one) === idOf(other)).toBe(same);
      }),
      { numRuns: 500 },
    );
  });

  it('distinguishes answers that differ in one detail', () => {
    const { jobTitle, country } = FULL;
    const all: GivenAnswers[] = [
      FULL,
      { jobTitle, country },
      { jobTitle: country, country: jobTitle },
      ...Object.keys(FULL)
        .filter((name) => name !== 'jobTitle' && name !== 'country')
        .map((name) => ({ ...FULL, [name]: null })),
      { ...FULL, jobTitle: 'software developer' },
      { ...FULL, jobTitle: 'S\u043eftware Developer' },
      { ...FULL, jobTitle: 'SoftwareDeveloper' },
      { ...FULL, country: 'Canada' },
      { ...FULL, state: 'Seattle', city: 'Washington' },
      { ...FULL, yearsExperience: 0 },
      { ...FULL, yearsExperience: 5.5 },
      { ...FULL, averageSizeCompetitor: 1.5e7, companySales: 200 },
      { ...FULL, averageSizeCompetitor: 0 },
      { ...FULL, companySales: 0 },
      { ...FULL, skills: ['PMP'], certifications: ['Python', 'SQL'] },
      { ...FULL, skills: ['Python, SQL'] },
      { ...FULL, skills: ['Python","SQL'] },
      { ...FULL, skills: ['Python'] },
      ...DEGREES.filter((degree) => degree !== 'BACHELORS').map((degree) => ({ ...FULL, highestDegreeEarned: degree })),
    ];
    expect(new Set(all.map((given) => idOf(given))).size).toBe(all.length);
  });

  it('depends on autoResolveJobTitle', () => {
    expect(idOf(FULL, true)).not.toBe(idOf(FULL, false));
  });

  it('does not change between releases', () => {
    expect(idOf({ jobTitle: 'Registered Nurse', country: 'United States' }, true)).toBe(
      '1GLT_QikdkzzQoNWP-7QKJYKpU4r7taRpMPd7ZxWUO0',
    );
    expect(idOf(FULL, false)).toBe('R2_pgGVt3Y8zmcYQMErEWdOzmg_mp5hv6TAGPvgLAwE');
  });

  it('does not change when an answer is added that the report does not have', () => {
    const known = Object.entries(canonicalAnswers(FULL, 'answers'));
    const values = identifyingValues(known);
    expect(values).toContain('Software');
    for (const absent of [null, undefined, [] as string[]]) {
      expect(identifyingValues([...known, ['industryCode', absent]])).toEqual(values);
    }
  });

  it('depends on an answer that was added later, and on which it is', () => {
    const known = Object.entries(canonicalAnswers(FULL, 'answers'));
    const ids = [
      known,
      [...known, ['industryCode', '0']],
      [...known, ['industryCode', 0]],
      [...known, ['industryCode', '1']],
      [...known, ['unionCode', '1']],
      [...known, ['industryCode', null], ['unionCode', '0']],
    ] as Parameters<typeof identifyingValues>[0][];
    expect(new Set(ids.map((answers) => JSON.stringify(identifyingValues(answers)))).size).toBe(ids.length);
  });

  it('is accepted by parseReportId', () => {
    expect(parseReportId(idOf(FULL), 'id')).toBe(idOf(FULL));
  });
});

describe('a malformed id', () => {
  const id = idOf(FULL);
  it.each([
    ['empty', ''],
    ['one character too short', id.slice(1)],
    ['one character too long', `${id}A`],
    ['with padding', `${id}=`],
    ['with a line break', `${id}\n`],
    ['between spaces', ` ${id} `],
    ['in standard base64', `${id.slice(1)}+`],
    ['with a path', `../${id.slice(3)}`],
    ['with a letter of another script', `${id.slice(1)}а`],
    ['with a NUL', `${id.slice(1)}\0`],
  ])('is rejected with its argument: %s', (_, value) => {
    const refused = expect.objectContaining({
      code: 'BAD_USER_INPUT',
      details: {
        argument: 'reports[2].id',
        reason: 'is not a report id; an id has 43 characters from A–Z, a–z, 0–9, "-" and "_".',
      },
    });
    expect(() => parseReportId(value, 'reports[2].id')).toThrow(ApiError);
    expect(() => parseReportId(value, 'reports[2].id')).toThrow(refused);
  });
});

function idOf(given: GivenAnswers, autoResolveJobTitle = true): string {
  return reportId({ answers: canonicalAnswers(given, 'answers'), autoResolveJobTitle });
}

/** Equivalent answers: other key order, whitespace, NFD, shuffled lists with duplicates, other forms of absence. */
function otherwiseWritten(given: GivenAnswers): fc.Arbitrary<GivenAnswers> {
  const blanks = fc.constantFrom('', ' ', '  ', '\u00a0', '\u3000', '\u200b', '\r\n');
  const written = (value: string) =>
    fc
      .tuple(blanks, fc.constantFrom('NFC', 'NFD'), blanks)
      .map(([before, form, after]) => before + value.normalize(form) + after);
  const list = (values: readonly string[]) =>
    fc
      .tuple(fc.shuffledSubarray([...values]), fc.constantFrom([], [''], [' ']))
      .chain(([repeated, blank]) => {
        const all = [...values, ...repeated, ...blank];
        return fc.shuffledSubarray(all, { minLength: all.length });
      })
      .chain((values) => fc.tuple(...values.map(written)));
  const valueOf = (name: keyof GivenAnswers): fc.Arbitrary<unknown> => {
    const value: unknown = given[name];
    if (Array.isArray(value) && value.length > 0) return list(value as string[]);
    if (typeof value === 'string') return name === 'highestDegreeEarned' ? fc.constant(value) : written(value);
    if (typeof value === 'number') return fc.constant(value === 0 ? -0 : value);
    if (name === 'skills' || name === 'certifications') return fc.constantFrom(undefined, null, [], [' ']);
    const isText = ['state', 'city', 'employerProductActivity'].includes(name);
    return fc.constantFrom(undefined, null, ...(isText ? ['', '  '] : []));
  };
  const names = Object.keys(FULL) as (keyof GivenAnswers)[];
  return fc
    .shuffledSubarray(names, { minLength: names.length })
    .chain((order) => fc.tuple(...order.map((name) => valueOf(name).map((value) => [name, value] as const))))
    .map((entries) => Object.fromEntries(entries) as unknown as GivenAnswers);
}
