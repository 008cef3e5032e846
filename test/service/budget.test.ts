import { describe, expect, it } from 'vitest';
import { PayAndYoeDocument, PayOnlyDocument } from '../generated/operations.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { eventually } from '../fixtures/eventually.js';
import { codes } from '../fixtures/server/responses.js';
import type { TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { accepted, rejected, reset, status, type Step } from '../fixtures/upstream/upstream.js';
import { BODIES, DOORS } from '../server/doors.js';

interface Budget {
  readonly limit: number | null;
  readonly used: number;
  readonly resetsAt: string;
}

const VIEWER = '{ viewer { name operator canBuy buying budget { limit used resetsAt } } }';
const PAY = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { collectedAt } } }';
const REQUEST = `mutation ($answers: AnswersInput!, $again: Boolean! = false, $since: DateTime) {
  requestReport(answers: $answers, types: [PAY], resubmitUncertain: $again, since: $since) { status { pay } }
}`;
const FOLLOW = `subscription ($answers: AnswersInput!) {
  reportStatus(answers: $answers) { type status failure { code message } }
}`;

const limited = (reports: number) => ({ env: { BUDGET_REPORTS_PER_DAY: String(reports) } });

async function budgetOf(server: TestServer): Promise<Budget> {
  const { data } = await server.run<{ viewer: { budget: Budget } }, object>(VIEWER);
  if (!data) throw new Error('There is no viewer.');
  return data.viewer.budget;
}

const usedOf = async (server: TestServer): Promise<number> => (await budgetOf(server)).used;

/** When the budget of the day begins anew. */
function midnight(): string {
  const next = new Date();
  next.setUTCHours(24, 0, 0, 0);
  return next.toISOString();
}

useServers({ pendingPolls: 0 });
useSockets();

describe.concurrent('a budget', () => {
  it('is what the client may buy on a day, and the viewer sees it', async ({ start }) => {
    const server = await start(limited(3));
    expect(await budgetOf(server)).toEqual({ limit: 3, used: 0, resetsAt: midnight() });
    await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect((await server.run(VIEWER)).data).toMatchObject({
      viewer: { name: 'anonymous', canBuy: true, buying: true, budget: { limit: 3, used: 2, resetsAt: midnight() } },
    });
  });

  it('without a limit is counted all the same', async ({ start }) => {
    const server = await start();
    const { extensions } = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(extensions).toEqual({ budget: { limit: null, used: 2, resetsAt: midnight() } });
    expect(await budgetOf(server)).toEqual({ limit: null, used: 2, resetsAt: midnight() });
  });

  it('is exceeded by what is one too many, which is not bought and says when there is more', async (context) => {
    const { start, upstream } = context;
    const server = await start(limited(1));
    await server.run(PayOnlyDocument, { answers: numbered(1) });
    for (const door of BODIES) {
      const { errors, extensions } = await DOORS[door](
        server,
        { query: PAY, variables: { answers: SEATTLE } },
        context,
      );
      expect(errors, door).toEqual([
        expect.objectContaining({
          message: expect.stringContaining('1 of 1 reports of this UTC day'),
          path: ['report', 'pay'],
          extensions: { code: 'BUDGET_EXCEEDED', limit: 1, used: 1, resetsAt: midnight() },
        }),
      ]);
      expect(extensions, door).toBeUndefined();
    }
    expect(upstream.bought()).toBe(1);
  });

  it('of one left, when two are needed, buys pay, at every door', async (context) => {
    const { start, upstream } = context;
    const both =
      'query ($answers: AnswersInput!) { report(answers: $answers) { yoe { collectedAt } pay { collectedAt } } }';
    for (const [index, door] of BODIES.entries()) {
      const server = await start(limited(1));
      const { data, errors } = await DOORS[door](
        server,
        { query: both, variables: { answers: numbered(index) } },
        context,
      );
      expect(data, door).toMatchObject({ report: { yoe: null, pay: { collectedAt: expect.any(String) } } });
      expect(errors, door).toMatchObject([{ path: ['report', 'yoe'], extensions: { code: 'BUDGET_EXCEEDED' } }]);
    }
    expect(upstream.submits().map(({ requestedReports }) => requestedReports)).toEqual(BODIES.map(() => ['pay']));
  });

  it('of one left, in a mutation for two, buys pay and says so', async ({ start, upstream }) => {
    const server = await start(limited(1));
    const query = 'mutation ($answers: AnswersInput!) { requestReport(answers: $answers) { id } }';
    const { errors, extensions } = await server.run(query, { answers: SEATTLE });
    expect(errors).toMatchObject([
      { message: expect.stringContaining('PAY was bought.'), extensions: { code: 'BUDGET_EXCEEDED' } },
    ]);
    expect(extensions).toMatchObject({ budget: { limit: 1, used: 1 } });
    await eventually(() => expect(upstream.bought('pay')).toBe(1));
  });

  it('of one left lets a subscription for two follow pay, and refuses one that can buy nothing', async (context) => {
    const { start, stream } = context;
    const server = await start(limited(1));
    const following = await stream(server, { query: FOLLOW, variables: { answers: SEATTLE } });
    await following.ended;
    const events = following.results.map(({ data }) => (data as { reportStatus: object }).reportStatus);
    expect(events).toContainEqual({
      type: 'YOE',
      status: 'FAILED',
      failure: { code: 'BUDGET_EXCEEDED', message: expect.stringContaining('1 of 1') },
    });
    expect(events.at(-1)).toEqual({ type: 'PAY', status: 'READY', failure: null });
    const budgets = following.results.map(({ extensions }) => extensions);
    expect(budgets).toEqual([
      { budget: { limit: 1, used: 1, resetsAt: midnight() } },
      ...budgets.slice(1).map(() => undefined),
    ]);
    const refused = await stream(server, { query: FOLLOW, variables: { answers: numbered(1) } });
    await refused.ended;
    expect(refused.results).toMatchObject([{ errors: [{ extensions: { code: 'BUDGET_EXCEEDED' } }] }]);
  });

  it('is not touched by what is stored or under way', async ({ start, upstream }) => {
    const server = await start(limited(1));
    const asked = await Promise.all(
      Array.from({ length: 10 }, () => server.run(PayOnlyDocument, { answers: SEATTLE })),
    );
    const later = await server.run(PayOnlyDocument, { answers: SEATTLE });
    expect([...asked, later].flatMap(({ errors }) => errors)).toEqual([]);
    expect(later.extensions).toEqual({});
    expect(asked.filter(({ extensions }) => 'budget' in extensions)).toHaveLength(1);
    expect([upstream.bought(), await usedOf(server)]).toEqual([1, 1]);
  });

  it('is exact when sixty clients at all doors ask for different reports at once', async (context) => {
    const { start, upstream } = context;
    const server = await start(limited(17));
    const asked = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const door = DOORS[BODIES[index % BODIES.length] ?? 'HTTP'];
        return door(server, { query: PAY, variables: { answers: numbered(index) } }, context);
      }),
    );
    expect(asked.filter(({ errors }) => errors === undefined)).toHaveLength(17);
    const refused = asked.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions?.['code']));
    expect(refused).toEqual(Array.from({ length: 43 }, () => 'BUDGET_EXCEEDED'));
    expect([upstream.bought(), await usedOf(server)]).toEqual([17, 17]);
  });

  it('is the same after a restart', async ({ start, restart, upstream }) => {
    const server = await start(limited(1));
    await server.run(PayOnlyDocument, { answers: SEATTLE });
    const next = await restart(server, limited(1));
    expect(await usedOf(next)).toBe(1);
    expect(codes(await next.run(PayOnlyDocument, { answers: numbered(1) }))).toEqual({
      'report.pay': 'BUDGET_EXCEEDED',
    });
    expect(upstream.bought()).toBe(1);
  });
});

describe.concurrent('a charge', () => {
  it.for<[string, Step]>([
    ['rejected', rejected()],
    ['refused for good', status(402)],
    ['given up after it was not accepted', status(503, undefined, { 'retry-after': '120' })],
  ])('is given back if the purchase is %s', async ([, step], { start, upstream }) => {
    upstream.script.submit.push(step);
    const server = await start(limited(1));
    const { errors, extensions } = await server.run(PayOnlyDocument, { answers: SEATTLE });
    expect(errors).toHaveLength(1);
    expect(extensions).toMatchObject({ budget: { used: 0 } });
    expect(await usedOf(server)).toBe(0);
    expect((await server.run(PayOnlyDocument, { answers: numbered(1) })).errors).toEqual([]);
    expect(await usedOf(server)).toBe(1);
  });

  it('is kept while attempts that were not accepted are repeated, and is one', async ({ start, upstream }) => {
    upstream.script.submit.push(status(503), status(429));
    const server = await start(limited(1));
    expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect([upstream.count('submit'), await usedOf(server)]).toEqual([3, 1]);
  });

  it('stays if the purchase is uncertain, and each repeat has its own', async ({ start, upstream }) => {
    upstream.script.submit.push(accepted(reset()), rejected(), accepted(reset()));
    const server = await start(limited(2));
    const lost = await server.run(PayOnlyDocument, { answers: SEATTLE });
    expect(codes(lost)).toEqual({ 'report.pay': 'SUBMISSION_UNCERTAIN' });
    const since = lost.errors[0]?.extensions.since;
    const again = { answers: SEATTLE, again: true, since };
    const failed = async (used: number): Promise<void> =>
      eventually(async () => {
        expect((await server.run<object, object>(REQUEST, { answers: SEATTLE })).data).toMatchObject({
          requestReport: { status: { pay: 'FAILED' } },
        });
        expect(await usedOf(server)).toBe(used);
      });
    expect(await usedOf(server)).toBe(1);
    // The repeat is rejected: its own charge is given back, that of the first one stays.
    await server.run(REQUEST, again);
    await eventually(() => expect(upstream.count('submit')).toBe(2));
    await failed(1);
    // Another one is uncertain as well.
    await server.run(REQUEST, again);
    await eventually(() => expect(upstream.count('submit')).toBe(3));
    await failed(2);
    expect(codes(await server.run(PayOnlyDocument, { answers: numbered(1) }))).toEqual({
      'report.pay': 'BUDGET_EXCEEDED',
    });
    expect([upstream.bought(), await usedOf(server)]).toEqual([2, 2]);
  });
});
