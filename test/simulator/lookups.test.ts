import { describe, expect, it } from 'vitest';
import { call, clientOf, codes, started } from './helpers.js';

interface Suggested {
  Answer: string;
  Score: number;
}

describe('the impact endpoints of the simulator', () => {
  it.each([
    ['skills', 'Python'],
    ['certs', 'AWS Certified Developer'],
    ['education', "Bachelor's Degree"],
  ])('return the impact of %s on v1 and v2', async (kind, answer) => {
    const client = await clientOf(await started());
    for (const version of ['v1', 'v2']) {
      const { status, body } = await client.get(`/jobalyzer/${version}/impact/${kind}?jobTitle=software%20developer`);
      expect(status).toBe(200);
      expect(body.Answers[answer]).toEqual({
        ProfileCount: expect.any(Number),
        PercentReporting: expect.any(Number),
        MedianBasePay: expect.any(Number),
        PayDifferential: expect.any(Number),
        PayDifferentialPercentage: expect.any(Number),
      });
      expect(body.Context).toMatchObject({ MatchedJobTitle: 'Software Developer', JobTitleRating: 100 });
    }
  });

  it('do not apply the letter case to skill names', async () => {
    const client = await clientOf(await started({ letterCase: 'camel' }));
    const { body } = await client.get('/jobalyzer/v1/impact/skills?jobTitle=Software%20Developer');
    expect(body.answers.Python).toHaveProperty('medianBasePay');
  });

  it('resolve an unknown title only with autoResolveJobTitle', async () => {
    const client = await clientOf(await started());
    const path = '/jobalyzer/v1/impact/skills?jobTitle=Electritian';
    const unknown = await client.get(path);
    expect(unknown.status).toBe(404);
    expect(unknown.body).toMatchObject({
      ErrorMessage: expect.stringContaining('Electritian'),
      Context: { SubmittedJobTitle: 'Electritian', MatchedJobTitle: null },
    });
    const resolved = await client.get(`${path}&autoResolveJobTitle=true`);
    expect(resolved.body.Context).toMatchObject({ MatchedJobTitle: 'Electrician' });
    expect((await client.get('/jobalyzer/v1/impact/certs?jobTitle=Dragon&autoResolveJobTitle=true')).status).toBe(404);
  });

  it('require a job title, a valid flag and the caller', async () => {
    const client = await clientOf(await started());
    expect((await client.get('/jobalyzer/v1/impact/skills')).status).toBe(400);
    expect((await client.get('/jobalyzer/v1/impact/skills?jobTitle=Chef&autoResolveJobTitle=yes')).status).toBe(400);
    expect(codes(await client.get('/jobalyzer/v1/impact/skills?jobTitle=Chef', ''))).toEqual([
      ['customerId', 'InvalidRequest'],
      ['user', 'InvalidRequest'],
    ]);
  });
});

describe('the autocompletion of the simulator', () => {
  it.each([
    ['JobTitle', 'soft', 'Software Developer'],
    ['JobTitle', 'NURSE', 'Nurse Practitioner'],
    ['JobTitle', 'nurse', 'Registered Nurse'],
    ['Skills', 'py', 'Python'],
    ['Certifications', 'project', 'Project Management Professional (PMP)'],
    ['EmployerProductActivity', 'ho', 'Hospital'],
    ['HighestDegreeEarned', 'doctor', 'Doctorate (PhD)'],
  ])('completes %s "%s" to %s among others', async (kind, term, answer) => {
    const client = await clientOf(await started());
    for (const version of ['v1', 'v2']) {
      const { body } = await client.get(`/jobalyzer/${version}/autocomplete/${kind}?Term=${term}`);
      expect(body.Answers.map(({ Answer }: Suggested) => Answer)).toContain(answer);
    }
  });

  it('returns at most ten, best first', async () => {
    const client = await clientOf(await started());
    const { body } = await client.get('/jobalyzer/v2/autocomplete/Certifications?Term=c');
    const scores = body.Answers.map(({ Score }: Suggested) => Score);
    expect(scores).toHaveLength(10);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it.each([
    ['JobTitle', 'sof', 'soft'],
    ['Skills', 'p', 'py'],
    ['EmployerProductActivity', 'h', 'ho'],
  ])('returns nothing for the short %s "%s", but results for "%s"', async (kind, short, enough) => {
    const client = await clientOf(await started());
    const answers = async (term: string) =>
      (await client.get(`/jobalyzer/v2/autocomplete/${kind}?Term=${term}`)).body.Answers;
    expect(await answers(short)).toEqual([]);
    expect(await answers(enough)).not.toEqual([]);
  });

  it('accepts the documented parameters, and rejects a missing term and an unknown kind', async () => {
    const client = await clientOf(await started());
    const documented = await client.get('/jobalyzer/v2/autocomplete/Skills?Term=py', 'CustomerId=acme&User=acme');
    expect(documented.status).toBe(200);
    expect((await client.get('/jobalyzer/v2/autocomplete/Skills')).status).toBe(400);
    expect((await client.get('/jobalyzer/v2/autocomplete/toString?Term=abcd')).status).toBe(404);
  });

  it('treats special characters literally', async () => {
    const client = await clientOf(await started());
    expect((await client.get('/jobalyzer/v2/autocomplete/Skills?Term=.*')).body).toEqual({ Answers: [] });
    expect((await client.get('/jobalyzer/v2/autocomplete/Skills?Term=c%2B%2B')).body.Answers[0].Answer).toBe('C++');
  });
});

describe('title matches and locations of the simulator', () => {
  it('match a title to known ones with scores, tasks and years of experience', async () => {
    const client = await clientOf(await started());
    const { body } = await client.get('/jobalyzer/v2/jobtitlematch?JobTitle=Senior%20Front%20End%20Developper');
    expect(body.Answers[0].Answer).toBe('Front End Developer');
    expect(Object.keys(body.Tasks)).toEqual(body.Answers.map(({ Answer }: Suggested) => Answer));
    expect(body.Tasks['Front End Developer'].length).toBeGreaterThan(1);
    expect(body.YearsExperience).toBe(9);
    const plain = await client.get('/jobalyzer/v1/jobtitlematch?JobTitle=Chef');
    expect(plain.body.Answers[0]).toEqual({ Answer: 'Chef', Score: 100 });
    expect(plain.body.YearsExperience).toBeNull();
    expect((await client.get('/jobalyzer/v2/jobtitlematch')).status).toBe(400);
  });

  it('find places by word prefix, most frequent first', async () => {
    const client = await clientOf(await started());
    const { body } = await client.get('/jobalyzer/v2/locations/new%20york');
    expect(body.Name).toBe('Location');
    expect(body.Results[0]).toEqual({
      Text: 'New York, New York, United States',
      Id: expect.any(Number),
      Frequency: expect.any(Number),
    });
    expect((await client.get('/jobalyzer/v1/locations/ontario')).body.Results).toHaveLength(2);
    expect((await client.get('/jobalyzer/v2/locations/united')).body.Results).toHaveLength(10);
    expect((await client.get('/jobalyzer/v2/locations/gotham')).body.Results).toEqual([]);
  });
});

describe('the other endpoints of the simulator', () => {
  it('report the status without a token, regardless of the letter case', async () => {
    const { origin } = await started({ letterCase: 'camel' });
    expect((await call(`${origin}/status`)).body).toMatchObject({
      judgeServiceStatus: { status: 'OK', errorStatusCode: null, errorDescription: null },
      answerSearchServiceStatus: { status: 'OK' },
    });
  });

  it('have the simulator header on every response, including errors', async () => {
    const { origin } = await started();
    for (const path of ['/status', '/nowhere', '/simulator/counters', '/jobalyzer/v2/locations/%zz']) {
      const response = await fetch(origin + path);
      expect(response.headers.get('x-jobalyzer-simulator'), path).toBe('true');
    }
    expect((await fetch(`${origin}/nowhere`)).status).toBe(404);
    expect((await fetch(`${origin}/jobalyzer/v2/locations/%zz`)).status).toBe(400);
  });
});
