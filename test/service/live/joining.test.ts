import { describe, expect, it } from 'vitest';
import { startTestServer } from '../../fixtures/server/server.js';
import { gate, pending, status, type Gate } from '../../fixtures/upstream/upstream.js';
import { faultsOf, faultsOfJoining } from './event-checker.js';
import {
  BOTH,
  connectClient,
  follow,
  is,
  PAY_ONLY,
  eventsOf,
  twice,
  YOE_ONLY,
  type Follower,
  type ReportType,
} from '../../fixtures/sockets/follow.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useLive } from './use-live.js';

useLive();

const ANSWERS = numbered(1);
const UNKNOWN = 'A'.repeat(43);

function expectSound(follower: Follower, types: readonly ReportType[] = BOTH): void {
  expect(follower.errors).toEqual([]);
  expect(faultsOf(follower.events, types, follower.completions)).toEqual([]);
}

describe.concurrent('a subscriber', () => {
  it('receives the current status of each type, then the same events as all others', async ({ live }) => {
    const { upstream, client } = live;
    const [purchase, pay, yoe] = [gate(), gate(), gate()] as [Gate, Gate, Gate];
    upstream.script.submit.push(purchase);
    upstream.script.poll('pay').push(pending(10), pay);
    upstream.script.poll('yoe').push(pending(10), yoe);

    const first = follow(client, { answers: ANSWERS });
    await purchase.arrived;
    const { reportId: id } = await first.seen(is('YOE', 'SUBMITTING'));
    const come = async (): Promise<Follower[]> => {
      const followers = [follow(client, { answers: ANSWERS }), follow(live.connect(), { id })];
      await Promise.all(followers.map(({ seen }) => seen(({ type }) => type === 'YOE')));
      return followers;
    };
    const submitting = await come();
    expect(submitting.map(eventsOf)).toEqual(twice(['PAY SUBMITTING 0', 'YOE SUBMITTING 0']));

    purchase.release();
    await Promise.all([pay.arrived, yoe.arrived]);
    const polled = await come();
    expect(polled.map(eventsOf)).toEqual(twice(['PAY PENDING 1', 'YOE PENDING 1']));
    expect(polled[0]?.events.map(({ retryAfterMs }) => retryAfterMs)).toEqual([100, 100]);

    pay.release();
    await first.seen(is('PAY', 'READY'));
    const half = await come();
    expect(half.map(eventsOf)).toEqual(twice(['PAY READY 2', 'YOE PENDING 1']));

    yoe.release();
    await first.ended;
    const done = await come();
    const all = [...submitting, ...polled, ...half, ...done];
    await Promise.all(all.map(({ ended }) => ended));
    expect(done.map(eventsOf)).toEqual(twice(['PAY READY 2', 'YOE READY 2']));
    expectSound(first);
    for (const follower of all) {
      expectSound(follower);
      expect(faultsOfJoining(first.events, follower.events, BOTH)).toEqual([]);
    }
    expect([upstream.count('submit'), upstream.bought(), upstream.polls().length]).toEqual([1, 2, 4]);
  });

  it('by id buys nothing, and follows a type that was not requested until a query buys it', async ({ live }) => {
    const { upstream, client, server } = live;
    const { data } = await server.run<{ report: { id: string } }, object>(PAY_ONLY, { answers: ANSWERS });
    const id = data?.report.id ?? '';
    const follower = follow(client, { id });
    await follower.seen(is('YOE', 'NOT_REQUESTED'));
    expect(eventsOf(follower)).toEqual(['PAY READY 2', 'YOE NOT_REQUESTED 0']);
    // Long enough for a purchase that must not happen.
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([upstream.bought('pay'), upstream.bought('yoe'), follower.completions]).toEqual([1, 0, 0]);

    await server.run(YOE_ONLY, { answers: ANSWERS });
    await follower.ended;
    expectSound(follower);
    expect(eventsOf(follower).slice(2)).toEqual(['YOE SUBMITTING 0', 'YOE PENDING 0', 'YOE PENDING 1', 'YOE READY 2']);
    expect([upstream.bought('pay'), upstream.bought('yoe')]).toEqual([1, 1]);
  });

  it('by answers buys only the missing type', async ({ live: { upstream, client, server } }) => {
    await server.run(PAY_ONLY, { answers: ANSWERS });
    const follower = follow(client, { answers: ANSWERS });
    await follower.ended;
    expectSound(follower);
    expect(eventsOf(follower).slice(0, 2)).toEqual(['PAY READY 2', 'YOE SUBMITTING 0']);
    expect(upstream.submits().map(({ requestedReports }) => requestedReports)).toEqual([['pay'], ['yoe']]);
  });

  it('by an unknown id receives NOT_FOUND and no events', async ({ live }) => {
    const { upstream, client } = live;
    const follower = follow(client, { id: UNKNOWN });
    await follower.ended;
    expect(follower.events).toEqual([]);
    expect(follower.errors.map(({ extensions }) => extensions)).toEqual([{ code: 'NOT_FOUND', reportId: UNKNOWN }]);
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it('by a malformed id receives BAD_USER_INPUT with the argument', async ({ live: { client } }) => {
    const follower = follow(client, { id: 'nonsense' });
    await follower.ended;
    expect(follower.errors.map(({ extensions }) => extensions)).toMatchObject([
      { code: 'BAD_USER_INPUT', argument: 'id' },
    ]);
  });

  it('with out-of-range answers receives BAD_USER_INPUT, and nothing is bought', async ({ live }) => {
    const follower = follow(live.client, { answers: { ...ANSWERS, jobTitle: ' ' } });
    await follower.ended;
    expect(follower.errors.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
    expect(live.upstream.count('submit')).toBe(0);
  });

  it('to no types completes immediately and buys nothing', async ({ live: { upstream, client } }) => {
    const follower = follow(client, { answers: ANSWERS, types: [] });
    await follower.ended;
    // The report was never requested, which is no error when no type is followed.
    expect([follower.events, upstream.count('submit')]).toEqual([[], 0]);
    expect([follower.errors, follower.completions]).toEqual([[], 1]);
  });

  it('to no types of a known report completes immediately', async ({ live: { client, server } }) => {
    const { data } = await server.run<{ report: { id: string } }, object>(PAY_ONLY, { answers: ANSWERS });
    const follower = follow(client, { id: data?.report.id ?? '', types: [] });
    await follower.ended;
    expect([follower.events, follower.errors, follower.completions]).toEqual([[], [], 1]);
  });

  it.for<[ReportType[], string[]]>([
    [['YOE', 'YOE', 'YOE'], ['yoe']],
    [
      ['YOE', 'PAY', 'YOE', 'PAY'],
      ['pay', 'yoe'],
    ],
  ])('to %j receives each type once', async ([types, bought], { live: { upstream, client } }) => {
    const follower = follow(client, { answers: ANSWERS, types });
    await follower.ended;
    expectSound(follower, [...new Set(types)]);
    expect(upstream.submits().map(({ requestedReports }) => requestedReports.toSorted())).toEqual([bought]);
  });

  it('to one type receives nothing about the other and completes before it', async ({ live: { upstream, client } }) => {
    const held = gate();
    upstream.script.poll('yoe').push(held);
    const [both, one] = [follow(client, { answers: ANSWERS }), follow(client, { answers: ANSWERS, types: ['PAY'] })];
    await one.ended;
    expectSound(one, ['PAY']);
    expect(both.completions).toBe(0);
    held.release();
    await both.ended;
    expectSound(both);
  });

  it('that leaves affects neither other subscribers nor the collection', async ({ live }) => {
    const { upstream, client, server } = live;
    const held = gate();
    upstream.script.poll('pay').push(pending(10), pending(10), held);
    const stays = follow(client, { answers: ANSWERS });
    const [leaves, other] = [follow(client, { answers: ANSWERS }), live.connect()];
    const hangsUp = follow(other, { answers: ANSWERS });
    await Promise.all([leaves, hangsUp].map(({ seen }) => seen(is('PAY', 'PENDING'))));
    leaves.leave();
    other.terminate();
    await leaves.ended;
    const receivedByThen = eventsOf(leaves);
    await held.arrived;
    held.release(status(503));
    await stays.ended;
    expectSound(stays);
    expect(eventsOf(leaves)).toEqual(receivedByThen);
    expect([upstream.count('submit'), upstream.bought('pay')]).toEqual([1, 1]);

    // When the last subscriber leaves, the report is still collected.
    const lonely = gate();
    upstream.script.poll('pay').push(lonely);
    const last = follow(client, { answers: numbered(2), types: ['PAY'] });
    await lonely.arrived;
    last.leave();
    await last.ended;
    lonely.release();
    const { errors } = await server.run(PAY_ONLY, { answers: numbered(2) });
    expect([errors, upstream.bought('pay')]).toEqual([[], 2]);
  });

  it('receives what a previous server bought after a restart', async ({ live }) => {
    const { upstream, server } = live;
    const held = gate();
    upstream.script.poll('yoe').push(held);
    const before = follow(live.client, { answers: ANSWERS });
    const { reportId: id } = await before.seen(is('PAY', 'READY'));
    await server.stop();
    const second = await startTestServer({ upstream, dataDir: server.dataDir });
    const client = connectClient(second);
    const follower = follow(client, { id });
    await follower.ended;
    expectSound(follower);
    expect(eventsOf(follower)[0]).toBe('PAY READY 2');
    expect(follower.events.at(-1)).toMatchObject({ type: 'YOE', status: 'READY' });
    expect([upstream.count('submit'), before.completions]).toEqual([1, 0]);
    client.terminate();
    await second.stop();
  });
});
