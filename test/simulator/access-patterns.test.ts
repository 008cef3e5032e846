import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { SimulatorOptions } from '../../src/simulator/simulator.js';
import { started } from './helpers.js';

// The programs of Jobalyzer's documents, with what they know: an address and credentials, no code of this project.
const CLIENT_ID = '<your-client-id>';
const CLIENT_SECRET = '<your-client-secret>';

const ANSWERS = {
  JobTitle: 'Software Developer',
  City: 'Seattle',
  State: 'Washington',
  Country: 'United States',
  YearsExperience: 5,
  HighestDegreeEarned: 'Bachelors',
  Skills: ['Python', 'JavaScript'],
  Certifications: ['Notary Public', 'Certified Public Accountant (CPA)'],
  EmployerProductActivity: 'Software Services',
};

interface Ran {
  submitted: Record<string, unknown>;
  reports: Record<string, unknown>[];
  impacts: { Answers: Record<string, unknown> }[];
  pending: number;
}

/** Token, purchase, both links until they are there, and the impacts, in the order and with the names of the documents. */
async function runProgram(origin: string, version: string, answers: object): Promise<Ran> {
  const form = {
    grant_type: 'client_credentials',
    scope: 'jobalyzer',
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
  };
  const granted = await fetch(`${origin}/connect/token`, { method: 'POST', body: new URLSearchParams(form) });
  expect(granted.status).toBe(200);
  const { access_token: token } = (await granted.json()) as { access_token: string };
  const headers = { Authorization: `Bearer ${token}` };
  const caller = `customerId=${CLIENT_ID}&user=${CLIENT_ID}`;

  const submission = await fetch(`${origin}/jobalyzer/${version}/reports`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      customerId: CLIENT_ID,
      user: CLIENT_ID,
      AutoResolveJobTitle: true,
      requestedReports: ['yoe', 'pay'],
      answers,
    }),
  });
  const submitted = (await submission.json()) as Record<string, unknown> & { Links: Record<string, string> };
  expect(submission.status, JSON.stringify(submitted)).toBe(200);

  const ran: Ran = { submitted, reports: [], impacts: [], pending: 0 };
  for (const name of ['PayReport', 'YearsExperienceReport']) {
    for (;;) {
      const poll = await fetch(`${submitted.Links[name]}?${caller}`, { headers });
      const body = (await poll.json()) as Record<string, unknown>;
      if (poll.status === 202) {
        ran.pending += 1;
        await sleep(body['RetryAfterMilliseconds'] as number);
        continue;
      }
      expect(poll.status, JSON.stringify(body)).toBe(200);
      ran.reports.push(body);
      break;
    }
  }
  for (const kind of ['skills', 'certs']) {
    const url = `${origin}/jobalyzer/v1/impact/${kind}?${caller}&jobTitle=Software Developer&autoResolveJobTitle=True`;
    const impact = await fetch(url, { headers });
    expect(impact.status).toBe(200);
    ran.impacts.push((await impact.json()) as Ran['impacts'][number]);
  }
  return ran;
}

async function run(version: string, answers: object, options: SimulatorOptions = {}) {
  const simulator = await started({ delayMs: { min: 150, max: 300 }, ...options });
  return { simulator, ran: await runProgram(simulator.origin, version, answers) };
}

describe('the programs of the documents', () => {
  it.each(['v1', 'v2'])(
    'succeed as printed on %s: the degree that is not on the list is ignored with a warning',
    async (version) => {
      // Long enough that the first poll comes before the report.
      const { ran, simulator } = await run(version, ANSWERS, { delayMs: { min: 2_000, max: 2_500 } });
      expect(ran.submitted).toMatchObject({ Errors: null });
      const ignored = (ran.submitted['Warnings'] as { AnswerId: string; AnswerValue: string; Code: string }[]).map(
        ({ AnswerId, AnswerValue, Code }) => [AnswerId, AnswerValue, Code],
      );
      expect(ignored).toContainEqual(['HighestDegreeEarned', 'Bachelors', 'UnconfirmedAnswer']);
      expect(ran.pending).toBeGreaterThan(0);
      const [pay, yoe] = ran.reports;
      expect(pay).toMatchObject({ Report: { BasePayReport: { Percentile50: expect.any(Number) } }, Errors: null });
      expect(yoe).toMatchObject({ Report: { Ranges: expect.any(Array) }, Errors: null });
      expect(ran.impacts[0]?.Answers).toHaveProperty('Python');
      expect(ran.impacts[1]?.Answers).toHaveProperty('AWS Certified Developer');
      expect(simulator.counters()).toMatchObject({ submittedReports: 2, collected: 2, lookups: 2, unauthorized: 0 });
    },
  );

  it('a degree that is not on the list does not affect the report', async () => {
    const { HighestDegreeEarned: _, ...none } = ANSWERS;
    const [printed, without] = [(await run('v1', ANSWERS)).ran, (await run('v1', none)).ran];
    expect(printed.reports[0]?.['Report']).toEqual(without.reports[0]?.['Report']);
    const real = (await run('v1', { ...ANSWERS, HighestDegreeEarned: 'Doctorate (PhD)' })).ran;
    expect(real.reports[0]?.['Report']).not.toEqual(without.reports[0]?.['Report']);
  });

  it('may send numbers as text, as the definitions of the answers do', async () => {
    const numbers = { YearsExperience: 11, AverageSizeCompetitor: 5_000, CompanySales: 3_000_000 };
    const texts = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));
    const simulator = await started();
    const [one, two] = [
      await runProgram(simulator.origin, 'v1', { ...ANSWERS, ...numbers }),
      await runProgram(simulator.origin, 'v1', { ...ANSWERS, ...texts }),
    ];
    expect(two.reports).toEqual(one.reports);
    expect(simulator.counters().duplicates).toBe(2);
  });
});
