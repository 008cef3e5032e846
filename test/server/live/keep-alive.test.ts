import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FollowAnswersDocument } from '../../generated/operations.js';
import { pending } from '../../helpers/upstream.js';
import { numbered, useStage } from './stage.js';

// Only what the server itself repeats: everything else of these tests, the network above all, takes its real time.
describe('keeping connections alive', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  useStage();
  afterEach(() => void vi.useRealTimers());

  it('pings every socket each 12 seconds', async ({ start, greet }) => {
    const server = await start();
    const [greeted, other] = await Promise.all([greet(server), greet(server)]);
    vi.advanceTimersByTime(11_900);
    expect(await greeted.run('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    expect(greeted.pings).toBe(0);
    for (let round = 1; round <= 3; round++) {
      vi.advanceTimersByTime(round === 1 ? 100 : 12_000);
      await vi.waitFor(() => expect([greeted.pings, other.pings]).toEqual([round, round]));
      // Its pong, which left before this, has arrived when this is answered.
      await Promise.all([greeted.run('{ __typename }'), other.run('{ __typename }')]);
    }
  });

  it('drops the peer that answered no ping when the next is due, and ends its subscriptions', async ({
    start,
    greet,
    upstream,
  }) => {
    upstream.script.poll('pay').otherwise(pending(300));
    const server = await start();
    const [dead, alive] = await Promise.all([greet(server, { autoPong: false }), greet(server)]);
    const follow = { answers: numbered(), types: ['PAY'] };
    dead.subscribe('a', FollowAnswersDocument, follow);
    alive.subscribe('a', FollowAnswersDocument, follow);
    await dead.until(({ id }) => id === 'a');

    vi.advanceTimersByTime(12_000);
    await vi.waitFor(() => expect(dead.pings).toBe(1));
    await alive.run('{ __typename }');
    expect(await dead.run('{ __typename }'), 'it has until the next').toEqual({ data: { __typename: 'Query' } });
    vi.advanceTimersByTime(12_000);

    expect(await dead.closed).toMatchObject({ code: 1006 });
    const told = alive.results('a').length;
    await alive.until(() => alive.results('a').length > told + 1);
  });

  it('sends a comment down every stream each 12 seconds', async ({ start, stream, upstream }) => {
    upstream.script.poll('pay').otherwise(pending(15_000));
    const server = await start();
    const following = await stream(server, {
      query: FollowAnswersDocument,
      variables: { answers: numbered(), types: ['PAY'] },
    });
    const comments = (): number => following.blocks.filter((block) => block === ':').length;
    await following.until(() => following.blocks.includes('next'));
    expect(comments(), 'one at the beginning, which makes browsers open the stream').toBe(1);
    for (let round = 1; round <= 3; round++) {
      vi.advanceTimersByTime(12_000);
      await following.until(() => comments() > round);
      expect(comments()).toBe(1 + round);
    }
  });

  it('forgets a stream as soon as it is hung up on, although nothing is to be told', async ({
    start,
    stream,
    upstream,
  }) => {
    upstream.script.poll('pay').otherwise(pending(15_000));
    const server = await start();
    const before = vi.getTimerCount();
    const follow = { query: FollowAnswersDocument, variables: { answers: numbered(), types: ['PAY'] } };
    const streams = await Promise.all(Array.from({ length: 5 }, () => stream(server, follow)));
    // Each has the timer of its comments.
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(before + 5));
    // Then there is silence for 15 seconds.
    await Promise.all(streams.map(({ until }) => until(({ text }) => text.includes('"attempt":1'))));
    streams.forEach((following) => following.hangUp());
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(before));
  });
});
