import { describe, expect, it } from 'vitest';
import { PayAndYoeDocument, PayOnlyDocument, UsageDocument, YoeOnlyDocument } from '../generated/operations.js';
import { pending, slow, type RecordedRequest, type Upstream } from '../fixtures/upstream/upstream.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

describe('concurrent queries', () => {
  it('use one token, one purchase and one poller per link for 1,000 equal queries on a cold start', async ({
    upstream,
    start,
  }) => {
    upstream.script.poll('pay').push(pending(150), pending(150));
    upstream.script.poll('yoe').push(pending(200), pending(200));
    const server = await start();
    const asked = Array.from({ length: 1_000 }, () => server.run(PayAndYoeDocument, { answers: SEATTLE }));
    const answers = await Promise.all(asked);
    const [first] = answers;
    expect(first?.data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    expect(first?.data?.report?.yoe?.ranges).toHaveLength(5);
    for (const { data, errors } of answers) {
      expect(errors).toEqual([]);
      expect(data).toEqual(first?.data);
    }
    expect([upstream.count('token'), upstream.count('submit'), upstream.count('lookup')]).toEqual([1, 1, 0]);
    expect([upstream.bought('pay'), upstream.bought('yoe')]).toEqual([1, 1]);
    expect([upstream.polls('pay').length, upstream.polls('yoe').length]).toEqual([3, 3]);
    expect(upstream.maxOpenPollsPerLink).toBe(1);
    const { data } = await server.run(UsageDocument);
    expect(data?.usage).toMatchObject({
      submitted: 2,
      collected: 2,
      billable: 2,
      failed: 0,
      uncertain: 0,
      recovered: 0,
      saved: 1_998,
    });
  });

  it('buy each of 30 reports once for 300 queries', async ({ upstream, start }) => {
    const server = await start();
    const asked = Array.from({ length: 300 }, (_, index) =>
      server.run(PayAndYoeDocument, { answers: numbered(index % 30) }),
    );
    const answers = await Promise.all(asked);
    for (const [index, { data, errors }] of answers.entries()) {
      expect(errors).toEqual([]);
      expect(data?.report?.id).toBe(answers[index % 30]?.data?.report?.id);
    }
    expect(new Set(answers.map(({ data }) => data?.report?.id)).size).toBe(30);
    expect([upstream.count('token'), upstream.count('submit'), upstream.bought()]).toEqual([1, 30, 60]);
    expect(upstream.maxOpenPollsPerLink).toBe(1);
    expect((await server.run(UsageDocument)).data?.usage).toMatchObject({ submitted: 60, saved: 540 });
  });

  it('buy pay and yoe once each when some select pay and others yoe', async ({ upstream, start }) => {
    upstream.script.submit.push(slow(50), slow(50));
    const server = await start();
    const asked = Array.from({ length: 40 }, (_, index) =>
      index % 2 === 0
        ? server.run(PayOnlyDocument, { answers: SEATTLE })
        : server.run(YoeOnlyDocument, { answers: SEATTLE }),
    );
    for (const { errors } of await Promise.all(asked)) expect(errors).toEqual([]);
    expect([upstream.bought('pay'), upstream.bought('yoe')]).toEqual([1, 1]);
    expect(upstream.maxOpenPollsPerLink).toBe(1);
    expect((await server.run(UsageDocument)).data?.usage).toMatchObject({ submitted: 2, saved: 38 });
  });

  it('are served from the ledger after a restart, without a purchase or a poll', async ({
    upstream,
    start,
    restart,
  }) => {
    const first = await start();
    const before = await first.run(PayAndYoeDocument, { answers: SEATTLE });
    const requests = withoutTokens(upstream);
    const second = await restart(first);
    const asked = Array.from({ length: 200 }, () => second.run(PayAndYoeDocument, { answers: SEATTLE }));
    for (const { data } of await Promise.all(asked)) expect(data).toEqual(before.data);
    expect(withoutTokens(upstream)).toEqual(requests);
    expect((await second.run(UsageDocument)).data?.usage).toMatchObject({ submitted: 2, collected: 2, saved: 400 });
  });
});

/** A start asks for a token, to know whether the credentials are accepted. */
function withoutTokens({ requests }: Upstream): readonly RecordedRequest[] {
  return requests.filter(({ kind }) => kind !== 'token');
}
