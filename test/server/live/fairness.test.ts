import { connect as dial } from 'node:net';
import { describe, it } from 'vitest';
import { FollowAnswersDocument } from '../../generated/operations.js';
import { pending } from '../../fixtures/upstream/upstream.js';
import { requestText } from '../../fixtures/sockets/raw-stream.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';

/** All of them fit into what is read from a socket at once. */
const MANY = 90;
const FOLLOW = { query: String(FollowAnswersDocument), variables: { answers: numbered(), types: ['PAY'] } };

describe.concurrent('a peer that sends much at once', () => {
  useServers();
  useSockets();

  it.for([
    ['pings', (): object[] => [{ type: 'ping' }]],
    ['operations', (id: string): object[] => [{ type: 'subscribe', id, payload: { query: '{ __typename }' } }]],
    [
      'subscriptions and completes them',
      (id: string): object[] => [
        { type: 'subscribe', id, payload: FOLLOW },
        { type: 'complete', id },
      ],
    ],
  ] as const)(
    '%s over a WebSocket has one message handled in each turn',
    async ([, messages], { start, connectAndInit, upstream, expect }) => {
      upstream.script.poll('pay').otherwise(pending(15_000));
      const server = await start();
      const [greedy, modest] = await Promise.all([connectAndInit(server), connectAndInit(server)]);
      const handled = greedy.messages.length;
      greedy.wire.cork();
      for (let index = 0; index < MANY; index += 1)
        for (const each of messages(`${index}`)) greedy.send(JSON.stringify(each));
      greedy.send(JSON.stringify({ type: 'ping', payload: { last: true } }));
      greedy.wire.uncork();
      expect(await modest.run('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
      expect(greedy.messages.length - handled).toBeLessThan(MANY / 2);
      await greedy.until(({ type, payload }) => type === 'pong' && payload !== undefined);
    },
  );

  it('requests over one connection has one begun in each turn, and answers in order', async ({
    start,
    expect,
    onTestFinished,
  }) => {
    const server = await start();
    const wire = dial(Number(new URL(server.url).port), '127.0.0.1').setEncoding('utf8');
    onTestFinished(() => void wire.destroy());
    let text = '';
    wire.on('data', (chunk: string) => (text += chunk));
    const numbers = (): number[] => [...text.matchAll(/"a(\d+)"/g)].map(([, number]) => Number(number));
    wire.write(
      Array.from({ length: MANY }, (_, index) => requestText({ query: `{ a${index}: __typename }` })).join(''),
    );
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect(numbers().length).toBeLessThan(MANY / 2);
    await expect.poll(() => numbers().length).toBe(MANY);
    expect(numbers()).toEqual(Array.from({ length: MANY }, (_, index) => index));
  });

  it('requests over a connection that it then closes has no more of them begun', async ({
    start,
    upstream,
    expect,
  }) => {
    upstream.script.poll('pay').otherwise(pending(15_000));
    const server = await start();
    const wire = dial(Number(new URL(server.url).port), '127.0.0.1');
    wire.write(requestText(FOLLOW) + requestText({ query: 'query Unread { __typename }' }));
    await expect.poll(() => upstream.count('submit')).toBe(1);
    wire.destroy();
    for (let times = 0; times < 20; times += 1) await server.run('{ __typename }');
    expect(server.logged.join('')).not.toContain('Unread');
  });
});

// By itself, because it keeps the process busy.
describe('a peer that sends much at once and reads nothing', () => {
  useServers();
  useSockets();

  it('is disconnected, although what it sends are pings', async ({ start, connectAndInit, expect, onTestFinished }) => {
    const socket = await connectAndInit(await start());
    socket.wire.pause();
    const ping = setInterval(() => {
      for (let index = 0; index < 1_000; index += 1) socket.raw.ping('x'.repeat(125));
    }, 1);
    onTestFinished(() => clearInterval(ping));
    const gone = new Promise((resolve) => socket.wire.once('close', resolve));
    await expect(gone).resolves.toBeDefined();
  });
});
