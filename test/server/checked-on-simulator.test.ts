import { describe, expect, it, onTestFinished } from 'vitest';
import { CheckAnswersDocument, PayOnlyDocument, type AnswersInput } from '../generated/operations.js';
import { codes } from '../fixtures/server/responses.js';
import { startTestServer, type TestServer } from '../fixtures/server/server.js';

const US = 'United States';

async function start(env: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const server = await startTestServer({ env });
  onTestFinished(() => server.close());
  return server;
}

/** By field: verdict, and spelling if there is one. */
async function checked(server: TestServer, answers: AnswersInput): Promise<Record<string, string>> {
  const { data, errors } = await server.run(CheckAnswersDocument, { answers });
  expect(errors).toEqual([]);
  const all = data?.checkAnswers?.answers ?? [];
  return Object.fromEntries(
    all.map(({ field, value, verdict, spelling }) => [
      field === 'skills' ? value : field,
      spelling === null ? verdict : `${verdict} ${spelling}`,
    ]),
  );
}

describe('on the simulator', () => {
  it('answers in another letter case are corrected, and others are not', async () => {
    const server = await start();
    const answers = {
      jobTitle: 'SOFTWARE developer',
      country: 'united states',
      state: 'new york',
      city: 'New  york',
      skills: ['c', 'C#', 'c++', 'javascript', 'Java', 'Javas'],
      certifications: ['comptia a+'],
      employerProductActivity: 'hospital',
      highestDegreeEarned: 'LAW',
      averageSizeCompetitor: 10,
    } as const;
    expect(await checked(server, { ...answers, skills: [...answers.skills], certifications: ['comptia a+'] })).toEqual({
      jobTitle: 'CORRECTED Software Developer',
      country: 'CORRECTED United States',
      state: 'CORRECTED New York',
      city: 'CORRECTED New York',
      c: 'UNCHECKED',
      'C#': 'EXACT',
      'c++': 'CORRECTED C++',
      javascript: 'CORRECTED JavaScript',
      Java: 'EXACT',
      Javas: 'UNKNOWN',
      certifications: 'CORRECTED CompTIA A+',
      employerProductActivity: 'CORRECTED Hospital',
      highestDegreeEarned: 'EXACT',
      averageSizeCompetitor: 'UNCHECKED',
    });
  });

  it.each([
    [{ city: 'York', state: 'New York' }, 'UNKNOWN'],
    [{ city: 'york' }, 'UNKNOWN'],
    [{ city: 'New York', state: 'Washington' }, 'UNCHECKED'],
    [{ city: 'buffalo' }, 'CORRECTED Buffalo'],
    [{ city: 'Victoria' }, 'UNCHECKED'],
  ])('of the place %j the city is %s', async (place, verdict) => {
    const server = await start();
    expect(await checked(server, { jobTitle: 'Cook', country: US, ...place })).toMatchObject({ city: verdict });
  });

  it('what a title is resolved to is told', async () => {
    const server = await start();
    const { data } = await server.run(CheckAnswersDocument, { answers: { jobTitle: 'Acountant', country: US } });
    expect(data?.checkAnswers).toMatchObject({
      answers: [{ verdict: 'UNKNOWN', suggestions: [] }, {}],
      matchedJobTitle: 'Accountant',
      jobTitleRating: expect.any(Number),
    });
    const exact = await server.run(CheckAnswersDocument, { answers: { jobTitle: 'Accountant', country: US } });
    expect(exact.data?.checkAnswers).toMatchObject({ matchedJobTitle: 'Accountant', jobTitleRating: 100 });
    const wizard = await server.run(CheckAnswersDocument, { answers: { jobTitle: 'Xylomancer', country: US } });
    expect(wizard.data?.checkAnswers).toMatchObject({ matchedJobTitle: null, jobTitleRating: null });
  });

  it('ANSWER_CHECK=strict refuses a city that does not exist, and buys a title that is resolved', async () => {
    const server = await start({ ANSWER_CHECK: 'strict' });
    const nowhere = await server.run(PayOnlyDocument, { answers: { jobTitle: 'Cook', country: US, city: 'York' } });
    expect(codes(nowhere)).toEqual({ 'report.pay': 'UNCONFIRMED_ANSWER' });
    expect(nowhere.errors[0]?.extensions).toMatchObject({
      issues: [{ answerId: 'City', answerValue: 'York', field: 'city' }],
      suggestions: expect.arrayContaining([expect.objectContaining({ answer: 'New York', field: 'city' })]),
    });
    const counters = (await (await fetch(`${server.app.simulator?.origin}/simulator/counters`)).json()) as object;
    expect(counters).toMatchObject({ posts: 0 });
    expect((await server.run(PayOnlyDocument, { answers: { jobTitle: 'Acountant', country: US } })).errors).toEqual([]);
  });
});
