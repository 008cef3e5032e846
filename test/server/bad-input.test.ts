import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  CertificationImpactDocument,
  CompareReportsDocument,
  EducationImpactDocument,
  MatchJobTitleDocument,
  PayOnlyDocument,
  ReportByIdDocument,
  RequestReportDocument,
  SkillImpactDocument,
  SuggestAnswersDocument,
  SuggestLocationsDocument,
  type AnswersInput,
} from '../generated/operations.js';
import { startTestServer, type TestServer } from '../fixtures/server/server.js';
import type { Response } from '../fixtures/server/post.js';
import { startUpstream, type Upstream } from '../fixtures/upstream/upstream.js';
import { expectNoViolations } from '../fixtures/upstream/expectations.js';
import { SEATTLE } from '../fixtures/answers/answers.js';

let upstream: Upstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await startUpstream({ pendingPolls: 0 });
  server = await startTestServer({ upstream });
});
afterEach(() => expectNoViolations(upstream));
afterAll(async () => {
  await server.close();
  await upstream.close();
});

const LONG = 'a'.repeat(201);
const texts = (count: number) => Array.from({ length: count }, (_, index) => `Skill ${index}`);

/** Title, invalid answers, and the argument at fault. */
const WRONG: [string, Partial<AnswersInput>, string][] = [
  ['an empty title', { jobTitle: '' }, 'jobTitle'],
  ['a blank title', { jobTitle: ' \u00a0\u2003 ' }, 'jobTitle'],
  ['an empty country', { country: '' }, 'country'],
  ['a blank country', { country: '   ' }, 'country'],
  ['a title of 201 characters', { jobTitle: LONG }, 'jobTitle'],
  ['a country of 201 characters', { country: LONG }, 'country'],
  ['a state of 201 characters', { state: LONG }, 'state'],
  ['a city of 201 characters', { city: LONG }, 'city'],
  ['an activity of 201 characters', { employerProductActivity: LONG }, 'employerProductActivity'],
  ['a skill of 201 characters', { skills: ['Python', LONG] }, 'skills[1]'],
  ['a certification of 201 characters', { certifications: [LONG] }, 'certifications[0]'],
  ['a line break in the title', { jobTitle: 'Software\nDeveloper' }, 'jobTitle'],
  ['a tab in the title', { jobTitle: 'Software\tDeveloper' }, 'jobTitle'],
  ['a character lost before it was sent', { city: 'Z\ufffdrich' }, 'city'],
  ['a NUL in the country', { country: 'United\u0000States' }, 'country'],
  ['an escape character in the city', { city: '\u001b[31mSeattle' }, 'city'],
  ['a C1 control in the state', { state: 'Washington\u0085' }, 'state'],
  ['a DEL in a skill', { skills: ['Py\u007fthon'] }, 'skills[0]'],
  ['half a surrogate pair', { jobTitle: 'Developer \ud83d' }, 'jobTitle'],
  ['years below 0', { yearsExperience: -1 }, 'yearsExperience'],
  ['years above 80', { yearsExperience: 81 }, 'yearsExperience'],
  ['101 skills', { skills: texts(101) }, 'skills'],
  ['101 certifications', { certifications: texts(101) }, 'certifications'],
  ['a size below 0', { averageSizeCompetitor: -1 }, 'averageSizeCompetitor'],
  ['sales below 0', { companySales: -0.01 }, 'companySales'],
];

function refusalOf(response: Response<unknown>): Record<string, unknown> {
  expect(response.errors).toHaveLength(1);
  return { ...response.errors[0]?.extensions };
}

describe('an out-of-range answer', () => {
  it.for(WRONG)('is rejected with its argument and a reason: %s', async ([, wrong, name]) => {
    const answers = { ...SEATTLE, ...wrong };
    const bad = { code: 'BAD_USER_INPUT', reason: expect.stringMatching(/^must /) };
    const refused = await server.run(PayOnlyDocument, { answers });
    expect(refusalOf(refused)).toEqual({ ...bad, argument: `answers.${name}` });
    expect(refused.errors[0]?.message).toContain(name);
    expect(refusalOf(await server.run(RequestReportDocument, { answers }))).toEqual({
      ...bad,
      argument: `answers.${name}`,
    });
    const many = await server.run(CompareReportsDocument, { answers: [answers] });
    expect(refusalOf(many)).toEqual({ ...bad, argument: `answers[0].${name}` });
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it.for(['1e999', '-1e999'])('is rejected for the non-finite number %s', async (sales) => {
    const document = `{ report(answers: { jobTitle: "A", country: "B", companySales: ${sales} }) { pay { levelUsed } } }`;
    const refused = await server.run(document);
    expect(refusalOf(refused)).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'answers.companySales' });
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it.for<[string, object, string]>([
    ['a fraction of years', { yearsExperience: 1.5 }, 'yearsExperience'],
    ['a string for a number', { companySales: 'much' }, 'companySales'],
    ['an unknown degree', { highestDegreeEarned: 'KNIGHT' }, 'highestDegreeEarned'],
    ['an unknown answer', { shoeSize: 43 }, 'shoeSize'],
    ['a null title', { jobTitle: null }, 'jobTitle'],
  ])('is rejected with the name of the invalid variable: %s', async ([, wrong, name]) => {
    const refused = await server.run(PayOnlyDocument, { answers: { ...SEATTLE, ...wrong } });
    expect(refusalOf(refused)).toMatchObject({ code: 'BAD_USER_INPUT', argument: expect.stringMatching(/^answers/) });
    expect(refusalOf(refused)['reason']).toContain(name);
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });
});

describe('an id', () => {
  it.for([
    '',
    '1',
    'not an id',
    'x'.repeat(42),
    'x'.repeat(44),
    `${'x'.repeat(42)}/`,
    `${'x'.repeat(43)}\n`,
    '../../etc/passwd',
  ])('is rejected if malformed: %j', async (id) => {
    const refused = await server.run(ReportByIdDocument, { id });
    expect(refused.data?.reportById).toBeNull();
    expect(refusalOf(refused)).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'id', reason: expect.any(String) });
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it('that is well-formed but unknown gives null', async () => {
    const { data, errors } = await server.run(ReportByIdDocument, { id: 'x'.repeat(43) });
    expect([data, errors]).toEqual([{ reportById: null }, []]);
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });
});

describe('a search term', () => {
  it.for([
    ['suggestAnswers', (term: string) => [SuggestAnswersDocument, { kind: 'SKILLS', term }] as const, 'term'],
    ['suggestLocations', (term: string) => [SuggestLocationsDocument, { term }] as const, 'term'],
    ['matchJobTitle', (jobTitle: string) => [MatchJobTitleDocument, { jobTitle }] as const, 'jobTitle'],
    ['skillImpact', (jobTitle: string) => [SkillImpactDocument, { jobTitle }] as const, 'jobTitle'],
    ['certificationImpact', (jobTitle: string) => [CertificationImpactDocument, { jobTitle }] as const, 'jobTitle'],
    ['educationImpact', (jobTitle: string) => [EducationImpactDocument, { jobTitle }] as const, 'jobTitle'],
  ] as const)('that is out of range is rejected by %s', async ([, ask, argument]) => {
    const wrong = [LONG, 'a\u0007b', 'Z\ufffdrich', ...(argument === 'term' ? [] : ['', '  ', '\u200b'])];
    for (const term of wrong) {
      const [document, variables] = ask(term);
      const refused = await server.run<unknown, object>(String(document), variables);
      expect(refusalOf(refused)).toMatchObject({
        code: 'BAD_USER_INPUT',
        argument,
        reason: expect.stringMatching(/^must /),
      });
    }
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });
});

// Must run last: the other tests assert that upstream received no request.
describe('an answer at the limit', () => {
  it('is accepted', async () => {
    const answers: AnswersInput = {
      jobTitle: 'é'.repeat(200),
      country: '👩‍🚀'.repeat(40),
      state: ` ${'a'.repeat(200)} `,
      yearsExperience: 80,
      skills: texts(100),
      averageSizeCompetitor: 0,
      companySales: 0,
    };
    expect((await server.run(PayOnlyDocument, { answers })).errors).toEqual([]);
    expect((await server.run(PayOnlyDocument, { answers: { ...answers, yearsExperience: 0 } })).errors).toEqual([]);
    expect(upstream.submits()[1]?.answers).toMatchObject({
      YearsExperience: 0,
      AverageSizeCompetitor: 0,
      CompanySales: 0,
    });
  });
});
