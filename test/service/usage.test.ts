import { describe, expect, it } from 'vitest';
import {
  PayAndYoeDocument,
  PayOnlyDocument,
  RequestReportDocument,
  UsageDocument,
  type UsageQuery,
  type UsageQueryVariables,
} from '../generated/operations.js';
import { eventually } from '../fixtures/eventually.js';
import type { TestServer } from '../fixtures/server/server.js';
import { payBody, ready, rejected, status } from '../fixtures/upstream/upstream.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

type Counts = Omit<NonNullable<UsageQuery['usage']>, 'since' | 'until'>;

const NOTHING: Counts = {
  submitted: 0,
  collected: 0,
  billable: 0,
  failed: 0,
  uncertain: 0,
  uncertainNow: 0,
  recovered: 0,
  saved: 0,
};

async function usageOf(server: TestServer, span: UsageQueryVariables = {}): Promise<NonNullable<UsageQuery['usage']>> {
  const { data, errors } = await server.run(UsageDocument, span);
  expect(errors).toEqual([]);
  if (!data?.usage) throw new Error('There is no usage.');
  return data.usage;
}

describe.concurrent('usage', () => {
  it('is zero for a new server', async ({ start }) => {
    const before = Date.now();
    const server = await start();
    const { since, until, ...counts } = await usageOf(server);
    expect(counts).toEqual(NOTHING);
    expect(Date.parse(since)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(until)).toBeGreaterThanOrEqual(Date.parse(since));
    expect(Date.parse(until)).toBeLessThanOrEqual(Date.now());
  });

  it.for([
    [0.86, 1],
    [0.01, 1],
    [0, 0],
    [null, 0],
  ] as const)('counts a report with a rating of %s as %i billable', async ([rating, billable], { upstream, start }) => {
    upstream.script.poll('pay').push(ready(payBody({ Report: { ReportRating: rating } })));
    const server = await start();
    const { data } = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(data?.report?.pay?.reportRating).toBe(rating);
    // The years-of-experience report is billable too.
    expect(await usageOf(server)).toMatchObject({ submitted: 2, collected: 2, billable: billable + 1 });
  });

  it('counts failed and uncertain reports, but not unaccepted purchases', async ({ upstream, start }) => {
    const server = await start({ overrides: { refusedForMs: 0 } });
    upstream.script.submit.push(rejected());
    await server.run(PayOnlyDocument, { answers: numbered(1) });
    expect(await usageOf(server)).toMatchObject({ ...NOTHING, submitted: 1, failed: 1 });

    upstream.script.poll('pay').push(...Array.from({ length: 3 }, () => rejected([], 404)));
    await server.run(PayOnlyDocument, { answers: numbered(2) });
    expect(await usageOf(server)).toMatchObject({ ...NOTHING, submitted: 2, failed: 2 });

    upstream.script.submit.push(status(500));
    await server.run(PayAndYoeDocument, { answers: numbered(3) });
    expect(await usageOf(server)).toMatchObject({ ...NOTHING, submitted: 4, failed: 2, uncertain: 2, uncertainNow: 2 });

    upstream.script.submit.push(status(429, undefined, { 'retry-after': '600' }));
    await server.run(PayOnlyDocument, { answers: numbered(4) });
    expect(await usageOf(server)).toMatchObject({ ...NOTHING, submitted: 4, failed: 2, uncertain: 2, uncertainNow: 2 });
  });

  it('does not count failed or unfinished requests as saved', async ({ upstream, start }) => {
    upstream.script.submit.push(rejected());
    const server = await start();
    for (let repeat = 0; repeat < 5; repeat++) await server.run(PayOnlyDocument, { answers: SEATTLE });
    await server.run(RequestReportDocument, { answers: numbered(1) });
    await server.run(PayOnlyDocument, { answers: numbered(2), waitMs: 0 });
    expect((await usageOf(server)).saved).toBe(0);
  });

  it('counts aliases and repeated queries as saved, once per report served', async ({ start }) => {
    const server = await start();
    const document = `query ($answers: AnswersInput!) {
      a: report(answers: $answers) { pay { reportRating } yoe { reportRating } }
      b: report(answers: $answers) { pay { reportRating } again: pay { levelUsed } }
    }`;
    await server.run(document, { answers: SEATTLE });
    expect(await usageOf(server)).toMatchObject({ submitted: 2, saved: 2 });
    await server.run(document, { answers: SEATTLE });
    expect(await usageOf(server)).toMatchObject({ submitted: 2, saved: 6 });
  });

  it('counts within a time range', async ({ start }) => {
    const server = await start();
    await server.run(PayOnlyDocument, { answers: numbered(1) });
    const stored = await server.run<{ report: { pay: { collectedAt: string } } }, object>(
      'query ($answers: AnswersInput!) { report(answers: $answers) { pay { collectedAt } } }',
      { answers: numbered(1) },
    );
    const collectedAt = stored.data?.report.pay.collectedAt ?? '';
    const apart = (ms: number) => new Date(Date.parse(collectedAt) + ms).toISOString();
    expect((await usageOf(server, { since: collectedAt })).collected).toBe(1);
    expect((await usageOf(server, { since: '1990-01-01T00:00:00Z', until: collectedAt })).collected).toBe(1);
    expect((await usageOf(server, { since: apart(1) })).collected).toBe(0);
    expect((await usageOf(server, { since: '1990-01-01T00:00:00Z', until: apart(-1) })).collected).toBe(0);
    const between = (await usageOf(server)).until;
    await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(between) + 1));
    await server.run(PayAndYoeDocument, { answers: numbered(2) });
    expect(await usageOf(server, { until: between })).toMatchObject({
      submitted: 1,
      collected: 1,
      saved: 1,
      until: between,
    });
    expect(await usageOf(server, { since: between })).toMatchObject({ submitted: 2, collected: 2, since: between });
    expect(await usageOf(server, { since: between, until: between })).toMatchObject({ submitted: 0, collected: 0 });
    // What was saved is counted by the minute.
    const before = { since: '1990-01-01T00:00:00Z', until: apart(-60_000) };
    expect(await usageOf(server, before)).toMatchObject(NOTHING);
    const long = { since: '1990-01-01T00:00:00.000Z', until: '2990-01-01T00:00:00.000Z' };
    expect(await usageOf(server, long)).toMatchObject({ ...long, submitted: 3, collected: 3, saved: 1 });
    const offset = new Date(Date.parse(between)).toISOString().replace('Z', '+00:00');
    expect((await usageOf(server, { since: offset })).submitted).toBe(2);
  });

  it('rejects a range that ends before it begins, and invalid times', async ({ start }) => {
    const server = await start();
    const span = { since: '2030-01-01T00:00:00Z', until: '2029-01-01T00:00:00Z' };
    const { errors } = await server.run(UsageDocument, span);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'since' });
    const future = await server.run(UsageDocument, { since: '2990-01-01T00:00:00Z' });
    expect(future.errors[0]?.extensions).toMatchObject({ argument: 'since', reason: 'must not be later than now.' });
    for (const since of ['yesterday', '2030-13-01T00:00:00Z', '']) {
      const refused = await server.run(UsageDocument, { since });
      expect(refused.errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'since' });
    }
  });

  it('continues across restarts, including the saved count', async ({ start, restart }) => {
    const first = await start();
    await first.run(PayAndYoeDocument, { answers: SEATTLE });
    for (let repeat = 0; repeat < 3; repeat++) await first.run(PayAndYoeDocument, { answers: SEATTLE });
    const second = await restart(first);
    const before = await usageOf(second);
    expect(before).toMatchObject({ submitted: 2, collected: 2, billable: 2, saved: 6 });
    await second.run(PayAndYoeDocument, { answers: SEATTLE });
    const third = await restart(second);
    expect(await usageOf(third)).toMatchObject({ since: before.since, submitted: 2, collected: 2, saved: 8 });
  });
});
