import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  PayAndYoeDocument,
  PayOnlyDocument,
  ReportStandingDocument,
  RequestReportDocument,
  UsageDocument,
} from '../generated/operations.js';
import { eventually } from '../fixtures/eventually.js';
import type { Response } from '../fixtures/server/post.js';
import type { TestServer } from '../fixtures/server/server.js';
import {
  accepted,
  hang,
  json,
  raw,
  rejected,
  reset,
  resetAfter,
  startBystander,
  status,
  truncated,
  unconfirmed,
  type Step,
} from '../fixtures/upstream/upstream.js';
import { arrivals } from '../fixtures/upstream/expectations.js';
import { codes } from '../fixtures/server/responses.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { useServers, type ServerOptions } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

const BOTH_UNCERTAIN = { 'report.pay': 'SUBMISSION_UNCERTAIN', 'report.yoe': 'SUBMISSION_UNCERTAIN' };

const LOST: [string, Step][] = [
  ['a 500', status(500)],
  ['a 500 after accepting', accepted(status(500))],
  ['a redirect', status(303, undefined, { location: '/jobalyzer/v1/reports' })],
  ['a 409', status(409)],
  ['a 502', status(502, '<html>Bad Gateway</html>')],
  ['a 504 after accepting', accepted(status(504))],
  ['a reset', reset()],
  ['a reset after accepting', resetAfter('accepting')],
  ['a reset within the response', resetAfter(20)],
  ['no response', hang()],
  ['no response after accepting', accepted(hang())],
  ['a truncated response', truncated()],
  ['a 2xx that is not JSON', raw('<html>Welcome</html>')],
  ['a 2xx without a body', raw('')],
  ['a 2xx that is a list', json([])],
  ['a 2xx without links', json({ Warnings: null, Errors: null })],
  ['a 2xx with null links', json({ Links: null, Warnings: null, Errors: null })],
  ['a 2xx with links that are not strings', json({ Links: { PayReport: 7, YearsExperienceReport: {} } })],
  ['a 2xx with only a Self link', json({ Links: { Self: 'https://jobalyzer.payscale.com/' } })],
];

/** A short timeout where there is no response to wait for; elsewhere the usual one, which a slow machine keeps to. */
function patience(how: string): ServerOptions {
  return how.startsWith('no response') ? { overrides: { timeouts: { submit: 3_000 } } } : {};
}

describe.concurrent('a purchase whose outcome is unknown', () => {
  it.for(LOST)(
    'after %s is SUBMISSION_UNCERTAIN and never resent automatically',
    async ([how, step], { upstream, start, restart }) => {
      upstream.script.submit.push(step);
      const first = await start(patience(how));
      const before = Date.now();
      const asked = await first.run(PayAndYoeDocument, { answers: SEATTLE });
      expect(asked.data?.report).toMatchObject({ status: { pay: 'FAILED', yoe: 'FAILED' }, pay: null, yoe: null });
      expect(codes(asked)).toEqual(BOTH_UNCERTAIN);
      const [failure] = asked.errors;
      expect(failure?.extensions).toMatchObject({ reportId: asked.data?.report?.id });
      const since = failure?.extensions['since'];
      expect(new Date(since as string).toISOString()).toBe(since);
      expect(Date.parse(since as string)).toBeGreaterThanOrEqual(before);
      expect(Date.parse(since as string)).toBeLessThanOrEqual(Date.now());

      const ask = () => first.run(PayAndYoeDocument, { answers: SEATTLE });
      for (const again of await Promise.all([ask(), ask(), ask()])) expect(codes(again)).toEqual(BOTH_UNCERTAIN);
      const requested = await first.run(RequestReportDocument, { answers: SEATTLE });
      expect(requested.data?.requestReport?.status).toEqual({ pay: 'FAILED', yoe: 'FAILED' });

      const second = await restart(first);
      const later = await second.run(PayAndYoeDocument, { answers: SEATTLE });
      expect(codes(later)).toEqual(BOTH_UNCERTAIN);
      expect(later.errors[0]?.extensions).toMatchObject({ reportId: asked.data?.report?.id, since });
      expect(upstream.count('submit')).toBe(1);
    },
  );

  it.for(LOST.filter((_, index) => index % 4 === 1))(
    'after %s is bought again once with resubmitUncertain',
    async ([how, step], { upstream, start }) => {
      upstream.script.submit.push(step);
      const server = await start(patience(how));
      const lost = await server.run(PayAndYoeDocument, { answers: SEATTLE });
      expect(codes(lost)).toEqual(BOTH_UNCERTAIN);

      const resubmit = { answers: SEATTLE, resubmitUncertain: true, since: sinceIn(lost) };
      const requests = Array.from({ length: 20 }, () => server.run(RequestReportDocument, resubmit));
      const answered = await Promise.all(requests);
      const [bought, ...others] = answered.filter(({ errors }) => errors.length === 0);
      expect(others).toEqual([]);
      expect(Object.values(bought?.data?.requestReport?.status ?? {})).not.toContain('FAILED');
      for (const { errors } of answered.filter((each) => each !== bought)) {
        expect(errors[0]?.extensions).toMatchObject({ code: 'PURCHASE_CHANGED', type: 'PAY' });
        expect(errors[0]?.extensions['status']).not.toBe('FAILED');
      }
      const { data, errors } = await server.run(PayAndYoeDocument, { answers: SEATTLE });
      expect(errors).toEqual([]);
      expect(data?.report).toMatchObject({
        status: { pay: 'READY', yoe: 'READY' },
        pay: { basePay: { percentile50: 104_300 } },
      });
      const late = await server.run(RequestReportDocument, resubmit);
      expect(late.errors[0]?.extensions).toMatchObject({ code: 'PURCHASE_CHANGED', status: 'READY' });
      expect(upstream.count('submit')).toBe(2);
      const { data: counted } = await server.run(UsageDocument);
      expect(counted?.usage).toMatchObject({ submitted: 4, uncertain: 2, collected: 2, failed: 0 });
    },
  );

  it('is bought again only for the given type', async ({ upstream, start }) => {
    upstream.script.submit.push(status(500));
    const server = await start();
    const since = sinceIn(await server.run(PayAndYoeDocument, { answers: SEATTLE }));
    await server.run(RequestReportDocument, { answers: SEATTLE, types: ['YOE'], resubmitUncertain: true, since });
    const answer = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(codes(answer)).toEqual({ 'report.pay': 'SUBMISSION_UNCERTAIN' });
    expect(answer.data?.report?.yoe?.ranges).toHaveLength(5);
    expect(upstream.submits().map(({ requestedReports }) => requestedReports)).toEqual([['pay', 'yoe'], ['yoe']]);
  });

  it('is not bought a third time when the resubmission is not accepted', async ({ upstream, start }) => {
    upstream.script.submit.push(resetAfter('accepting'), status(503, undefined, { 'retry-after': '600' }));
    const server = await start();
    const since = sinceIn(await server.run(PayAndYoeDocument, { answers: SEATTLE }));
    await server.run(RequestReportDocument, { answers: SEATTLE, resubmitUncertain: true, since });
    await arrivals(upstream, 'submit', 2);
    // Neither of these may buy again, whether it joins the attempt or comes after it.
    expect(codes(await server.run(PayAndYoeDocument, { answers: SEATTLE }))).toEqual(BOTH_UNCERTAIN);
    expect(codes(await server.run(PayAndYoeDocument, { answers: SEATTLE }))).toEqual(BOTH_UNCERTAIN);
    expect([upstream.count('submit'), upstream.bought()]).toEqual([2, 2]);
  });

  it.for([1, 300_000])(
    'stays uncertain when the resubmission is rejected, with a rejection TTL of %d ms',
    async (rejectedTtlMs, { upstream, start, restart }) => {
      upstream.script.submit.push(reset(), rejected([unconfirmed('JobTitle', 'Wizard')], 400));
      const server = await start({ overrides: { rejectedTtlMs } });
      const lost = await server.run(PayAndYoeDocument, { answers: SEATTLE });
      await server.run(RequestReportDocument, { answers: SEATTLE, resubmitUncertain: true, since: sinceIn(lost) });
      await arrivals(upstream, 'submit', 2);
      await eventually(async () => {
        const { data } = await server.run(ReportStandingDocument, { answers: SEATTLE });
        expect(data?.report?.status).toEqual({ pay: 'FAILED', yoe: 'FAILED' });
      });
      // Until the rejection is forgotten.
      if (rejectedTtlMs === 1) await delay(50);

      const again = await server.run(PayAndYoeDocument, { answers: SEATTLE });
      expect(codes(again)).toEqual(BOTH_UNCERTAIN);
      expect(again.errors[0]?.extensions['since']).toBe(lost.errors[0]?.extensions['since']);
      await server.run(RequestReportDocument, { answers: SEATTLE });
      const later = await (await restart(server)).run(PayAndYoeDocument, { answers: SEATTLE });
      expect(codes(later)).toEqual(BOTH_UNCERTAIN);
      expect([upstream.count('submit'), upstream.bought()]).toEqual([2, 0]);
    },
  );

  it('is bought again once for each time it is named, however often the repeat is lost', async ({
    upstream,
    start,
  }) => {
    upstream.script.submit.otherwise(resetAfter('accepting'));
    const server = await start();
    const ask = () => server.run(PayAndYoeDocument, { answers: SEATTLE });
    const first = sinceIn(await ask());
    const again = (since?: string) =>
      server.run(RequestReportDocument, { answers: SEATTLE, resubmitUncertain: true, ...(since ? { since } : {}) });
    await Promise.all(Array.from({ length: 20 }, () => again(first)));
    await arrivals(upstream, 'submit', 2);
    await eventually(async () => expect(sinceIn(await ask())).not.toBe(first));
    const second = sinceIn(await ask());
    expect(Date.parse(second)).toBeGreaterThan(Date.parse(first));
    for (const { errors } of await Promise.all(Array.from({ length: 20 }, () => again(first)))) {
      expect(errors[0]?.extensions).toMatchObject({ code: 'PURCHASE_CHANGED', status: 'FAILED' });
    }
    expect(upstream.count('submit')).toBe(2);
    await Promise.all(Array.from({ length: 20 }, () => again(second)));
    await eventually(async () => expect(sinceIn(await ask())).not.toBe(second));
    expect(upstream.count('submit')).toBe(3);
  });

  it('is not bought again without its time while it is younger than a minute', async ({ upstream, start, restart }) => {
    upstream.script.submit.push(reset());
    const first = await start();
    await first.run(PayOnlyDocument, { answers: SEATTLE });
    const again = { answers: SEATTLE, types: ['PAY' as const], resubmitUncertain: true };
    const { data, errors } = await first.run(RequestReportDocument, again);
    expect(errors).toEqual([]);
    expect(data?.requestReport?.status).toEqual({ pay: 'FAILED', yoe: 'NOT_REQUESTED' });
    expect(upstream.count('submit')).toBe(1);
    await first.stop();
    age(first, 60_000);
    const second = await restart(first);
    await second.run(RequestReportDocument, again);
    await arrivals(upstream, 'submit', 2);
  });

  it('is named by since only together with resubmitUncertain', async ({ upstream, start }) => {
    upstream.script.submit.push(reset());
    const server = await start();
    const since = sinceIn(await server.run(PayOnlyDocument, { answers: SEATTLE }));
    const { errors } = await server.run(RequestReportDocument, { answers: SEATTLE, types: ['PAY'], since });
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'since' });
    expect(upstream.count('submit')).toBe(1);
  });
});

/** The time of the doubt that this response tells of. */
function sinceIn({ errors }: Response<unknown>): string {
  return errors[0]?.extensions['since'] as string;
}

/** Makes every doubt in the ledger of a stopped server older. */
function age({ dataDir }: TestServer, byMs: number): void {
  const db = new DatabaseSync(join(dataDir, 'ledger.sqlite'));
  db.exec(`UPDATE entries SET data = json_set(data, '$.since', json_extract(data, '$.since') - ${byMs})`);
  db.close();
}

describe.concurrent('a partially valid response to a purchase', () => {
  it('serves the type with a link and leaves the other uncertain', async ({ upstream, start }) => {
    upstream.script.submit.push(() => json({ Links: { YearsExperienceReport: upstream.link('yoe') } }));
    const server = await start();
    const answer = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(codes(answer)).toEqual({ 'report.pay': 'SUBMISSION_UNCERTAIN' });
    expect(answer.data?.report?.yoe?.ranges).toHaveLength(5);
    expect(upstream.count('submit')).toBe(1);
  });

  it('serves the type with a link and rejects the other with the errors', async ({ upstream, start }) => {
    const issues = [unconfirmed('Skills', 'Sorcery')];
    upstream.script.submit.push(() => json({ Links: { PayReport: upstream.link('pay') }, Errors: issues }));
    const server = await start();
    const answer = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(codes(answer)).toEqual({ 'report.yoe': 'UNCONFIRMED_ANSWER' });
    expect(answer.data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    expect(upstream.count('submit')).toBe(1);
  });
});

describe.concurrent('a link outside the reports API', () => {
  it.for<[string, (origin: string, home: string) => string]>([
    ['another host after user info', (origin, home) => `${home}@${origin.slice(7)}/jobalyzer/v1/reports/r1/pay`],
    ['this origin with user info', (_, home) => `${home.replace('//', '//user:word@')}/jobalyzer/v1/reports/r1/pay`],
    ['another path of this origin', (_, home) => `${home}/admin/v1/reports/r1/pay`],
    ['another path by dot segments', (_, home) => `${home}/jobalyzer/../admin/reports/r1/pay`],
    ['a file URL', () => 'file:///etc/hostname'],
  ])('to %s is not followed: the purchase is uncertain', async ([, link], { upstream, start, restart }) => {
    const bystander = await startBystander();
    try {
      const links = { PayReport: link(bystander.url, upstream.url), YearsExperienceReport: upstream.link('yoe') };
      upstream.script.submit.push(json({ Links: links }));
      const first = await start();
      const answer = await first.run(PayAndYoeDocument, { answers: SEATTLE });
      expect(codes(answer)).toEqual({ 'report.pay': 'SUBMISSION_UNCERTAIN' });
      expect(answer.data?.report?.yoe?.ranges).toHaveLength(5);
      const second = await restart(first);
      const standing = await second.run(ReportStandingDocument, { answers: SEATTLE });
      expect(standing.data?.report?.status).toEqual({ pay: 'FAILED', yoe: 'READY' });
      expect(bystander.connections).toBe(0);
      expect(upstream.polls('pay')).toEqual([]);
      expect(upstream.count('submit')).toBe(1);
    } finally {
      await bystander.close();
    }
  });
});

it.for<[string, (origin: string, home: string) => string]>([
  ['another origin', (origin) => `${origin}/jobalyzer`],
  ['another origin, without a scheme', (origin) => `${origin.replace('http:', '')}/jobalyzer`],
  ['the same origin over https', (_, home) => `${home.replace('http:', 'HTTPS:')}/jobalyzer`],
])('a link to %s is followed at the configured origin', async ([, prefix], { upstream, start }) => {
  const bystander = await startBystander();
  try {
    upstream.script.submit.push(() => {
      const link = upstream.link('pay').replace(`${upstream.url}/jobalyzer`, prefix(bystander.url, upstream.url));
      return json({ Links: { PayReport: ` ${link}?sig=a%20b%2Bc== ` } });
    });
    const server = await start();
    const { data } = await server.run(PayOnlyDocument, { answers: SEATTLE });
    expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    expect(upstream.polls('pay')[0]?.query).toMatchObject({ sig: 'a b+c==' });
    expect(bystander.connections).toBe(0);
  } finally {
    await bystander.close();
  }
});
