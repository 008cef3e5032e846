import { connect as dial } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FollowAnswersDocument, UsageDocument } from '../../generated/operations.js';
import { gate, hang, pending } from '../../fixtures/upstream/upstream.js';
import { requestText } from '../../fixtures/sockets/raw-stream.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';

// Only intervals are faked; everything else, including the network, runs in real time.
describe('keeping connections alive', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  useServers();
  useSockets();
  afterEach(() => void vi.useRealTimers());

  it('pings every socket every 12 seconds', async ({ start, connectAndInit }) => {
    const server = await start();
    const [active, other] = await Promise.all([connectAndInit(server), connectAndInit(server)]);
    vi.advanceTimersByTime(11_900);
    expect(await active.run('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    expect(active.pings).toBe(0);
    for (let round = 1; round <= 3; round++) {
      vi.advanceTimersByTime(round === 1 ? 100 : 12_000);
      await expect.poll(() => [active.pings, other.pings]).toEqual([round, round]);
      // The pongs were sent before these queries, so they have arrived once the queries are answered.
      await Promise.all([active.run('{ __typename }'), other.run('{ __typename }')]);
    }
  });

  it('terminates a socket that has not answered a ping two seconds after the next one was due', async ({
    start,
    connectAndInit,
    upstream,
  }) => {
    upstream.script.poll('pay').otherwise(pending(300));
    const server = await start();
    const [dead, alive] = await Promise.all([connectAndInit(server, { autoPong: false }), connectAndInit(server)]);
    const follow = { answers: numbered(), types: ['PAY'] };
    alive.subscribe('a', FollowAnswersDocument, follow);
    await alive.until(({ id }) => id === 'a');
    dead.subscribe('a', FollowAnswersDocument, follow);
    await dead.until(({ id }) => id === 'a');

    vi.advanceTimersByTime(12_000);
    await expect.poll(() => dead.pings).toBe(1);
    await alive.run('{ __typename }');
    expect(await dead.run('{ __typename }'), 'it is still open').toEqual({ data: { __typename: 'Query' } });
    vi.advanceTimersByTime(12_900);
    expect(await dead.run('{ __typename }'), 'it is still open').toEqual({ data: { __typename: 'Query' } });
    vi.advanceTimersByTime(200);

    expect(await dead.closed).toMatchObject({ code: 1006 });
    const before = alive.results('a').length;
    await alive.until(() => alive.results('a').length > before + 1);
    upstream.script.poll('pay').otherwise();
    await alive.ended('a');
    const { data } = await server.run(UsageDocument);
    expect(data?.usage, 'a subscription of the dead socket would count as served').toMatchObject({
      collected: 1,
      saved: 0,
    });
  });

  it('reads what has arrived before it takes a peer for dead', async ({ start, connectAndInit }) => {
    const server = await start();
    const socket = await connectAndInit(server);
    // The pong is on its way when the next ping is due, as in a process that was frozen meanwhile.
    socket.raw.once('ping', () => vi.advanceTimersByTime(12_000));
    vi.advanceTimersByTime(12_000);
    await expect.poll(() => socket.pings).toBe(1);
    expect(await socket.run('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    vi.advanceTimersByTime(10_000);
    expect(await socket.run('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
  });

  it('sends a comment on an event stream every 12 seconds', async ({ start, stream, upstream }) => {
    upstream.script.poll('pay').otherwise(pending(15_000));
    const server = await start();
    const following = await stream(server, {
      query: FollowAnswersDocument,
      variables: { answers: numbered(), types: ['PAY'] },
    });
    const comments = (): number => following.blocks.filter((block) => block === ':').length;
    await following.until(() => following.blocks.includes('next'));
    expect(comments(), 'an initial comment makes browsers fire the open event').toBe(1);
    for (let round = 1; round <= 3; round++) {
      vi.advanceTimersByTime(12_000);
      await following.until(() => comments() > round);
      expect(comments()).toBe(1 + round);
    }
  });

  it('stops the comments of a stream when its client disconnects, without waiting for an event', async ({
    start,
    stream,
    upstream,
  }) => {
    upstream.script.poll('pay').push(pending(10)).otherwise(hang());
    const server = await start({ overrides: { timeouts: { poll: 120_000 } } });
    const before = vi.getTimerCount();
    const follow = { query: FollowAnswersDocument, variables: { answers: numbered(), types: ['PAY'] } };
    const streams = await Promise.all(Array.from({ length: 5 }, () => stream(server, follow)));
    // Each stream has a comment timer.
    await expect.poll(() => vi.getTimerCount()).toBe(before + 5);
    // After that, no events are due for two minutes.
    await Promise.all(streams.map(({ until }) => until(({ text }) => text.includes('"attempt":1'))));
    streams.forEach((following) => following.hangUp());
    await expect.poll(() => vi.getTimerCount()).toBe(before);
  });

  it('writes nothing after the end of a stream that is pipelined behind another', async ({
    start,
    upstream,
    atEnd,
  }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await start({ overrides: { timeouts: { poll: 600_000 } } });
    const wire = dial(Number(new URL(server.url).port), '127.0.0.1').setEncoding('utf8');
    atEnd(() => wire.destroy());
    let text = '';
    wire.on('data', (chunk: string) => (text += chunk));
    const follow = { query: String(FollowAnswersDocument), variables: { answers: numbered(), types: ['PAY'] } };
    wire.write(requestText(follow) + requestText({ query: 'query InLine { __typename }' }));

    await held.arrived;
    for (let round = 1; round <= 3; round++) {
      vi.advanceTimersByTime(12_000);
      expect((await server.run('{ __typename }')).data).toEqual({ __typename: 'Query' });
    }
    expect(text).not.toContain('"__typename":"Query"');
    expect(server.logged.join('')).not.toContain('InLine');
    held.release();
    await expect.poll(() => text.match(/event: complete/g)).toHaveLength(2);
    expect(text.indexOf('READY')).toBeLessThan(text.indexOf('{"data":{"__typename":"Query"}}'));
    expect(server.logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([]);
  });
});
