import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  FirstReportDocument,
  FullReportDocument,
  SkillImpactDocument,
  SuggestAnswersDocument,
  UsageDocument,
} from '../generated/operations.js';
import { startTestServer, type TestServer } from '../helpers/server.js';
import { codes, SEATTLE } from '../service/stage.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('a server without any settings', () => {
  it('answers the first question anybody asks, with figures that make sense', async () => {
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

  it('answers it a second time from what it has', async () => {
    const first = await server.run(FirstReportDocument);
    const before = (await server.run(UsageDocument)).data?.usage.submitted;
    expect((await server.run(FirstReportDocument)).data).toEqual(first.data);
    expect((await server.run(UsageDocument)).data?.usage.submitted).toBe(before);
  });

  it('tells every field, suggestions and impacts', async () => {
    expect((await server.run(FullReportDocument, { answers: SEATTLE })).errors).toEqual([]);
    const impacts = await server.run(SkillImpactDocument, { jobTitle: 'Software Developer' });
    expect(impacts.data?.skillImpact.impacts.length).toBeGreaterThan(0);
    const suggestions = await server.run(SuggestAnswersDocument, { kind: 'JOB_TITLE', term: 'Software' });
    expect(suggestions.data?.suggestAnswers.length).toBeGreaterThan(0);
  });

  it('refuses a title it does not know, with what it would know', async () => {
    const answers = { ...SEATTLE, jobTitle: 'Software Wizzard' };
    const refused = await server.run(FullReportDocument, { answers });
    expect(codes(refused)).toEqual({ 'report.pay': 'UNCONFIRMED_ANSWER', 'report.yoe': 'UNCONFIRMED_ANSWER' });
    expect(refused.errors[0]?.extensions['suggestions']).toContainEqual(
      expect.objectContaining({ answerId: 'JobTitle', answer: 'Software Developer' }),
    );
  });

  it('warns of a skill it does not know', async () => {
    const answers = { ...SEATTLE, skills: ['Sorcery'] };
    const { data, errors } = await server.run(FullReportDocument, { answers });
    expect(errors).toEqual([]);
    expect(data?.report.pay?.warnings).toContainEqual(
      expect.objectContaining({ answerId: 'Skills', answerValue: 'Sorcery' }),
    );
  });
});
