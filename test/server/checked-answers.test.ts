import { describe, it } from 'vitest';
import { CheckAnswersDocument, PayOnlyDocument, ReportStandingDocument } from '../generated/operations.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { eventually } from '../fixtures/eventually.js';
import { codes, logOf } from '../fixtures/server/responses.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { asUsual, gate, hang, json, raw, status, type Step, type Upstream } from '../fixtures/upstream/upstream.js';

useServers({ pendingPolls: 0 });

const WARNINGS = `query ($answers: AnswersInput!, $buy: Boolean! = true) {
  report(answers: $answers) { pay(buy: $buy) { warnings { answerId answerValue code } } }
}`;
const CORRECT = { env: { ANSWER_CHECK: 'correct' } };
const STRICT = { env: { ANSWER_CHECK: 'strict', BUDGET_REPORTS_PER_DAY: '5' } };
const USED = '{ viewer { budget { used } } }';
const KNITTING = { ...SEATTLE, skills: ['Python', 'Knitting'] };
const WIZARD = { jobTitle: 'Wizard', country: 'United States' };

const lookupsOf = (upstream: Upstream): string[] =>
  upstream.requests
    .filter(({ kind }) => kind === 'lookup')
    .map(({ path, query }) =>
      `${path.split('/').slice(3).join('/')} ${query['Term'] ?? query['jobTitle'] ?? ''}`.trim(),
    );

/** What a look-up of this kind is answered; others as usual. */
const only =
  (part: string, step: Step): Step =>
  (request) =>
    request.path.includes(part) ? step : asUsual();
const UNRESOLVED = only('/impact/', json({ ErrorMessage: 'Unknown.', Context: null }, 404));

describe.concurrent('checkAnswers', () => {
  it('tells of each answer what upstream has, and the report of the answers as given', async ({
    upstream,
    start,
    expect,
  }) => {
    const server = await start();
    const answers = { ...SEATTLE, jobTitle: 'software  developer', skills: ['python', 'Knitting'], yearsExperience: 3 };
    const { data, errors } = await server.run(CheckAnswersDocument, { answers });
    expect(errors).toEqual([]);
    expect(data?.checkAnswers?.answers).toMatchObject([
      { field: 'jobTitle', value: 'software developer', verdict: 'CORRECTED', spelling: 'Software Developer' },
      { field: 'country', verdict: 'UNCHECKED' },
      { field: 'state', verdict: 'UNCHECKED' },
      { field: 'city', verdict: 'UNCHECKED' },
      { field: 'yearsExperience', value: '3', verdict: 'UNCHECKED', spelling: null, suggestions: [] },
      { field: 'skills', value: 'Knitting', verdict: 'UNKNOWN', suggestions: [] },
      { field: 'skills', value: 'python', verdict: 'CORRECTED', spelling: 'Python' },
    ]);
    expect(data?.checkAnswers).toMatchObject({ matchedJobTitle: 'software developer', jobTitleRating: 100 });
    const { data: standing } = await server.run(ReportStandingDocument, { answers });
    expect(data?.checkAnswers?.report.id).toBe(standing?.report?.id);
    expect(upstream.count('submit')).toBe(0);
  });

  it('counts as a report, in one operation as towards the rate', async ({ upstream, start, expect }) => {
    const server = await start({
      env: { MAX_REPORTS_PER_OPERATION: '2', RATE_LIMIT_MAX: '4', RATE_LIMIT_WINDOW_MS: '86400000' },
    });
    const checks = (count: number): string => {
      const check = (_: unknown, i: number) => `c${i}: checkAnswers(answers: { jobTitle: "Job ${i}", country: "X" })`;
      return `{ ${Array.from({ length: count }, check).join(' { matchedJobTitle } ')} { matchedJobTitle } }`;
    };
    const refused = await server.run(checks(3));
    expect(refused.errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_LARGE', limit: 2, value: 3 } }]);
    expect(upstream.count('lookup')).toBe(0);
    expect((await server.run(checks(2))).errors).toEqual([]);
    const looked = upstream.count('lookup');
    expect(looked).toBeGreaterThan(0);
    // The first operation was one point and the second two, so one is left.
    expect(codes(await server.run(checks(2)))).toEqual({ '': 'RATE_LIMITED' });
    expect(upstream.count('lookup')).toBe(looked);
  });

  it('buys and stores nothing, also for clients that may only read and by GET', async ({ start, expect }) => {
    const server = await start({ env: { READERS: 'anonymous' } });
    const query = `{ checkAnswers(answers: { jobTitle: "Cashier", country: "X" }) { answers { verdict } report { id status { pay } } } }`;
    const url = `${server.url}/graphql?query=${encodeURIComponent(query)}`;
    const response = await fetch(url, { headers: { 'apollo-require-preflight': 'true' } });
    const { data } = (await response.json()) as {
      data: { checkAnswers: { answers: object[]; report: { id: string } } };
    };
    expect(data.checkAnswers).toMatchObject({
      answers: [{ verdict: 'EXACT' }, { verdict: 'UNCHECKED' }],
      report: { status: { pay: 'NOT_REQUESTED' } },
    });
    const known = await server.run(`{ reportById(id: "${data.checkAnswers.report.id}") { id } }`);
    expect(known.data).toEqual({ reportById: null });
  });

  it('uses a point of the rate limit, like other look-ups', async ({ start, expect }) => {
    const server = await start({ env: { RATE_LIMIT_MAX: '2' } });
    const asked = [1, 2, 3].map(async () => codes(await server.run(CheckAnswersDocument, { answers: SEATTLE })));
    expect((await Promise.all(asked)).map((each) => Object.values(each))).toEqual([[], [], ['RATE_LIMITED']]);
  });

  it('refuses what cannot be answers', async ({ upstream, start, expect }) => {
    const server = await start();
    const response = await server.run(CheckAnswersDocument, { answers: { jobTitle: ' ', country: 'X' } });
    expect(codes(response)).toEqual({ checkAnswers: 'BAD_USER_INPUT' });
    expect(response.errors[0]?.extensions).toMatchObject({ argument: 'answers.jobTitle' });
    expect(upstream.count('lookup')).toBe(0);
  });

  it('shares its look-ups with other callers and with purchases', async ({ upstream, start, expect }) => {
    const server = await start(CORRECT);
    await Promise.all([1, 2, 3].map(() => server.run(CheckAnswersDocument, { answers: KNITTING })));
    const asked = lookupsOf(upstream);
    expect(new Set(asked).size).toBe(asked.length);
    await server.run(WARNINGS, { answers: KNITTING });
    expect(lookupsOf(upstream)).toEqual(asked);
  });
});

describe.concurrent('before a purchase, answers', () => {
  it('are looked up, and what upstream ignores is in the warnings of the report', async ({
    upstream,
    start,
    expect,
  }) => {
    const server = await start(CORRECT);
    const { data, errors } = await server.run(WARNINGS, { answers: KNITTING });
    expect(errors).toEqual([]);
    const ignored = { answerId: 'Skills', answerValue: 'Knitting', code: 'UNKNOWN_ANSWER' };
    expect(data).toEqual({ report: { pay: { warnings: [ignored] } } });
    expect(lookupsOf(upstream).toSorted()).toEqual([
      'autocomplete/JobTitle software developer',
      'autocomplete/Skills Knitting',
      'autocomplete/Skills knitting',
      'autocomplete/Skills python',
      'locations/seattle',
    ]);
  });

  it('are not looked up with ANSWER_CHECK=off', async ({ upstream, start, expect }) => {
    const server = await start({ env: { ANSWER_CHECK: 'off' } });
    expect((await server.run(WARNINGS, { answers: KNITTING })).data).toEqual({ report: { pay: { warnings: [] } } });
    expect(upstream.count('lookup')).toBe(0);
    expect(upstream.count('submit')).toBe(1);
  });

  it('are not looked up for what is stored or under way, or must not be bought', async ({
    upstream,
    start,
    expect,
  }) => {
    const server = await start(CORRECT);
    await server.run(WARNINGS, { answers: numbered(1), buy: false });
    const get = `{ report(answers: { jobTitle: "Cashier", country: "X" }) { pay { collectedAt } } }`;
    await fetch(`${server.url}/graphql?query=${encodeURIComponent(get)}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
    expect(upstream.count('lookup')).toBe(0);
    const held = gate();
    upstream.script.submit.push(held);
    const first = server.run(WARNINGS, { answers: numbered(1) });
    await held.arrived;
    const before = upstream.count('lookup');
    const second = server.run(WARNINGS, { answers: numbered(1) });
    held.release();
    expect((await Promise.all([first, second])).map(({ errors }) => errors)).toEqual([[], []]);
    await server.run(WARNINGS, { answers: numbered(1) });
    expect(upstream.count('lookup')).toBe(before);
  });

  it('that upstream ignores are remembered through a restart', async ({ upstream, start, restart, expect }) => {
    const server = await start(CORRECT);
    const held = gate();
    upstream.script.poll('pay').otherwise(held);
    void server.run(WARNINGS, { answers: KNITTING }).catch(() => undefined);
    await held.arrived;
    upstream.script.poll('pay').otherwise();
    held.release(status(503));
    const again = await restart(server, { env: { ANSWER_CHECK: 'off' } });
    await eventually(async () => {
      const { data } = await again.run(WARNINGS, { answers: KNITTING, buy: false });
      expect(data).toMatchObject({ report: { pay: { warnings: [{ answerValue: 'Knitting' }] } } });
    });
    expect(upstream.count('submit')).toBe(1);
  });
});

describe.concurrent('with ANSWER_CHECK=strict', () => {
  it('an answer that upstream does not know is refused before anything is spent', async ({
    upstream,
    start,
    expect,
  }) => {
    const server = await start(STRICT);
    const skills = { jobTitle: 'Cashier', country: 'X', skills: ['Pyt', 'Python', 'Knitting'] };
    const response = await server.run(PayOnlyDocument, { answers: skills });
    expect(codes(response)).toEqual({ 'report.pay': 'UNCONFIRMED_ANSWER' });
    expect(response.errors[0]).toMatchObject({
      message: expect.stringMatching(/^Nothing was bought: .*skills "Knitting" and skills "Pyt",/),
      extensions: {
        issues: [
          { answerId: 'Skills', answerValue: 'Knitting', code: 'UNKNOWN_ANSWER' },
          { answerId: 'Skills', answerValue: 'Pyt', code: 'UNKNOWN_ANSWER' },
        ],
        suggestions: [
          { answerId: 'Skills', answer: 'Python', score: 100 },
          { answerId: 'Skills', answer: 'PyTorch', score: 99 },
        ],
      },
    });
    expect(upstream.count('submit')).toBe(0);
    expect((await server.run(USED)).data).toEqual({ viewer: { budget: { used: 0 } } });
    const { data } = await server.run(ReportStandingDocument, { answers: skills });
    expect(data?.report?.status).toEqual({ pay: 'NOT_REQUESTED', yoe: 'NOT_REQUESTED' });
  });

  it('a title that upstream resolves is bought, and another one is not', async ({ upstream, start, expect }) => {
    const server = await start(STRICT);
    expect((await server.run(PayOnlyDocument, { answers: WIZARD })).errors).toEqual([]);
    upstream.script.lookup.otherwise(UNRESOLVED);
    const sorcerer = { ...WIZARD, jobTitle: 'Sorcerer' };
    expect(codes(await server.run(PayOnlyDocument, { answers: sorcerer }))).toEqual({
      'report.pay': 'UNCONFIRMED_ANSWER',
    });
    expect(upstream.count('submit')).toBe(1);
  });

  it('a title is refused if it is not to be resolved', async ({ upstream, start, expect }) => {
    const server = await start(STRICT);
    const unresolved = `query ($answers: AnswersInput!) {
      report(answers: $answers, autoResolveJobTitle: false) { pay { collectedAt } }
    }`;
    expect(codes(await server.run(unresolved, { answers: WIZARD }))).toEqual({ 'report.pay': 'UNCONFIRMED_ANSWER' });
    expect(lookupsOf(upstream).filter((each) => each.startsWith('impact'))).toEqual([]);
  });

  it.for([
    ['requestReport', 'mutation ($answers: AnswersInput!) { asked: requestReport(answers: $answers) { id } }'],
    [
      'requestReport that repeats doubts',
      'mutation ($answers: AnswersInput!) { asked: requestReport(answers: $answers, resubmitUncertain: true) { id } }',
    ],
  ])('holds for %s', async ([, document = ''], { upstream, start, expect }) => {
    upstream.script.lookup.otherwise(UNRESOLVED);
    const server = await start(STRICT);
    expect(codes(await server.run(document, { answers: WIZARD }))).toEqual({ asked: 'UNCONFIRMED_ANSWER' });
    expect(upstream.count('submit')).toBe(0);
  });

  it('what cannot be looked up is bought', async ({ upstream, start, expect }) => {
    upstream.script.lookup.otherwise(status(500));
    const server = await start(STRICT);
    expect((await server.run(PayOnlyDocument, { answers: WIZARD })).errors).toEqual([]);
    expect(upstream.count('submit')).toBe(1);
  });
});

describe.concurrent('a look-up', () => {
  it.for<[string, Step]>([
    ['hangs', hang()],
    ['fails', status(500)],
    ['is answered with HTML', raw('<html>Welcome</html>')],
    ['is answered with HTML and 404', raw('<html>Not found</html>', 404)],
    ['has 200 values', json({ Answers: Array.from({ length: 200 }, () => ({ Answer: 'Cashier', Score: 1 })) })],
    ['has no values', json({ Answers: 'none' })],
  ])('that %s is no reason not to buy, and the log says so once', async ([, step], { upstream, start, expect }) => {
    upstream.script.lookup.otherwise(step);
    const server = await start(CORRECT);
    for (const state of ['one', 'another']) {
      const { errors } = await server.run(PayOnlyDocument, { answers: { jobTitle: 'cashier', country: 'X', state } });
      expect(errors).toEqual([]);
    }
    expect(upstream.submits().map(({ answers }) => answers.JobTitle)).toEqual(['cashier', 'cashier']);
    expect(logOf(server).filter(({ part }) => part === 'answers')).toHaveLength(1);
  });

  it('that hangs is made by three purchases in a row; later ones wait for none', async ({
    upstream,
    start,
    expect,
  }) => {
    upstream.script.lookup.otherwise(hang());
    const server = await start(CORRECT);
    const buy = async (state: string): Promise<void> => {
      const { errors } = await server.run(PayOnlyDocument, {
        answers: { jobTitle: `Job ${state}`, country: 'X', state },
      });
      expect(errors).toEqual([]);
    };
    await Promise.all(['one', 'another', 'a third'].map(buy));
    const asked = upstream.count('lookup');
    expect(asked).toBeGreaterThanOrEqual(3);
    await Promise.all(['a fourth', 'a fifth'].map(buy));
    expect(upstream.count('lookup')).toBe(asked);
    expect(upstream.bought('pay')).toBe(5);
  });
});
