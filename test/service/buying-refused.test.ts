import { describe, expect, it } from 'vitest';
import { PayAndYoeDocument, PayOnlyDocument, RequestReportDocument, UsageDocument } from '../generated/operations.js';
import { hang, json, rejected, status, unconfirmed, type Step } from '../fixtures/upstream/upstream.js';
import { eventually } from '../fixtures/eventually.js';
import { codes } from '../fixtures/server/responses.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

const WIZARD = { ...SEATTLE, jobTitle: 'Software Wizard' };
const ISSUE = {
  field: 'jobTitle',
  answerId: 'JobTitle',
  answerValue: 'Software Wizard',
  message: "'Software Wizard' is not a confirmed answer",
  code: 'UnconfirmedAnswer',
};
const UNCONFIRMED = { 'report.pay': 'UNCONFIRMED_ANSWER', 'report.yoe': 'UNCONFIRMED_ANSWER' };

describe.concurrent('an unconfirmed answer', () => {
  it.for<[string, Step]>([
    ['a 200 with errors and null links', rejected([unconfirmed('JobTitle', 'Software Wizard')])],
    ['a 200 with errors and no links', json({ Errors: [unconfirmed('JobTitle', 'Software Wizard')] })],
    ['a 200 with errors and empty links', json({ Links: {}, Errors: [unconfirmed('JobTitle', 'Software Wizard')] })],
    ['a 400', rejected([unconfirmed('JobTitle', 'Software Wizard')], 400)],
  ])('is UNCONFIRMED_ANSWER with the issues and suggestions after %s', async ([, step], { upstream, start }) => {
    upstream.script.submit.push(step);
    const server = await start();
    const refused = await server.run(PayAndYoeDocument, { answers: WIZARD });
    expect(codes(refused)).toEqual(UNCONFIRMED);
    expect(refused.data?.report?.status).toEqual({ pay: 'FAILED', yoe: 'FAILED' });
    for (const { extensions, message } of refused.errors) {
      expect(message).toContain('Software Wizard');
      expect(extensions['issues']).toEqual([ISSUE]);
      expect(extensions['suggestions']).toEqual([
        { field: 'jobTitle', answerId: 'JobTitle', answer: 'Software Developer', score: 100 },
        { field: 'jobTitle', answerId: 'JobTitle', answer: 'Software Engineer', score: 99 },
        { field: 'jobTitle', answerId: 'JobTitle', answer: 'Senior Software Engineer', score: 98 },
      ]);
    }
    expect(upstream.bought()).toBe(0);
  });

  it('is sent once for many queries, even after a restart', async ({ upstream, start, restart }) => {
    upstream.script.submit.otherwise(rejected([unconfirmed('JobTitle', 'Software Wizard')]));
    const server = await start();
    const ask = () => server.run(PayAndYoeDocument, { answers: WIZARD });
    const answers = await Promise.all(Array.from({ length: 50 }, ask));
    for (let repeat = 0; repeat < 50; repeat++) answers.push(await ask());
    for (const answer of answers) expect(codes(answer)).toEqual(UNCONFIRMED);
    const second = await restart(server);
    expect(codes(await second.run(PayAndYoeDocument, { answers: WIZARD }))).toEqual(UNCONFIRMED);
    expect(upstream.count('submit')).toBe(1);
    expect((await second.run(UsageDocument)).data?.usage).toMatchObject({ submitted: 2, failed: 2, collected: 0 });
  });

  it('can be sent again once the cached rejection has expired', async ({ upstream, start }) => {
    upstream.script.submit.push(rejected());
    const server = await start({ overrides: { rejectedTtlMs: 1 } });
    expect(codes(await server.run(PayOnlyDocument, { answers: SEATTLE }))).toEqual({
      'report.pay': 'UNCONFIRMED_ANSWER',
    });
    // A quick machine asks before.
    await eventually(async () => expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]));
    expect(upstream.count('submit')).toBe(2);
  });

  it('has no suggestions if there are none', async ({ upstream, start }) => {
    upstream.script.submit.push(rejected([unconfirmed('Skills', 'Sorcery')]));
    const server = await start();
    const refused = await server.run(PayOnlyDocument, { answers: { ...SEATTLE, skills: ['Sorcery'] } });
    expect(refused.errors[0]?.extensions['issues']).toHaveLength(1);
    expect(refused.errors[0]?.extensions).not.toHaveProperty('suggestions');
  });

  it.for<[string, Step]>([
    ['fails', status(500)],
    ['times out', hang()],
  ])('is still reported when the lookup of suggestions %s', async ([how, step], { upstream, start }) => {
    upstream.script.submit.push(rejected([unconfirmed('JobTitle', 'Software Wizard')]));
    upstream.script.lookup.otherwise(step);
    // Longer than this test: only the bound of the search itself can end a lookup that hangs.
    const server = await start({ overrides: { timeouts: { lookup: 120_000 } } });
    const refused = await server.run(PayOnlyDocument, { answers: WIZARD });
    expect(codes(refused)).toEqual({ 'report.pay': 'UNCONFIRMED_ANSWER' });
    expect(refused.errors[0]?.extensions['issues']).toEqual([ISSUE]);
    expect(upstream.count('lookup')).toBeGreaterThanOrEqual(how === 'fails' ? 1 : 0);
    expect(upstream.count('lookup')).toBeLessThanOrEqual(6);
  });

  it('is reported together with all others', async ({ upstream, start }) => {
    upstream.script.submit.push(rejected([unconfirmed('Skills', 'Pyth'), unconfirmed('City', 'Atlantis')]));
    const server = await start();
    const refused = await server.run(PayOnlyDocument, { answers: { ...SEATTLE, skills: ['Pyth'], city: 'Atlantis' } });
    const [error] = refused.errors;
    expect(error?.message).toContain('Pyth');
    expect(error?.message).toContain('Atlantis');
    expect(error?.extensions['issues']).toHaveLength(2);
    expect(error?.extensions['suggestions']).toEqual([
      { field: 'skills', answerId: 'Skills', answer: 'Python', score: 100 },
    ]);
  });

  it('is reported by requestReport as the status FAILED', async ({ upstream, start }) => {
    upstream.script.submit.push(rejected());
    const server = await start();
    expect(codes(await server.run(PayOnlyDocument, { answers: SEATTLE }))).not.toEqual({});
    const { data, errors } = await server.run(RequestReportDocument, { answers: SEATTLE, types: ['PAY'] });
    expect(errors).toEqual([]);
    expect(data?.requestReport?.status).toEqual({ pay: 'FAILED', yoe: 'NOT_REQUESTED' });
    expect(upstream.count('submit')).toBe(1);
  });
});

describe.concurrent('a rejection without an unconfirmed answer', () => {
  it.for<[string, Step]>([
    ['says why', status(400, { Errors: [{ Message: 'Out of paper', Code: 'Paper' }], Warnings: null })],
    ['says nothing', status(400)],
    ['is not JSON', status(400, '<html>Bad Request</html>')],
  ])('that %s is REPORT_FAILED and cached, and buys nothing', async ([name, step], { upstream, start }) => {
    upstream.script.submit.push(step);
    const server = await start();
    for (let repeat = 0; repeat < 3; repeat++) {
      const refused = await server.run(PayOnlyDocument, { answers: SEATTLE });
      expect(codes(refused)).toEqual({ 'report.pay': 'REPORT_FAILED' });
      const { message, extensions } = refused.errors[0] ?? {};
      expect(message).toMatch(name === 'says why' ? /Out of paper/ : /refused/);
      expect(extensions?.['issues']).toEqual(
        name === 'says why'
          ? [{ field: null, answerId: null, answerValue: null, message: 'Out of paper', code: 'Paper' }]
          : [],
      );
    }
    expect([upstream.count('submit'), upstream.bought()]).toEqual([1, 0]);
  });
});
