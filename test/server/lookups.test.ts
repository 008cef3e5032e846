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
import { codes, useStage } from '../service/stage.js';

useStage();

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
    upstream.script.lookup.push(json({ ErrorMessage: 'No data for Wizard', Context: null }, 404), status(404));
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
    expect(empty.data?.skillImpact).toEqual({ impacts: [], context: null });
    const { data } = await server.run(SkillImpactDocument, { jobTitle: 'B' });
    expect(data?.skillImpact.impacts).toMatchObject([
      { answer: 'Python', profileCount: 3, medianBasePay: null },
      { answer: 'C#', profileCount: null },
    ]);
  });

  it('with a value of the wrong type is UPSTREAM_BAD_RESPONSE with its path', async ({ upstream, start }) => {
    upstream.script.lookup.push(json(impactBody({ Answers: { 'C#': { MedianBasePay: 'much' as never } } })));
    const server = await start();
    const { errors } = await server.run(SkillImpactDocument, NURSE);
    expect(errors[0]?.extensions['code']).toBe('UPSTREAM_BAD_RESPONSE');
    expect(errors[0]?.message).toContain('Answers["C#"].MedianBasePay');
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
    ['a 400', status(400), 'UPSTREAM_BAD_RESPONSE', 1],
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
    ['a 404', status(404)],
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
    expect(data?.suggestLocations.map(({ text }) => text)).toEqual(found);
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
