import { describe, expect, it } from 'vitest';
import type { WireReportKey } from '../../src/contract/wire.js';
import { PayAndYoeDocument, ReportStandingDocument, UsageDocument } from '../generated/operations.js';
import { eventually } from '../fixtures/eventually.js';
import {
  asUsual,
  hang,
  json,
  NO_HINT,
  pending,
  raw,
  redirect,
  rejected,
  reset,
  resetAfter,
  startBystander,
  status,
  truncated,
  type Step,
} from '../fixtures/upstream/upstream.js';
import { connectClient, follow } from '../fixtures/sockets/follow.js';
import { arrivals } from '../fixtures/upstream/expectations.js';
import { codes } from '../fixtures/server/responses.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

const LINKS: WireReportKey[] = ['pay', 'yoe'];

const TROUBLES: [string, Step][] = [
  ['a 500', status(500)],
  ['a 500 with errors', rejected([{ Message: 'Boom', Code: 'Internal' }], 500)],
  ['a 503', status(503)],
  ['a 503 with Retry-After', status(503, undefined, { 'retry-after': '1' })],
  ['a 429 with Retry-After', status(429, undefined, { 'retry-after': '1' })],
  ['a 401', status(401)],
  ['a 403', status(403)],
  ['a reset', reset()],
  ['a reset within the body', resetAfter(30)],
  ['no response', hang()],
  ['malformed JSON', raw('{"Report": {')],
  ['an HTML page', raw('<html>Welcome</html>')],
  ['an empty 200', raw('')],
  ['a truncated report', truncated()],
  ['a 200 without a report', json({ Warnings: null, Errors: null })],
  ['a 202 that is not JSON', raw('later', 202)],
  ['a 202 without a hint', pending(NO_HINT)],
  ['a 202 with a hint of 0', pending(0)],
  ['a 202 with a negative hint', pending(-5_000)],
  ['a 202 with a null hint', pending(null)],
  ['a 202 with the hint "NaN"', pending('NaN')],
  ['a 202 with a list as the hint', json({ RetryAfterMilliseconds: [] }, 202)],
  ['a 202 with a numeric string', pending('150')],
  ['a redirect to this origin', redirect('/jobalyzer/v1/elsewhere')],
];

describe.concurrent('collecting', () => {
  it.for(TROUBLES)(
    'recovers from %s on either link while the other link keeps working',
    async ([trouble, step], { upstream, start }) => {
      const server = await start(trouble === 'no response' ? { overrides: { timeouts: { poll: 3_000 } } } : {});
      for (const [index, troubled] of LINKS.entries()) {
        upstream.script.poll(troubled).push(step);
        const { data, errors } = await server.run(PayAndYoeDocument, { answers: numbered(index) });
        expect(errors).toEqual([]);
        expect(data?.report?.status).toEqual({ pay: 'READY', yoe: 'READY' });
        expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
        expect(data?.report?.yoe?.ranges.map((range) => range.percentile50)).toContain(83_900);
        expect(upstream.script.poll(troubled).left).toBe(0);
      }
      expect([upstream.count('submit'), upstream.bought()]).toEqual([2, 4]);
      expect((await server.run(UsageDocument)).data?.usage).toMatchObject({ collected: 4, failed: 0, uncertain: 0 });
    },
  );

  it('does not poll in a tight loop for hints near or below zero', async ({ upstream, start }) => {
    upstream.script.poll('pay').push(pending(0), pending(-1), pending(0.001), pending(0));
    const server = await start();
    await server.run(PayAndYoeDocument, { answers: SEATTLE });
    const times = upstream.polls('pay').map(({ at }) => at);
    expect(times).toHaveLength(5);
    const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    for (const pause of pauses) expect(pause).toBeGreaterThan(90);
  });

  it('waits for the hinted time', async ({ upstream, start }) => {
    upstream.script.poll('pay').push(pending(700));
    const server = await start();
    const client = connectClient(server);
    const follower = follow(client, { answers: SEATTLE, types: ['PAY'] });
    await follower.ended;
    await client.dispose();
    const waits = follower.events.filter(({ attempt }) => attempt > 0).map(({ retryAfterMs }) => retryAfterMs);
    expect(waits).toEqual([700, null]);
    const [first, second] = upstream.polls('pay').map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(700);
  });

  it.for([1e9, Number.MAX_VALUE, 2 ** 31])('caps a hint of %d ms', async (hint, { upstream, start }) => {
    upstream.script.poll('pay').push(pending(hint));
    const server = await start();
    const retryAfterMs = await eventually(async () => {
      const waiting = await server.run(PayAndYoeDocument, { answers: SEATTLE, payWaitMs: 0 });
      expect(codes(waiting)).toEqual({ 'report.pay': 'REPORT_NOT_READY' });
      expect(waiting.errors[0]?.extensions['retryAfterMs']).toBeGreaterThan(1_500);
      return waiting.errors[0]?.extensions['retryAfterMs'];
    });
    expect(retryAfterMs).toBeLessThanOrEqual(16_000);
    expect(upstream.polls('pay')).toHaveLength(1);
  });

  it('respects the Retry-After of a 429', async ({ upstream, start }) => {
    upstream.script.poll('pay').push(status(429, undefined, { 'retry-after': '2' }));
    const server = await start();
    await server.run(PayAndYoeDocument, { answers: SEATTLE });
    const [first, second] = upstream.polls('pay').map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_990);
  });

  it('continues with a new token after all tokens are revoked', async ({ upstream, start }) => {
    upstream.script.poll('pay').push(() => {
      upstream.revokeTokens();
      return pending(10);
    });
    upstream.script.poll('yoe').push(pending(200), pending(200));
    const server = await start();
    expect((await server.run(PayAndYoeDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect([upstream.count('token'), upstream.count('submit')]).toEqual([2, 1]);
  });

  it('recovers when token requests fail', async ({ upstream, start }) => {
    upstream.script.poll('pay').push(() => {
      upstream.revokeTokens();
      return pending(10);
    });
    upstream.script.token.push(asUsual(), status(503), reset());
    const server = await start();
    expect((await server.run(PayAndYoeDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.script.token.left).toBe(0);
    expect(upstream.bought()).toBe(2);
  });

  it.for([301, 302, 307, 308])(
    'does not connect to the other origin of a %i redirect',
    async (code, { upstream, start }) => {
      const bystander = await startBystander();
      try {
        upstream.script.poll('pay').push(redirect(`${bystander.url}/jobalyzer/v1/reports/r1/pay`, code));
        const server = await start();
        expect((await server.run(PayAndYoeDocument, { answers: SEATTLE })).errors).toEqual([]);
        expect(bystander.connections).toBe(0);
      } finally {
        await bystander.close();
      }
    },
  );

  it('recovers from an upstream outage', async ({ upstream, start }) => {
    upstream.script.poll('pay').push(pending(10), hang());
    const server = await start();
    const first = await server.run(PayAndYoeDocument, { answers: SEATTLE, payWaitMs: 0, yoeWaitMs: 0 });
    expect(first.data?.report?.status).not.toEqual({ pay: 'READY', yoe: 'READY' });
    // Both were polled, and pay again: that poll is open when the outage begins.
    await arrivals(upstream, 'poll', 3);
    await upstream.stop();
    await eventually(() => expect(server.logged.join('')).toContain('ECONNREFUSED'));
    const away = await server.run(PayAndYoeDocument, { answers: SEATTLE, payWaitMs: 400, yoeWaitMs: 400 });
    expect(codes(away)).toMatchObject({ 'report.pay': 'REPORT_NOT_READY' });
    expect(Object.values(codes(away))).not.toContain('REPORT_FAILED');
    await upstream.start();
    expect((await server.run(PayAndYoeDocument, { answers: SEATTLE })).errors).toEqual([]);
    const standing = await server.run(ReportStandingDocument, { answers: SEATTLE });
    expect(standing.data?.report?.status).toEqual({ pay: 'READY', yoe: 'READY' });
    expect(upstream.bought()).toBe(2);
  });
});
