import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { impactBody, payBody, startBystander, startUpstream, status, yoeBody, type Upstream } from './upstream.js';
import { ANSWERS, PlainClient } from './upstream/plain-client.js';

let upstream: Upstream;
let client: PlainClient;

beforeEach(async () => {
  upstream = await startUpstream();
  client = new PlainClient(upstream);
});
afterEach(async () => {
  await client.agent.destroy();
  await upstream.close();
});

describe('the test upstream by default', () => {
  it('accepts two reports and delivers each after one 202', async () => {
    const bought = await client.submit();
    expect(bought.status).toBe(200);
    const { PayReport, YearsExperienceReport } = bought.json.Links;
    const early = await client.poll(PayReport);
    expect(early).toMatchObject({ status: 202, json: { RetryAfterMilliseconds: 10, Warnings: null, Errors: null } });
    await delay(12);
    const pay = await client.poll(PayReport);
    expect(pay.json.Report).toEqual(payBody().Report);
    expect(pay.json.Context).toMatchObject({ SubmittedJobTitle: ANSWERS.JobTitle, MatchedFactors: { City: 'Boston' } });
    await client.poll(YearsExperienceReport);
    await delay(12);
    expect((await client.poll(YearsExperienceReport)).json.Report).toEqual(yoeBody().Report);

    expect(upstream.submits()).toEqual([{ requestedReports: ['yoe', 'pay'], answers: ANSWERS }]);
    expect(upstream.purchases.map(({ type }) => type)).toEqual(['yoe', 'pay']);
    expect([upstream.bought(), upstream.bought('pay'), upstream.count('poll')]).toEqual([2, 1, 4]);
    expect(upstream.polls('yoe').map(({ query }) => query)).toContainEqual({
      customerId: 'test-client',
      user: 'test-client',
    });
    expect(upstream.maxOpenPollsPerLink).toBe(1);
    expect(upstream.violations).toEqual([]);
  });

  it('returns links only for the requested reports', async () => {
    const { Links } = (await client.submit(['yoe'])).json;
    expect(Object.keys(Links)).toEqual(['Self', 'YearsExperienceReport']);
  });

  it('answers the lookups', async () => {
    const headers = await client.bearer();
    const get = async (path: string) => (await client.ask(`${upstream.url}/jobalyzer/${path}`, { headers })).json;
    const who = 'customerId=test-client&user=test-client';
    const impacts = await get(`v1/impact/skills?jobTitle=Cashier&autoResolveJobTitle=true&${who}`);
    expect(impacts.Answers).toEqual(impactBody().Answers);
    expect(impacts.Context.SubmittedJobTitle).toBe('Cashier');
    const suggest = 'CustomerId=test-client&User=test-client&Term=';
    expect((await get(`v2/autocomplete/Skills?${suggest}py`)).Answers[0]).toEqual({ Answer: 'Python', Score: 100 });
    expect((await get(`v2/autocomplete/JobTitle?${suggest}sof`)).Answers).toEqual([]);
    expect((await get('v2/jobtitlematch?JobTitle=Cashier')).Tasks).toHaveProperty('Cashier');
    expect((await get('v2/locations/Seattle%20Hill')).Results).toHaveLength(1);
    expect((await client.ask(`${upstream.url}/status`, { headers })).json.judgeServiceStatus.status).toBe('OK');
    expect([upstream.count('lookup'), upstream.count('status')]).toEqual([5, 1]);
    expect(upstream.violations).toEqual([]);
  });

  it('applies the letter case, wrapper and link version options, but not to keys that are data', async () => {
    Object.assign(upstream.options, { letterCase: 'camel', wrapper: 'Reports', linkVersion: 'mixed', pendingPolls: 0 });
    const { links } = (await client.submit()).json;
    expect(links.payReport).toContain('/v1/');
    expect(links.yearsExperienceReport).toContain('/v2/');
    const pay = (await client.poll(links.payReport)).json;
    expect(pay.reports.basePayReport.fullPercentiles['50']).toBe(104_300);
    expect(pay.context.matchedFactors).toEqual({ Country: 'United States', City: 'Boston' });
    expect((await client.poll(links.yearsExperienceReport)).json.report.ranges[0].percent50).toBe(83_900);

    upstream.options.letterCase = 'mixed';
    const keys = Object.keys((await client.poll(links.payReport)).json);
    expect(keys.some((key) => /^[A-Z]/.test(key)) && keys.some((key) => /^[a-z]/.test(key))).toBe(true);
    expect(upstream.violations).toEqual([]);
  });

  it('with reportTakesMs hints at exactly the time that is left', async () => {
    upstream.options.reportTakesMs = ({ YearsExperience }) => 100_000 * (YearsExperience ?? 0);
    const submitted = await client.submit(['pay'], { answers: { ...ANSWERS, YearsExperience: 9 } });
    const { status, json } = await client.poll(submitted.json.Links.PayReport);
    const [purchase] = upstream.purchases;
    const [poll] = upstream.polls();
    const readyAt = upstream.readyAt(purchase!);
    expect(readyAt - purchase!.at).toBeGreaterThanOrEqual(900_000);
    expect(status).toBe(202);
    expect(json.RetryAfterMilliseconds).toBeLessThanOrEqual(Math.ceil(readyAt - poll!.at));
    await expect.poll(() => poll!.respondedAt).toBeDefined();
    expect(json.RetryAfterMilliseconds).toBeGreaterThanOrEqual(Math.floor(readyAt - poll!.respondedAt!));
  });

  it('with reportTakesMs returns a report once its time is over, and records when', async () => {
    upstream.options.reportTakesMs = () => 0;
    const { PayReport } = (await client.submit(['pay'])).json.Links;
    expect((await client.poll(PayReport)).json.Report).toEqual(payBody().Report);
    const [purchase] = upstream.purchases;
    const poll = upstream.polls('pay').find(({ link }) => link === purchase!.link);
    await expect.poll(() => poll?.respondedAt).toBeGreaterThanOrEqual(upstream.readyAt(purchase!));
  });

  it('keeps its links and port across stop and start', async () => {
    const headers = await client.bearer();
    const { PayReport } = (await client.submit(['pay'], {}, headers)).json.Links;
    await upstream.stop();
    await expect(client.poll(PayReport, headers)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await upstream.start();
    expect((await client.poll(PayReport, headers)).status).toBe(202);
    expect(upstream.bought('pay')).toBe(1);
  });
});

describe('tokens of the test upstream', () => {
  it('expire after tokenLifeMs, whatever expires_in says', async () => {
    const lasting = await client.bearer();
    upstream.options.tokenLifeMs = 0;
    const expired = await client.bearer();
    expect((await client.submit(['pay'], {}, lasting)).status).toBe(200);
    upstream.script.submit.push(status(503));
    expect((await client.submit(['pay'], {}, expired)).status).toBe(401);
    expect(upstream.script.submit.left).toBe(1);
    expect(upstream.violations).toEqual([]);
  });

  it('can all be revoked at once', async () => {
    const headers = await client.bearer();
    upstream.revokeTokens();
    expect((await client.submit(['pay'], {}, headers)).status).toBe(401);
    expect((await client.submit(['pay'])).status).toBe(200);
    expect(upstream.tokensIssued).toBe(2);
    expect(upstream.violations).toEqual([]);
  });
});

it('records requests and notifies listeners of them until they unsubscribe', async () => {
  const heard: string[] = [];
  await client.agent.destroy();
  client = new PlainClient(upstream, 1);
  const stop = upstream.onRequest(({ kind }) => heard.push(kind));
  await client.submit(['pay']);
  stop();
  await client.token();
  expect(heard).toEqual(['token', 'submit']);
  const [first, second] = upstream.requests;
  expect(first).toMatchObject({ kind: 'token', method: 'POST', path: '/connect/token', connection: 1 });
  expect(first?.body).toMatchObject({ client_secret: upstream.options.clientSecret });
  expect(second).toMatchObject({ headers: { authorization: 'Bearer access-token-1' }, connection: 1 });
  expect(second!.at).toBeGreaterThan(first!.at);
});

it('builds sample bodies with overrides at any depth', () => {
  const body = payBody({
    Report: { ReportRating: 0, Bonus: null, BasePayReport: { Percentile50: 1 } },
    Context: undefined,
  });
  expect(body.Report).toMatchObject({
    ReportRating: 0,
    Bonus: null,
    BasePayReport: { Percentile50: 1, Percentile25: 88_500 },
  });
  expect(JSON.parse(JSON.stringify(body))).not.toHaveProperty('Context');
  expect(payBody().Report?.ReportRating).toBe(0.86);
  const percentiles = Object.values(payBody().Report?.BasePayReport?.FullPercentiles ?? {});
  expect(percentiles).toHaveLength(99);
  expect(percentiles.toSorted((a, b) => a! - b!)).toEqual(percentiles);
});

it('provides a bystander server that records every request', async () => {
  const bystander = await startBystander();
  expect(bystander.connections).toBe(0);
  await client.ask(`${bystander.url}/x?y=1`, { headers: { authorization: 'Bearer z' } });
  expect(bystander.requests).toMatchObject([{ method: 'GET', url: '/x?y=1', headers: { authorization: 'Bearer z' } }]);
  await bystander.close();
});
