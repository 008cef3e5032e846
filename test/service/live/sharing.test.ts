import { describe, expect, it } from 'vitest';
import { gate, pending } from '../../fixtures/upstream/upstream.js';
import { faultsOf, faultsOfJoining } from './event-checker.js';
import { BOTH, follow, is, REPORT, REQUEST } from '../../fixtures/sockets/follow.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useLive } from './use-live.js';

useLive();

const ANSWERS = numbered(1);

describe.concurrent('one report', () => {
  it('is bought and polled once for concurrent subscriptions, queries and mutations', async ({ live }) => {
    const { upstream, server } = live;
    upstream.script.poll('pay').push(pending(10), pending(10));
    const clients = Array.from({ length: 5 }, () => live.connect());
    const followers = clients.flatMap((client) =>
      Array.from({ length: 20 }, () => follow(client, { answers: ANSWERS })),
    );
    const [queries, mutations] = await Promise.all(
      [REPORT, REQUEST].map((document) =>
        Promise.all(Array.from({ length: 50 }, () => server.run(document, { answers: ANSWERS }))),
      ),
    );
    await Promise.all(followers.map(({ ended }) => ended));
    for (const { errors } of [...(queries ?? []), ...(mutations ?? [])]) expect(errors).toEqual([]);
    const [longest] = followers.toSorted((a, b) => b.events.length - a.events.length);
    for (const { events, completions, errors } of followers) {
      expect(errors).toEqual([]);
      expect(faultsOf(events, BOTH, completions)).toEqual([]);
      expect(faultsOfJoining(longest?.events ?? [], events, BOTH)).toEqual([]);
    }
    expect([upstream.count('token'), upstream.count('submit'), upstream.bought()]).toEqual([1, 1, 2]);
    expect([upstream.polls('pay').length, upstream.polls('yoe').length]).toEqual([3, 2]);
    expect(upstream.maxOpenPollsPerLink).toBe(1);
  });

  it('is bought once when a query joins a subscription, and the reverse', async ({ live }) => {
    const { upstream, client, server } = live;
    for (const [number, type] of ['PAY', 'YOE'].entries()) {
      const held = gate();
      upstream.script.submit.push(held);
      const answers = numbered(10 + number);
      const ask = () => server.run(REPORT, { answers });
      let asking = type === 'PAY' ? null : ask();
      if (asking) await held.arrived;
      const follower = follow(client, { answers });
      await follower.seen(is('YOE', 'SUBMITTING'));
      asking ??= ask();
      held.release();
      const [{ errors }] = await Promise.all([asking, follower.ended]);
      expect(errors).toEqual([]);
      expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
    }
    expect([upstream.count('submit'), upstream.bought()]).toEqual([2, 4]);
  });

  it('is bought once per type by subscribers to one type each', async ({ live: { upstream, client } }) => {
    const followers = Array.from({ length: 40 }, (_, index) =>
      follow(client, { answers: ANSWERS, types: [index % 2 === 0 ? 'PAY' : 'YOE'] }),
    );
    const both = follow(client, { answers: ANSWERS });
    await Promise.all([...followers, both].map(({ ended }) => ended));
    for (const [index, { events, completions }] of followers.entries()) {
      expect(faultsOf(events, [index % 2 === 0 ? 'PAY' : 'YOE'], completions)).toEqual([]);
    }
    expect(faultsOf(both.events, BOTH, both.completions)).toEqual([]);
    expect([upstream.bought('pay'), upstream.bought('yoe'), upstream.maxOpenPollsPerLink]).toEqual([1, 1, 1]);
  });

  it('is sent to each subscriber with its own selection of fields', async ({ live: { client } }) => {
    const document = (fields: string) =>
      `subscription($answers: AnswersInput!) { reportStatus(answers: $answers, types: [PAY]) { status ${fields} } }`;
    const collect = async (query: string): Promise<object[]> => {
      const events: object[] = [];
      for await (const { data } of client.iterate<{ reportStatus: object }>({ query, variables: { answers: ANSWERS } }))
        if (data) events.push(data.reportStatus);
      return events;
    };
    const answers = await Promise.all(
      ['attempt', 'type', 'attempt', 'report { pay { totalCompanies } }'].map(document).map(collect),
    );
    const [attempts, types, again, reports] = answers.map((events) => events.at(-1));
    expect(attempts).toEqual({ status: 'READY', attempt: 2 });
    expect(again).toEqual(attempts);
    expect(types).toEqual({ status: 'READY', type: 'PAY' });
    expect(reports).toEqual({ status: 'READY', report: { pay: { totalCompanies: 1127 } } });
  });
});
