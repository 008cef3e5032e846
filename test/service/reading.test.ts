import { describe, expect, it } from 'vitest';
import { PayOnlyDocument } from '../generated/operations.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { eventually } from '../fixtures/eventually.js';
import { codes } from '../fixtures/server/responses.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import type { Result } from '../fixtures/sockets/raw-socket.js';
import { gate, pending, rejected } from '../fixtures/upstream/upstream.js';
import { BODIES, DOORS } from '../server/doors.js';

const READ = `query ($answers: AnswersInput!, $waitMs: Int) {
  report(answers: $answers) {
    status { pay yoe } pay(waitMs: $waitMs, buy: false) { collectedAt } yoe(waitMs: $waitMs, buy: false) { collectedAt }
  }
}`;
const FOLLOW = `subscription ($answers: AnswersInput!, $buy: Boolean! = false) {
  reportStatus(answers: $answers, types: [PAY], buy: $buy) { type status report { pay { collectedAt } } }
}`;
const NOTHING = { report: { status: { pay: 'NOT_REQUESTED', yoe: 'NOT_REQUESTED' }, pay: null, yoe: null } };
const ANY_PAY = { collectedAt: expect.any(String) as string };

useServers({ pendingPolls: 0 });
useSockets();

describe.concurrent('pay and yoe with buy: false', () => {
  it('are null without an error for what was never requested, at every door, and nothing is bought', async (context) => {
    const { start, upstream } = context;
    const server = await start();
    for (const door of BODIES) {
      const result = await DOORS[door](server, { query: READ, variables: { answers: SEATTLE } }, context);
      expect(result, door).toEqual({ data: NOTHING });
    }
    expect(upstream.count('submit')).toBe(0);
    const known = 'query ($id: ID!) { reportById(id: $id) { id } }';
    const { data } = await server.run<{ report: { id: string } }, object>(
      'query ($answers: AnswersInput!) { report(answers: $answers) { id } }',
      { answers: SEATTLE },
    );
    expect((await server.run(known, data?.report ?? {})).data).toEqual({ reportById: null });
  });

  it('are what is stored', async ({ start, upstream }) => {
    const server = await start();
    await server.run(PayOnlyDocument, { answers: SEATTLE });
    const { data, errors, extensions } = await server.run(READ, { answers: SEATTLE });
    expect([errors, extensions]).toEqual([[], {}]);
    expect(data).toEqual({ report: { status: { pay: 'READY', yoe: 'NOT_REQUESTED' }, pay: ANY_PAY, yoe: null } });
    expect(upstream.bought()).toBe(1);
    const usage = await server.run<{ usage: { saved: number } }, object>('{ usage { saved } }');
    expect(usage.data?.usage.saved).toBe(1);
  });

  it('wait for what is under way, as long as they are told', async ({ start, upstream }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await start();
    const bought = server.run(PayOnlyDocument, { answers: SEATTLE });
    await held.arrived;
    const impatient = await server.run(READ, { answers: SEATTLE, waitMs: 0 });
    expect(codes(impatient)).toEqual({ 'report.pay': 'REPORT_NOT_READY' });
    const waiting = server.run(READ, { answers: SEATTLE });
    held.release();
    expect((await waiting).data).toMatchObject({ report: { pay: ANY_PAY, yoe: null } });
    await bought;
    expect(upstream.bought()).toBe(1);
  });

  it('have the error of what has failed', async ({ start, upstream }) => {
    upstream.script.submit.push(rejected());
    const server = await start();
    await server.run(PayOnlyDocument, { answers: SEATTLE });
    expect(codes(await server.run(READ, { answers: SEATTLE }))).toEqual({ 'report.pay': 'UNCONFIRMED_ANSWER' });
    expect(upstream.count('submit')).toBe(1);
  });

  it('are null for what has expired', async ({ start, upstream }) => {
    const server = await start({ env: { REPORT_TTL_HOURS: '0.000001' } });
    await server.run(PayOnlyDocument, { answers: SEATTLE });
    // A quick machine asks before.
    await eventually(async () => expect((await server.run(READ, { answers: SEATTLE })).data).toEqual(NOTHING));
    expect(upstream.bought()).toBe(1);
  });

  it('join what the same operation buys', async ({ start, upstream }) => {
    const server = await start();
    const query = `query ($answers: AnswersInput!) {
      report(answers: $answers) { read: pay(buy: false) { collectedAt } pay { collectedAt } yoe(buy: false) { collectedAt } }
    }`;
    const { data, errors } = await server.run(query, { answers: SEATTLE });
    expect(errors).toEqual([]);
    expect(data).toEqual({ report: { read: ANY_PAY, pay: ANY_PAY, yoe: null } });
    expect(upstream.bought()).toBe(1);
  });
});

describe.concurrent('reportStatus with buy: false', () => {
  it('is NOT_REQUESTED until somebody buys, and follows then', async ({ start, stream, connectAndInit, upstream }) => {
    upstream.script.poll('pay').push(pending());
    const server = await start();
    const variables = { answers: SEATTLE };
    const streamed = await stream(server, { query: FOLLOW, variables });
    const socket = await connectAndInit(server);
    socket.subscribe('s', FOLLOW, variables);
    await streamed.until(({ results }) => results.length === 1);
    await socket.until(({ type }) => type === 'next');
    expect(upstream.count('submit')).toBe(0);
    await server.run(PayOnlyDocument, variables);
    await Promise.all([streamed.ended, socket.until(({ type }) => type === 'complete')]);
    const overSocket = socket.messages.filter(({ type }) => type === 'next').map(({ payload }) => payload as Result);
    for (const results of [streamed.results, overSocket]) {
      const statuses = results.map(({ data }) => (data as { reportStatus: { status: string } }).reportStatus.status);
      expect(statuses).toEqual(['NOT_REQUESTED', 'SUBMITTING', 'PENDING', 'PENDING', 'READY']);
      expect(results.at(-1)?.data).toMatchObject({ reportStatus: { report: { pay: ANY_PAY } } });
    }
    expect(upstream.bought()).toBe(1);
  });

  it('does not make a report known that nobody has requested', async ({ start, stream }) => {
    const server = await start();
    const following = await stream(server, { query: FOLLOW, variables: { answers: SEATTLE } });
    await following.until(({ results }) => results.length === 1);
    const ask = 'query ($answers: AnswersInput!) { report(answers: $answers) { id } }';
    const { data } = await server.run<{ report: { id: string } }, object>(ask, { answers: SEATTLE });
    const known = await stream(server, {
      query: 'subscription ($id: ID!) { reportStatusById(id: $id) { status } }',
      variables: data?.report ?? {},
    });
    await known.ended;
    expect(known.results).toMatchObject([{ errors: [{ extensions: { code: 'NOT_FOUND' } }] }]);
    // And the other way round: who follows by the answers is told although the report is not found by its id.
    await server.run(PayOnlyDocument, { answers: SEATTLE });
    expect(await following.ended).toBe(true);
    expect(following.results.at(-1)?.data).toMatchObject({ reportStatus: { status: 'READY' } });
  });
});

describe.concurrent('a GET', () => {
  const urlOf = (path: string, query: string, variables: object): string =>
    `${path}?${new URLSearchParams({ query, variables: JSON.stringify(variables) })}`;
  const BUY = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { collectedAt } status { pay } } }';
  const PREFLIGHT = { 'apollo-require-preflight': 'true' };
  const requiresPost = (path: readonly string[]) => [
    { path, message: expect.stringContaining('POST'), extensions: { code: 'PURCHASE_REQUIRES_POST' } },
  ];

  it('buys nothing, and says so on the field that would', async ({ start, upstream }) => {
    const { url } = await start();
    const response = await fetch(urlOf(`${url}/graphql`, BUY, { answers: SEATTLE }), { headers: PREFLIGHT });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      data: { report: { pay: null, status: { pay: 'NOT_REQUESTED' } } },
      errors: [expect.objectContaining(requiresPost(['report', 'pay'])[0])],
    });
    expect(upstream.count('submit')).toBe(0);
  });

  it('buys nothing over server-sent events, neither by a query nor by a subscription', async (context) => {
    const { start, stream, upstream } = context;
    const server = await start();
    const cases = [
      [BUY, ['report', 'pay']],
      [FOLLOW, ['reportStatus']],
    ] as const;
    for (const [query, path] of cases) {
      const variables = { answers: SEATTLE, buy: true };
      const streamed = await stream(server, { query, variables, method: 'GET', headers: PREFLIGHT });
      await streamed.ended;
      expect(streamed.results).toMatchObject([{ errors: requiresPost(path) }]);
    }
    expect(upstream.count('submit')).toBe(0);
  });

  it('reads and follows what was bought by somebody else', async ({ start, stream, upstream }) => {
    upstream.script.poll('pay').push(pending());
    const server = await start();
    const bought = server.run(PayOnlyDocument, { answers: SEATTLE });
    await new Promise<void>((resolve) => upstream.onRequest(({ kind }) => kind === 'poll' && resolve()));
    const variables = { answers: SEATTLE, buy: true };
    const following = await stream(server, { query: FOLLOW, variables, method: 'GET', headers: PREFLIGHT });
    await Promise.all([bought, following.ended]);
    expect(following.results.at(-1)?.data).toMatchObject({
      reportStatus: { status: 'READY', report: { pay: ANY_PAY } },
    });
    const got = await fetch(urlOf(`${server.url}/graphql`, BUY, { answers: SEATTLE }), { headers: PREFLIGHT });
    expect(await got.json()).toEqual({ data: { report: { pay: ANY_PAY, status: { pay: 'READY' } } } });
    expect(upstream.bought()).toBe(1);
  });

  it('reads without an error with buy: false', async ({ start, upstream }) => {
    const { url } = await start();
    const got = await fetch(urlOf(`${url}/graphql`, READ, { answers: numbered(1) }), { headers: PREFLIGHT });
    expect(await got.json()).toEqual({ data: NOTHING });
    expect(upstream.count('submit')).toBe(0);
  });
});

describe.concurrent('clients with names', () => {
  const [SHOP, GUEST, OPS] = ['key-of-the-shop-0001', 'key-of-the-guest-0001', 'key-of-the-operator-1'];
  const ENV = {
    AUTH_MODE: 'api-key',
    API_KEYS: `shop:${SHOP},guest:${GUEST},ops:${OPS}`,
    READERS: 'guest',
    OPERATORS: 'ops',
    BUDGET_REPORTS_PER_DAY: '1',
  };
  const BUY = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { collectedAt } } }';
  const VIEWER = '{ viewer { name operator canBuy buying budget { limit used } } }';

  async function ask(url: string, key: string, query: string, variables: object = {}): Promise<Result> {
    const headers = { 'content-type': 'application/json', 'x-api-key': key };
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Result;
  }
  const codesOf = ({ errors = [] }: Result) =>
    errors.map(({ path, extensions }) => [path?.join('.'), extensions?.['code']]);

  it('that may only read are refused what would be bought, at every door, and get what others bought', async (context) => {
    const { start, connectAndInit, stream, upstream } = context;
    const server = await start({ env: ENV });
    const variables = { answers: SEATTLE };
    const headers = { 'x-api-key': GUEST };
    const socket = await connectAndInit(server, { headers });
    const streamed = await stream(server, { query: BUY, variables, headers });
    await streamed.ended;
    for (const refused of [
      await ask(server.url, GUEST, BUY, variables),
      await socket.run(BUY, variables),
      streamed.results[0] ?? {},
    ]) {
      expect(codesOf(refused)).toEqual([['report.pay', 'FORBIDDEN']]);
    }
    const following = await socket.run(FOLLOW, { ...variables, buy: true });
    expect(codesOf(following)).toEqual([['reportStatus', 'FORBIDDEN']]);
    expect(upstream.count('submit')).toBe(0);
    expect((await ask(server.url, GUEST, VIEWER)).data).toEqual({
      viewer: { name: 'guest', operator: false, canBuy: false, buying: true, budget: { limit: 1, used: 0 } },
    });
    expect(codesOf(await ask(server.url, SHOP, BUY, variables))).toEqual([]);
    expect((await ask(server.url, GUEST, BUY, variables)).data).toEqual({ report: { pay: ANY_PAY } });
  });

  it('have a budget each, and only operators may stop purchases', async ({ start, upstream }) => {
    const { url } = await start({ env: ENV });
    expect(codesOf(await ask(url, SHOP, BUY, { answers: numbered(1) }))).toEqual([]);
    expect(codesOf(await ask(url, SHOP, BUY, { answers: numbered(2) }))).toEqual([['report.pay', 'BUDGET_EXCEEDED']]);
    expect(codesOf(await ask(url, OPS, BUY, { answers: numbered(2) }))).toEqual([]);
    expect((await ask(url, OPS, VIEWER)).data).toMatchObject({
      viewer: { name: 'ops', operator: true, budget: { used: 1 } },
    });
    const stop = 'mutation { setBuying(enabled: false) }';
    expect(codesOf(await ask(url, SHOP, stop))).toEqual([['setBuying', 'FORBIDDEN']]);
    expect((await ask(url, SHOP, VIEWER)).data).toMatchObject({ viewer: { buying: true, canBuy: true } });
    expect(await ask(url, OPS, stop)).toEqual({ data: { setBuying: false } });
    expect((await ask(url, SHOP, VIEWER)).data).toMatchObject({ viewer: { buying: false, canBuy: false } });
    expect(upstream.bought()).toBe(2);
  });
});
