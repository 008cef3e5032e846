import { describe, expect, it } from 'vitest';
import {
  FullReportDocument,
  PayOnlyDocument,
  ReportStandingDocument,
  RequestReportDocument,
  UsageDocument,
} from '../generated/operations.js';
import { eventually } from '../fixtures/eventually.js';
import {
  gate,
  json,
  payBody,
  pending,
  raw,
  ready,
  rejected,
  status,
  yoeBody,
  type Step,
} from '../fixtures/upstream/upstream.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { codes } from '../fixtures/server/responses.js';
import type { TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { connectClient, follow } from '../fixtures/sockets/follow.js';

useServers({ pendingPolls: 0 });

const REFUSAL = rejected([{ Message: 'It is gone', Code: 'Gone' }], 404);
/** Three refusals are final at once. */
const HASTY = { overrides: { refusedForMs: 0 } };

const ONCE: [string, Step][] = [
  ['a 404', REFUSAL],
  ['a 400', rejected([{ Message: 'Boom', Code: 'X' }], 400)],
  ['a 410', json({ title: 'Gone', status: 410 }, 410)],
  ['a 200 with errors', json({ Report: null, Errors: [{ Message: 'No.' }] })],
  ["a proxy's 404", raw('<html>Not Found</html>', 404)],
  ["a proxy's 400", json({ message: 'Bad Request' }, 400)],
  ['a 404 without a body', status(404)],
  ['a years-of-experience report', ready(yoeBody())],
  ['a report without a figure', json({ Report: { ReportRating: null }, Errors: null })],
];

describe.concurrent('a report', () => {
  it.for(ONCE)('is collected although a poll was answered with %s', async ([, step], { upstream, start }) => {
    upstream.script.poll('pay').push(step, step);
    const server = await start();
    const { data, errors } = await server.run(PayOnlyDocument, { answers: SEATTLE });
    expect(errors).toEqual([]);
    expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    expect(upstream.bought()).toBe(1);
  });

  it('that upstream refused is polled again for whoever asks, once for all of them, and is not bought anew', async ({
    upstream,
    start,
    restart,
  }) => {
    upstream.script.poll('pay').otherwise(REFUSAL);
    const first = await start(HASTY);
    expect(codes(await first.run(PayOnlyDocument, { answers: SEATTLE }))).toEqual({ 'report.pay': 'REPORT_FAILED' });
    expect((await first.run(UsageDocument)).data?.usage).toMatchObject({ failed: 1, recovered: 0 });
    const polls = upstream.polls('pay').length;
    const startedAt = performance.now();
    const crowd = Array.from({ length: 50 }, () => first.run(PayOnlyDocument, { answers: SEATTLE }));
    for (const answer of await Promise.all(crowd)) expect(codes(answer)).toEqual({ 'report.pay': 'REPORT_FAILED' });
    // One, or one more for each second or longer that the crowd took.
    expect(upstream.polls('pay').length).toBeGreaterThan(polls);
    expect(upstream.polls('pay').length).toBeLessThan(polls + 8 + (performance.now() - startedAt) / 1_000);
    expect((await first.run(UsageDocument)).data?.usage).toMatchObject({ submitted: 1, failed: 1, recovered: 0 });

    upstream.script.poll('pay').otherwise();
    const second = await restart(first, HASTY);
    const data = await eventually(async () => {
      const answer = await second.run(PayOnlyDocument, { answers: SEATTLE });
      expect(answer.errors).toEqual([]);
      return answer.data;
    });
    expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    expect(upstream.count('submit')).toBe(1);
    const counted = { submitted: 1, collected: 1, failed: 0, recovered: 1 };
    expect((await second.run(UsageDocument)).data?.usage).toMatchObject(counted);
  });

  it.for<[string, (server: TestServer) => Promise<unknown>]>([
    ['a mutation', (server) => server.run(RequestReportDocument, { answers: SEATTLE, types: ['PAY'] })],
    [
      'a subscription',
      async (server) => {
        const client = connectClient(server);
        await follow(client, { answers: SEATTLE, types: ['PAY'] }).ended;
        await client.dispose();
      },
    ],
  ])('that failed is collected when %s asks for it', async ([, ask], { upstream, start }) => {
    upstream.script.poll('pay').push(REFUSAL, REFUSAL, REFUSAL);
    const server = await start(HASTY);
    expect(codes(await server.run(PayOnlyDocument, { answers: SEATTLE }))).toEqual({ 'report.pay': 'REPORT_FAILED' });
    await ask(server);
    await eventually(async () => {
      const standing = await server.run(ReportStandingDocument, { answers: SEATTLE });
      expect(standing.data?.report?.status.pay).toBe('READY');
    });
    expect(upstream.bought()).toBe(1);
  });

  it('that is not ready says why its polls fail, in errors and in events', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.poll('pay').push(status(503), held, pending(300));
    const server = await start();
    const client = connectClient(server);
    const follower = follow(client, { answers: SEATTLE, types: ['PAY'] });
    await eventually(async () => {
      const { errors } = await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
      expect(errors[0]?.extensions).toMatchObject({
        code: 'REPORT_NOT_READY',
        failure: { code: 'UPSTREAM_UNAVAILABLE', message: 'Jobalyzer returned a server error (503).' },
      });
    });
    held.release(REFUSAL);
    await follower.ended;
    await client.dispose();
    const failures = follower.events.map((event) => [event.status, event.attempt, event.failure?.code]);
    expect(failures.slice(-4)).toEqual([
      ['PENDING', 1, 'UPSTREAM_UNAVAILABLE'],
      ['PENDING', 2, 'REPORT_FAILED'],
      ['PENDING', 3, undefined],
      ['READY', 4, undefined],
    ]);
  });

  it('that is never ready is given up, and collected when somebody asks later', async ({
    upstream,
    start,
    restart,
  }) => {
    upstream.script.poll('pay').otherwise(pending(1));
    const first = await start({ overrides: { giveUpMs: 1_000 } });
    const answer = await first.run(PayOnlyDocument, { answers: SEATTLE });
    expect(codes(answer)).toEqual({ 'report.pay': 'REPORT_FAILED' });
    expect(upstream.polls('pay').length).toBeLessThan(12);
    const second = await restart(first);
    upstream.script.poll('pay').otherwise();
    expect((await second.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.bought()).toBe(1);
  });

  it('is polled with the cookies that upstream set last', async ({ upstream, start }) => {
    const wait = { RetryAfterMilliseconds: 1 };
    upstream.script
      .poll('pay')
      .push(
        json(wait, 202, { 'set-cookie': 'ARRAffinity=one; Path=/; HttpOnly' }),
        json(wait, 202, { 'set-cookie': 'ARRAffinity=two' }),
        pending(1),
      );
    const server = await start();
    await server.run(PayOnlyDocument, { answers: SEATTLE });
    const cookies = upstream.polls('pay').map(({ headers }) => headers['cookie']);
    expect(cookies).toEqual([undefined, 'ARRAffinity=one', 'ARRAffinity=two', 'ARRAffinity=two']);
    expect(server.logged.join('')).not.toContain('ARRAffinity');
  });

  it('about another job title has a warning', async ({ upstream, start }) => {
    upstream.script.poll('pay').push(ready(payBody({ Context: { SubmittedJobTitle: 'Nurse' } })));
    const server = await start();
    const { data } = await server.run(FullReportDocument, { answers: SEATTLE });
    expect(data?.report?.pay?.warnings).toContainEqual(expect.objectContaining({ code: 'OTHER_JOB_TITLE' }));
  });
});
