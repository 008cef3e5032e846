import { describe, expect, it, vi } from 'vitest';
import { FullReportDocument, PayAndYoeDocument, PayOnlyDocument, UsageDocument } from '../generated/operations.js';
import { eventually } from '../fixtures/eventually.js';
import { gate, hang, json, raw, status, type Step } from '../fixtures/upstream/upstream.js';
import { codes } from '../fixtures/server/responses.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });
// A purchase is given up after fifteen seconds: half as many at a time have a busy machine done by then.
vi.setConfig({ maxConcurrency: 6 });

describe.concurrent('a purchase that was certainly not accepted', () => {
  it('is UPSTREAM_UNAVAILABLE when the connection is refused, and can be bought later', async ({ upstream, start }) => {
    const server = await start();
    // Fetch a token first, so that it is the POST that fails.
    await server.run(PayOnlyDocument, { answers: numbered(1) });
    await upstream.stop();
    const refused = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(codes(refused)).toEqual({ 'report.pay': 'UPSTREAM_UNAVAILABLE', 'report.yoe': 'UPSTREAM_UNAVAILABLE' });
    expect(refused.data?.report?.status).toEqual({ pay: 'NOT_REQUESTED', yoe: 'NOT_REQUESTED' });
    await upstream.start();
    const later = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(later.errors).toEqual([]);
    expect(upstream.submits().map(({ requestedReports }) => requestedReports)).toEqual([['pay'], ['pay', 'yoe']]);
    expect((await server.run(UsageDocument)).data?.usage).toMatchObject({ submitted: 3, uncertain: 0, failed: 0 });
  });

  it('is retried and bought if upstream comes back during the wait', async ({ upstream, start }) => {
    const server = await start();
    await upstream.stop();
    const asking = server.run(PayOnlyDocument, { answers: SEATTLE });
    await eventually(() => expect(server.logged.join('')).toContain('ECONNREFUSED'));
    await upstream.start();
    expect((await asking).errors).toEqual([]);
    expect(upstream.bought()).toBe(1);
  });

  it.for<[string, Step]>([
    ['a 429', status(429)],
    ['a 429 with Retry-After', status(429, undefined, { 'retry-after': '1' })],
    ['a 503', status(503)],
    ['a 503 with Retry-After', status(503, undefined, { 'retry-after': '1' })],
    ['a 503 with a date', status(503, undefined, { 'retry-after': new Date(Date.now() + 1_000).toUTCString() })],
    ['a 503 with an invalid Retry-After', status(503, undefined, { 'retry-after': 'soon' })],
  ])('is retried after %s and bought once', async ([, step], { upstream, start }) => {
    upstream.script.submit.push(step);
    const server = await start();
    const { errors, data } = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(errors).toEqual([]);
    expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    expect(upstream.count('submit')).toBe(2);
    expect([upstream.bought('pay'), upstream.bought('yoe')]).toEqual([1, 1]);
    expect((await server.run(UsageDocument)).data?.usage).toMatchObject({ submitted: 2, collected: 2 });
  });

  it('is retried no earlier than Retry-After', async ({ upstream, start }) => {
    upstream.script.submit.push(status(429, undefined, { 'retry-after': '2' }));
    const server = await start();
    expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    const [first, second] = upstream.requests.filter(({ kind }) => kind === 'submit').map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_990);
  });

  it.for<[number, string]>([
    [429, 'UPSTREAM_RATE_LIMITED'],
    [503, 'UPSTREAM_UNAVAILABLE'],
  ])('fails immediately on a %i with a long Retry-After', async ([code, expected], { upstream, start }) => {
    upstream.script.submit.push(status(code, undefined, { 'retry-after': '120' }));
    const server = await start();
    const startedAt = performance.now();
    const refused = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    // Two minutes are what upstream asks for.
    expect(performance.now() - startedAt).toBeLessThan(100_000);
    expect(refused.errors).toHaveLength(2);
    for (const { extensions } of refused.errors)
      expect(extensions).toMatchObject({ code: expected, retryAfterMs: 120_000 });
    expect(upstream.count('submit')).toBe(1);
    // The claim was given up, so the next query buys the report.
    expect((await server.run(PayAndYoeDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect([upstream.count('submit'), upstream.bought()]).toEqual([2, 2]);
  });

  it('fails after a bounded number of retries', async ({ upstream, start }) => {
    upstream.script.submit.otherwise(status(503));
    const server = await start();
    expect(codes(await server.run(PayOnlyDocument, { answers: SEATTLE }))).toEqual({
      'report.pay': 'UPSTREAM_UNAVAILABLE',
    });
    expect(upstream.count('submit')).toBeGreaterThan(1);
    expect(upstream.count('submit')).toBeLessThanOrEqual(6);
    expect(upstream.bought()).toBe(0);
  });

  it.for([403, 404, 405])(
    'fails with the matching code after a %i and is not retried',
    async (code, { upstream, start }) => {
      upstream.script.submit.push(status(code));
      const server = await start();
      const refused = await server.run(PayOnlyDocument, { answers: SEATTLE });
      expect(codes(refused)).toEqual({
        'report.pay': code === 403 ? 'UPSTREAM_UNAUTHORIZED' : 'UPSTREAM_BAD_RESPONSE',
      });
      expect(upstream.count('submit')).toBe(1);
    },
  );
});

describe.concurrent('a token', () => {
  it('that is rejected is refreshed once, and the purchase retried once', async ({ upstream, start }) => {
    const server = await start();
    await server.run(PayOnlyDocument, { answers: numbered(1) });
    upstream.revokeTokens();
    const { errors } = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(errors).toEqual([]);
    expect(upstream.count('token')).toBe(2);
    expect(upstream.count('submit')).toBe(3);
    expect(upstream.bought()).toBe(3);
  });

  it('that is rejected four times, newly issued each time, delays the purchase', async ({ upstream, start }) => {
    upstream.script.submit.push(status(401), status(401), status(401), status(401));
    const server = await start();
    expect((await server.run(PayAndYoeDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect([upstream.count('token'), upstream.count('submit'), upstream.bought()]).toEqual([5, 5, 2]);
  });

  it('that is rejected for many concurrent purchases is refreshed once', async ({ upstream, start }) => {
    const server = await start();
    await server.run(PayOnlyDocument, { answers: numbered(1) });
    upstream.revokeTokens();
    const asked = Array.from({ length: 20 }, (_, index) =>
      server.run(PayOnlyDocument, { answers: numbered(index + 2) }),
    );
    for (const { errors } of await Promise.all(asked)) expect(errors).toEqual([]);
    expect(upstream.count('token')).toBe(2);
    expect(upstream.bought()).toBe(21);
  });

  it('is requested at a limited rate when every token is rejected', async ({ upstream, start }) => {
    upstream.script.submit.otherwise(status(401));
    const server = await start();
    const startedAt = performance.now();
    for (let index = 0; index < 50; index++) {
      const answer = await server.run(PayOnlyDocument, { answers: numbered(index) });
      expect(codes(answer)).toEqual({ 'report.pay': 'UPSTREAM_UNAUTHORIZED' });
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    expect(upstream.count('token')).toBeLessThanOrEqual(5 + seconds);
    expect(upstream.bought()).toBe(0);
  });

  it('is requested ever more rarely with wrong credentials', async ({ upstream, start }) => {
    upstream.script.token.otherwise(json({ error: 'invalid_client' }, 400));
    const server = await start();
    const startedAt = performance.now();
    const ask = (index: number) => server.run(PayOnlyDocument, { answers: numbered(index) });
    const together = await Promise.all(Array.from({ length: 25 }, (_, index) => ask(index)));
    const oneByOne = [];
    for (let index = 0; index < 25; index++) oneByOne.push(await ask(index));
    for (const answer of [...together, ...oneByOne]) {
      expect(codes(answer)).toEqual({ 'report.pay': 'UPSTREAM_UNAUTHORIZED' });
    }
    // After pauses of 1, 2, 4 … seconds.
    const seconds = (performance.now() - startedAt) / 1_000;
    expect(upstream.count('token')).toBeLessThanOrEqual(1 + Math.log2(seconds + 1));
    expect(upstream.count('submit')).toBe(0);
  });

  it.for([401, 403])(
    'request whose very first response is a %i delays buying for a second',
    async (code, { upstream, start }) => {
      upstream.script.token.push(status(code));
      const server = await start();
      const asked = Array.from({ length: 10 }, (_, index) => server.run(PayOnlyDocument, { answers: numbered(index) }));
      for (const { errors } of await Promise.all(asked)) expect(errors).toEqual([]);
      expect([upstream.count('token'), upstream.bought()]).toEqual([2, 10]);
    },
  );

  it('request that fails five times, in several ways, delays the purchase', async ({ upstream, start }) => {
    upstream.script.token.push(status(503), status(429), status(401), raw('<html>'), status(500));
    const server = await start();
    expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect([upstream.count('token'), upstream.count('submit'), upstream.bought()]).toEqual([6, 1, 1]);
  });

  it('request that upstream limits is not counted as a failed purchase', async ({ upstream, start }) => {
    upstream.script.token.otherwise(status(429, undefined, { 'retry-after': '600' }));
    const server = await start();
    for (let index = 0; index < 8; index++) {
      const answer = await server.run(PayOnlyDocument, { answers: numbered(index) });
      expect(codes(answer)).toEqual({ 'report.pay': 'UPSTREAM_RATE_LIMITED' });
    }
    expect(upstream.count('token')).toBe(1);
  });

  it.for<[string, Step, string]>([
    ['no response', hang(), 'UPSTREAM_TIMEOUT'],
    ['invalid JSON', raw('<html>'), 'UPSTREAM_BAD_RESPONSE'],
    ['no access_token', json({ expires_in: 3600 }), 'UPSTREAM_BAD_RESPONSE'],
    ['a token with a line break', json({ access_token: 'a\r\nx-other: b' }), 'UPSTREAM_BAD_RESPONSE'],
  ])('response with %s sends no purchase', async ([how, step, expected], { upstream, start }) => {
    upstream.script.token.otherwise(step);
    const server = await start(how === 'no response' ? { overrides: { timeouts: { token: 3_000 } } } : {});
    const refused = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(codes(refused)).toEqual({ 'report.pay': expected, 'report.yoe': expected });
    expect(upstream.count('submit')).toBe(0);
    upstream.script.token.otherwise();
    expect((await server.run(PayAndYoeDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.bought()).toBe(2);
  });

  it('request that fails once is retried within the same query', async ({ upstream, start }) => {
    upstream.script.token.push(status(503));
    const server = await start();
    expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect([upstream.count('token'), upstream.bought()]).toEqual([2, 1]);
  });
});

describe.concurrent('after repeated failed purchases', () => {
  it('buying pauses and then resumes, while paid reports are still collected', async ({ upstream, start }) => {
    const server = await start();
    const held = gate();
    upstream.script.poll('pay').push(held);
    const paid = server.run(PayOnlyDocument, { answers: numbered(0) });
    await held.arrived;
    upstream.script.submit.otherwise(status(500));
    for (let number = 1; number <= 5; number++) await server.run(PayOnlyDocument, { answers: numbered(number) });
    expect(upstream.count('submit')).toBe(6);
    const paused = await server.run(PayOnlyDocument, { answers: numbered(6) });
    expect(codes(paused)).toEqual({ 'report.pay': 'UPSTREAM_UNAVAILABLE' });
    expect(paused.errors[0]?.extensions['retryAfterMs']).toBeGreaterThan(0);
    expect(upstream.count('submit')).toBe(6);
    held.release();
    expect((await paid).errors).toEqual([]);

    upstream.script.submit.otherwise();
    await eventually(async () =>
      expect((await server.run(FullReportDocument, { answers: numbered(6) })).errors).toEqual([]),
    );
    expect(upstream.bought()).toBe(3);
  });
});
