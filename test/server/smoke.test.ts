import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  FirstReportDocument,
  FullReportDocument,
  SkillImpactDocument,
  SuggestAnswersDocument,
  UsageDocument,
} from '../generated/operations.js';
import { startTestServer, type TestServer } from '../fixtures/server/server.js';
import { codes } from '../fixtures/server/responses.js';
import { SEATTLE } from '../fixtures/answers/answers.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('a server with default settings', () => {
  it('returns plausible figures for a first report', async () => {
    const { data, errors, headers } = await server.run(FirstReportDocument);
    expect(errors).toEqual([]);
    const report = data?.report;
    expect(report?.id).toMatch(/^[\w-]{43}$/);
    expect(report?.status).toEqual({ pay: 'READY', yoe: 'READY' });
    const { currencyName, percentile25, percentile50, percentile75 } = report?.pay?.basePay ?? {};
    expect(currencyName).toBe('US Dollar');
    expect(percentile25).toBeGreaterThan(20_000);
    expect(percentile50).toBeGreaterThan(percentile25 ?? Infinity);
    expect(percentile75).toBeGreaterThan(percentile50 ?? Infinity);
    expect(report?.yoe?.ranges.length).toBeGreaterThan(2);
    expect(headers.get('x-jobalyzer-simulator')).toBe('true');
  });

  it('returns the same report again without buying it', async () => {
    const first = await server.run(FirstReportDocument);
    const before = (await server.run(UsageDocument)).data?.usage?.submitted;
    expect((await server.run(FirstReportDocument)).data).toEqual(first.data);
    expect((await server.run(UsageDocument)).data?.usage?.submitted).toBe(before);
  });

  it('serves every report field, impacts and suggestions', async () => {
    expect((await server.run(FullReportDocument, { answers: SEATTLE })).errors).toEqual([]);
    const impacts = await server.run(SkillImpactDocument, { jobTitle: 'Software Developer' });
    expect(impacts.data?.skillImpact?.impacts.length).toBeGreaterThan(0);
    const suggestions = await server.run(SuggestAnswersDocument, { kind: 'JOB_TITLE', term: 'Software' });
    expect(suggestions.data?.suggestAnswers?.length).toBeGreaterThan(0);
  });

  it('rejects an unknown job title with suggestions', async () => {
    const answers = { ...SEATTLE, jobTitle: 'Software Wizzard' };
    const refused = await server.run(FullReportDocument, { answers });
    expect(codes(refused)).toEqual({ 'report.pay': 'UNCONFIRMED_ANSWER', 'report.yoe': 'UNCONFIRMED_ANSWER' });
    expect(refused.errors[0]?.extensions['suggestions']).toContainEqual(
      expect.objectContaining({ answerId: 'JobTitle', answer: 'Software Developer' }),
    );
  });

  it('returns a warning for an unknown skill', async () => {
    const answers = { ...SEATTLE, skills: ['Sorcery'] };
    const { data, errors } = await server.run(FullReportDocument, { answers });
    expect(errors).toEqual([]);
    expect(data?.report?.pay?.warnings).toContainEqual(
      expect.objectContaining({ answerId: 'Skills', answerValue: 'Sorcery' }),
    );
  });
});
