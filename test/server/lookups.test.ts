import { describe, expect, it } from 'vitest';
import {
  CertificationImpactDocument,
  EducationImpactDocument,
  MatchJobTitleDocument,
  SkillImpactDocument,
  SuggestAnswersDocument,
  SuggestLocationsDocument,
  type AnswerKind,
} from '../generated/operations.js';
import {
  hang,
  impactBody,
  json,
  raw,
  redirect,
  reset,
  status,
  truncated,
  type Step,
} from '../fixtures/upstream/upstream.js';
import { codes, logOf } from '../fixtures/server/responses.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

const IMPACTS = [
  ['skillImpact', SkillImpactDocument, 'skills'],
  ['certificationImpact', CertificationImpactDocument, 'certs'],
  ['educationImpact', EducationImpactDocument, 'education'],
] as const;

const SILENCE = hang();

const NURSE = { jobTitle: 'Registered Nurse (RN)' };

describe.concurrent('an impact report', () => {
  it.for(IMPACTS)('has the upstream figures: %s', async ([field, document, path], { upstream, start }) => {
    const server = await start({ env: { JOBALYZER_API_VERSION: 'v2' } });
    const { data, errors } = await server.run<Record<string, unknown>, object>(String(document), NURSE);
    expect(errors).toEqual([]);
    expect(data?.[field]).toMatchObject({
      impacts: [
        {
          answer: 'Python',
          profileCount: 612,
          percentReporting: 0.33,
          medianBasePay: 108_600,
          payDifferential: 4_300,
          payDifferentialPercentage: 4.12,
        },
        { answer: 'C#', payDifferential: -2_200 },
        { answer: 'Microsoft Excel' },
      ],
      context: { submittedJobTitle: NURSE.jobTitle, matchedJobTitle: NURSE.jobTitle, jobTitleRating: 100 },
    });
    const [asked] = upstream.requests.filter(({ kind }) => kind === 'lookup');
    expect(asked?.path).toBe(`/jobalyzer/v2/impact/${path}`);
    expect(asked?.query).toMatchObject({ ...NURSE, autoResolveJobTitle: 'true' });
    expect(upstream.count('submit')).toBe(0);
  });

  it('passes autoResolveJobTitle to upstream', async ({ upstream, start }) => {
    const server = await start();
    await server.run(SkillImpactDocument, { ...NURSE, autoResolveJobTitle: false });
    await server.run(SkillImpactDocument, { ...NURSE, autoResolveJobTitle: true });
    const flags = upstream.requests.map(({ query }) => query['autoResolveJobTitle']).filter(Boolean);
    expect(flags).toEqual(['false', 'true']);
  });

  it.for(IMPACTS)('for an unknown title is NOT_FOUND: %s', async ([field, document], { upstream, start }) => {
    upstream.script.lookup.push(json({ ErrorMessage: 'No data for Wizard', Context: null }, 404), json({}, 404));
    const server = await start();
    const response = await server.run<unknown, object>(String(document), { jobTitle: 'Wizard' });
    expect(codes(response)).toEqual({ [field]: 'NOT_FOUND' });
    expect(response.errors[0]?.message).toBe('No data for Wizard');
    const silent = await server.run<unknown, object>(String(document), { jobTitle: 'Sorcerer' });
    expect(codes(silent)).toEqual({ [field]: 'NOT_FOUND' });
    expect(silent.errors[0]?.message).toMatch(/does not recognize/);
    expect(upstream.count('lookup')).toBe(2);
  });

  it('tolerates missing parts, in either letter case', async ({ upstream, start }) => {
    upstream.script.lookup.push(json({}), json({ answers: { Python: { profileCount: 3 }, 'C#': {}, Excel: null } }));
    const server = await start();
    const empty = await server.run(SkillImpactDocument, { jobTitle: 'A' });
    expect(empty.data?.skillImpact).toEqual({ impacts: [], context: null, warnings: [] });
    const { data } = await server.run(SkillImpactDocument, { jobTitle: 'B' });
    expect(data?.skillImpact?.impacts).toMatchObject([
      { answer: 'Python', profileCount: 3, medianBasePay: null },
      { answer: 'C#', profileCount: null },
    ]);
  });

  it('is served without a figure that cannot be read, with a warning and a line in the log', async ({
    upstream,
    start,
  }) => {
    upstream.script.lookup.push(json(impactBody({ Answers: { 'C#': { MedianBasePay: 'much' as never } } })));
    const server = await start();
    const { data, errors } = await server.run(SkillImpactDocument, NURSE);
    expect(errors).toEqual([]);
    expect(data?.skillImpact?.impacts).toMatchObject([
      { answer: 'Python', medianBasePay: 108_600 },
      { answer: 'C#', medianBasePay: null, profileCount: 288 },
      { answer: 'Microsoft Excel' },
    ]);
    const path = 'Answers["C#"].MedianBasePay';
    expect(data?.skillImpact?.warnings).toMatchObject([{ code: 'UNREADABLE', message: expect.stringContaining(path) }]);
    await server.run(SkillImpactDocument, NURSE);
    expect(logOf(server).filter(({ unreadable }) => unreadable)).toMatchObject([
      { count: 1, unreadable: [path], endpoint: '/jobalyzer/v1/impact' },
    ]);
  });

  it.for(['<html>Not found</html>', ''])(
    'is UPSTREAM_UNAVAILABLE, not an unknown title, if something in front of upstream answers 404 with %j',
    async (page, { upstream, start }) => {
      upstream.script.lookup.otherwise(raw(page, 404));
      const server = await start();
      expect(codes(await server.run(SkillImpactDocument, NURSE))).toEqual({ skillImpact: 'UPSTREAM_UNAVAILABLE' });
      const found = await server.run(SuggestLocationsDocument, { term: 'Seattle' });
      expect(codes(found)).toEqual({ suggestLocations: 'UPSTREAM_UNAVAILABLE' });
    },
  );

  it('that is not there yet is asked for again, when upstream says', async ({ upstream, start }) => {
    upstream.script.lookup.push(status(202, undefined, { 'retry-after': '1' }));
    const server = await start();
    const { data } = await server.run(SkillImpactDocument, NURSE);
    expect(data?.skillImpact?.impacts).toHaveLength(3);
    const [first, second] = upstream.requests.filter(({ kind }) => kind === 'lookup').map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
  });
});

describe.concurrent('a failing lookup', () => {
  it.for<[string, Step]>([
    ['a 500', status(500)],
    ['a 503 with Retry-After', status(503, undefined, { 'retry-after': '1' })],
    ['a 429', status(429)],
    ['a connection reset', reset()],
    ['a truncated body', truncated()],
    ['a 401', status(401)],
  ])('is retried after %s', async ([, step], { upstream, start }) => {
    upstream.script.lookup.push(step);
    const server = await start();
    expect((await server.run(SkillImpactDocument, NURSE)).errors).toEqual([]);
    expect(upstream.count('lookup')).toBe(2);
  });

  it.for<[string, Step, string, number]>([
    ['500s', status(500), 'UPSTREAM_UNAVAILABLE', 3],
    ['resets', reset(), 'UPSTREAM_UNAVAILABLE', 3],
    ['401s', status(401), 'UPSTREAM_UNAUTHORIZED', 2],
    ['429s', status(429), 'UPSTREAM_RATE_LIMITED', 3],
    ['a long Retry-After', status(429, undefined, { 'retry-after': '90' }), 'UPSTREAM_RATE_LIMITED', 1],
    ['no response', SILENCE, 'UPSTREAM_TIMEOUT', 1],
    ['invalid JSON', raw('<html>'), 'UPSTREAM_BAD_RESPONSE', 1],
    ['a JSON list', json([]), 'UPSTREAM_BAD_RESPONSE', 1],
    ['a redirect', redirect('/jobalyzer/v1/impact/elsewhere'), 'UPSTREAM_BAD_RESPONSE', 1],
    ['a 400', json({ ErrorMessage: 'No.' }, 400), 'UPSTREAM_BAD_RESPONSE', 1],
    ['a 400 of a gateway', status(400), 'UPSTREAM_UNAVAILABLE', 3],
  ])('returns an error code and is not cached: %s', async ([, step, code, requests], { upstream, start }) => {
    upstream.script.lookup.otherwise(step);
    const server = await start(step === SILENCE ? { overrides: { timeouts: { lookup: 4_000 } } } : {});
    const failed = await server.run(SkillImpactDocument, NURSE);
    expect(codes(failed)).toEqual({ skillImpact: code });
    expect(upstream.count('lookup')).toBe(requests);
    upstream.script.lookup.otherwise();
    expect((await server.run(SkillImpactDocument, NURSE)).errors).toEqual([]);
  });

  it('returns the Retry-After of upstream as retryAfterMs', async ({ upstream, start }) => {
    upstream.script.lookup.push(status(429, undefined, { 'retry-after': '90' }));
    const server = await start();
    const { errors } = await server.run(SkillImpactDocument, NURSE);
    expect(errors[0]?.extensions).toEqual({ code: 'UPSTREAM_RATE_LIMITED', retryAfterMs: 90_000 });
  });

  it('is sent upstream once for concurrent requests, and then cached', async ({ upstream, start }) => {
    const server = await start();
    await Promise.all(Array.from({ length: 30 }, () => server.run(SuggestLocationsDocument, { term: 'Seattle' })));
    await server.run(SuggestLocationsDocument, { term: ' Seattle ' });
    expect(upstream.count('lookup')).toBe(1);
  });
});

describe.concurrent('a look-up without a token', () => {
  it.for<[string, Step, string]>([
    ['a 429 with Retry-After', status(429, undefined, { 'retry-after': '60' }), 'UPSTREAM_RATE_LIMITED'],
    ['a 503 with Retry-After', status(503, undefined, { 'retry-after': '60' }), 'UPSTREAM_UNAVAILABLE'],
    ['HTML with Retry-After', raw('<html>', 200, { 'retry-after': '60' }), 'UPSTREAM_BAD_RESPONSE'],
  ])('is one of 25 for which the token is requested once, after %s', async ([, step, code], { upstream, start }) => {
    upstream.script.token.otherwise(step);
    const server = await start();
    const look = (index: number) => server.run(SuggestLocationsDocument, { term: `Place ${index}` });
    const first = await look(0);
    const failed = [first, ...(await Promise.all(Array.from({ length: 24 }, (_, index) => look(index + 1))))];
    expect(failed.map(codes)).toEqual(failed.map(() => ({ suggestLocations: code })));
    expect(first.errors[0]?.extensions['retryAfterMs']).toBeGreaterThan(30_000);
    expect(upstream.count('token')).toBe(1);
  });

  it.for([401, 403, 500])('waits if the very first token request is answered %i', async (code, { upstream, start }) => {
    upstream.script.token.push(status(code));
    const server = await start();
    expect((await server.run(SkillImpactDocument, NURSE)).errors).toEqual([]);
    expect(upstream.count('token')).toBe(2);
  });
});

describe.concurrent('suggestAnswers', () => {
  it.for<[AnswerKind, string, string[]]>([
    ['JOB_TITLE', 'Software D', ['Software Developer']],
    ['SKILLS', 'py', ['Python', 'PyTorch']],
    ['CERTIFICATIONS', 'Scrum', ['Certified ScrumMaster (CSM)']],
    ['EMPLOYER_PRODUCT_ACTIVITY', 'hosp', ['Hospital']],
    ['HIGHEST_DEGREE_EARNED', 'phd', ['Doctorate (PhD)']],
  ])('completes %s', async ([kind, term, found], { start }) => {
    const server = await start();
    const { data, errors } = await server.run(SuggestAnswersDocument, { kind, term });
    expect(errors).toEqual([]);
    expect(data?.suggestAnswers).toEqual(found.map((answer, index) => ({ answer, score: 100 - index })));
  });

  it.for<[AnswerKind, string]>([
    ['JOB_TITLE', 'Sof'],
    ['SKILLS', 'p'],
    ['EMPLOYER_PRODUCT_ACTIVITY', 'h'],
    ['SKILLS', ''],
    ['SKILLS', '   '],
  ])('returns nothing for a term that is too short: %s %j', async ([kind, term], { start }) => {
    const server = await start();
    const { data, errors } = await server.run(SuggestAnswersDocument, { kind, term });
    expect([data, errors]).toEqual([{ suggestAnswers: [] }, []]);
  });
});

describe.concurrent('matchJobTitle', () => {
  it('returns matching titles with their tasks and years of experience', async ({ upstream, start }) => {
    const server = await start();
    const { data } = await server.run(MatchJobTitleDocument, NURSE);
    expect(data?.matchJobTitle).toEqual({
      matches: [{ answer: NURSE.jobTitle, score: 1 }],
      tasks: [{ jobTitle: NURSE.jobTitle, tasks: ['Write and test code.', 'Review the work of others.'] }],
      yearsExperience: null,
    });
    expect(upstream.count('submit')).toBe(0);
  });

  it.for<[string, Step]>([
    ['a 404', json({ ErrorMessage: null, Context: null }, 404)],
    ['an empty list', json({ Answers: [], Tasks: {} })],
    ['null fields', json({ Answers: null, Tasks: null, YearsExperience: null })],
  ])('is NOT_FOUND if upstream responds with %s', async ([, step], { upstream, start }) => {
    upstream.script.lookup.push(step);
    const server = await start();
    expect(codes(await server.run(MatchJobTitleDocument, NURSE))).toEqual({ matchJobTitle: 'NOT_FOUND' });
  });
});

describe.concurrent('suggestLocations', () => {
  it.for<[string, string[]]>([
    ['Seattle', ['Seattle, Washington', 'Seattle Hill, Washington']],
    ['Seattle Hill, W', ['Seattle Hill, Washington']],
    ['a/b?c=d&e#f', []],
    ['100%', []],
    ['Zürich', []],
  ])('sends the term %j encoded in the path', async ([term, found], { upstream, start }) => {
    const server = await start();
    const { data, errors } = await server.run(SuggestLocationsDocument, { term });
    expect(errors).toEqual([]);
    expect(data?.suggestLocations?.map(({ text }) => text)).toEqual(found);
    const asked = upstream.requests.filter(({ kind }) => kind === 'lookup').map(({ path }) => path);
    expect(asked).toEqual([`/jobalyzer/v2/locations/${encodeURIComponent(term)}`]);
  });

  it.for(['', '.', '..'])('prevents path traversal for %j', async (term, { upstream, start }) => {
    const server = await start();
    const { data, errors } = await server.run(SuggestLocationsDocument, { term });
    expect([data, errors]).toEqual([{ suggestLocations: [] }, []]);
    expect(upstream.count('unknown')).toBe(0);
  });
});

describe.concurrent('a lookup of any size', () => {
  const many = (length: number) => Array.from({ length }, (_, index) => index);

  it('gives the first thousand impacts, and a warning', async ({ upstream, start }) => {
    const figures = many(60_000).map((index) => [`Skill ${index}`, { ProfileCount: index }]);
    upstream.script.lookup.push(json({ Answers: Object.fromEntries(figures) }));
    const { data, errors } = await (await start()).run(SkillImpactDocument, NURSE);
    expect(errors).toEqual([]);
    expect(data?.skillImpact?.impacts).toHaveLength(1_000);
    expect(data?.skillImpact?.impacts[999]).toMatchObject({ answer: 'Skill 999', profileCount: 999 });
    expect(data?.skillImpact?.warnings).toMatchObject([
      { code: 'TRUNCATED', message: 'Answers is too long: the first 1000 elements of 60000 are given.' },
    ]);
  });

  it('gives the first thousand places and the best ten suggestions', async ({ upstream, start }) => {
    const server = await start();
    upstream.script.lookup.push(json({ Results: many(20_000).map((index) => ({ Text: `Place ${index}` })) }));
    const places = await server.run(SuggestLocationsDocument, { term: 'Place' });
    expect(places.data?.suggestLocations).toHaveLength(1_000);
    upstream.script.lookup.push(
      json({ Answers: many(20_000).map((index) => ({ Answer: `Skill ${index}`, Score: 1 })) }),
    );
    const skills = await server.run(SuggestAnswersDocument, { kind: 'SKILLS', term: 'Skill' });
    expect(skills.data?.suggestAnswers?.map(({ answer }) => answer)).toEqual(many(10).map((index) => `Skill ${index}`));
  });

  it('gives ten thousand elements of lists in lists', async ({ upstream, start }) => {
    const tasks = Object.fromEntries(many(100).map((index) => [`Title ${index}`, many(1_000).map(String)]));
    upstream.script.lookup.push(json({ Answers: [{ Answer: 'Title 0', Score: 1 }], Tasks: tasks }));
    const { data } = await (await start()).run(MatchJobTitleDocument, NURSE);
    const given = data?.matchJobTitle?.tasks.flatMap((each) => each.tasks);
    expect(given?.length).toBe(10_000 - 100 - 1);
  });

  it('has entries whose names mean something in JavaScript', async ({ upstream, start }) => {
    const answers = ['__proto__', 'constructor', 'toString'].map((name) => `"${name}":{"ProfileCount":7}`);
    upstream.script.lookup.push(raw(`{"Answers":{${answers.join()}},"__proto__":{"Context":{}}}`));
    const { data, errors } = await (await start()).run(SkillImpactDocument, NURSE);
    expect(errors).toEqual([]);
    expect(data?.skillImpact?.impacts.map(({ answer, profileCount }) => [answer, profileCount])).toEqual([
      ['__proto__', 7],
      ['constructor', 7],
      ['toString', 7],
    ]);
  });
});
