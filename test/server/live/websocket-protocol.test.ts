import { once } from 'node:events';
import { connect as dial } from 'node:net';
import { describe, it } from 'vitest';
import { FollowAnswersDocument } from '../../generated/operations.js';
import { gate } from '../../helpers/upstream.js';
import { numbered, useStage } from './stage.js';

const QUERY = '{ __typename }';

describe.concurrent('the protocol of the socket', () => {
  useStage();

  it('greets, runs an operation and says that it is complete', async ({ start, greet, expect }) => {
    const socket = await greet(await start());
    socket.subscribe('a', QUERY);
    await socket.ended('a');
    expect(socket.messages).toEqual([
      { type: 'connection_ack' },
      { id: 'a', type: 'next', payload: { data: { __typename: 'Query' } } },
      { id: 'a', type: 'complete' },
    ]);
  });

  it('closes with 4401 when something is asked before the greeting was answered', async ({
    start,
    connect,
    upstream,
    expect,
  }) => {
    const socket = await connect(await start());
    socket.subscribe('a', FollowAnswersDocument, { answers: numbered() });
    expect(await socket.closed).toMatchObject({ code: 4401 });
    expect(upstream.submits()).toEqual([]);
  });

  it('closes with 4408 when there is no greeting for 5 seconds, and not much earlier', async ({
    start,
    connect,
    expect,
  }) => {
    const server = await start();
    const startedAt = performance.now();
    const socket = await connect(server);
    expect(await socket.closed).toMatchObject({ code: 4408 });
    expect(performance.now() - startedAt).toBeGreaterThan(4_500);
    expect(performance.now() - startedAt).toBeLessThan(9_000);
  });

  it('closes with 4429 at a second greeting', async ({ start, greet, expect }) => {
    const socket = await greet(await start());
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toMatchObject({ code: 4429 });
  });

  it('closes with 4409 when an id is given twice at a time', async ({ start, greet, upstream, expect }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const socket = await greet(await start());
    socket.subscribe('a', FollowAnswersDocument, { answers: numbered() });
    await held.arrived;
    socket.subscribe('a', QUERY);
    expect(await socket.closed).toMatchObject({ code: 4409 });
    held.release();
  });

  it('takes an id again once its operation has ended', async ({ start, greet, expect }) => {
    const socket = await greet(await start());
    for (const round of [1, 2]) {
      socket.subscribe('a', QUERY);
      await socket.until(() => socket.messages.filter(({ type }) => type === 'complete').length === round);
    }
    expect(socket.results('a')).toHaveLength(2);
  });

  it.for([
    ['no JSON', 'hello'],
    ['no object', '"connection_init"'],
    ['an unknown type', JSON.stringify({ type: 'start', id: 'a', payload: { query: QUERY } })],
    ['no id', JSON.stringify({ type: 'subscribe', payload: { query: QUERY } })],
    ['no query', JSON.stringify({ type: 'subscribe', id: 'a', payload: {} })],
    ['variables in a list', JSON.stringify({ type: 'subscribe', id: 'a', payload: { query: QUERY, variables: [1] } })],
    ['what only servers say', JSON.stringify({ type: 'connection_ack' })],
  ])('closes with 4400 at a message that is %s', async ([, text], { start, greet, expect }) => {
    const server = await start();
    const socket = await greet(server);
    socket.send(text ?? '');
    expect(await socket.closed).toMatchObject({ code: 4400 });
    // Anybody can send such a thing: it is no fault of the server's.
    expect(server.logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([]);
  });

  it('closes with 4406 where no sub-protocol is asked for', async ({ start, connect, expect }) => {
    const socket = await connect(await start(), { protocols: [] });
    expect(await socket.closed).toMatchObject({ code: 4406 });
  });

  it('closes with 4406 where only another sub-protocol is asked for', async ({ start, expect }) => {
    const { url } = await start();
    // Clients hang up by themselves when their protocol is not confirmed: so this one speaks for itself.
    const wire = dial(Number(new URL(url).port), '127.0.0.1');
    wire.write(
      'GET /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
        'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'sec-websocket-protocol: graphql-ws\r\n\r\n',
    );
    const chunks: Buffer[] = [];
    wire.on('data', (chunk) => chunks.push(chunk));
    await expect.poll(() => Buffer.concat(chunks).includes('Subprotocol not acceptable')).toBe(true);
    const answer = Buffer.concat(chunks);
    const frame = answer.subarray(answer.indexOf('\r\n\r\n') + 4);
    expect(answer.toString('latin1')).not.toMatch(/sec-websocket-protocol/i);
    expect([frame[0], frame.readUInt16BE(2)]).toEqual([0x88, 4406]);
    wire.destroy();
  });

  it('picks its sub-protocol out of several', async ({ start, connect, expect }) => {
    const socket = await connect(await start(), { protocols: ['graphql-ws', 'graphql-transport-ws'] });
    expect(socket.raw.protocol).toBe('graphql-transport-ws');
  });

  it.for(['/', '/graphql/', '/graphql/stream', '/graphiql', '/other?path=/graphql'])(
    'is not at %s',
    async (path, { start, connect, expect }) => {
      await expect(connect(await start(), { path })).rejects.toThrow('404');
    },
  );

  it('is at /graphql whatever the query says', async ({ start, connect, expect }) => {
    const socket = await connect(await start(), { path: '/graphql?from=here' });
    expect(socket.raw.readyState).toBe(socket.raw.OPEN);
  });

  it('answers a ping of the protocol, which browsers cannot send otherwise', async ({ start, greet, expect }) => {
    const socket = await greet(await start());
    socket.send({ type: 'ping', payload: { at: 1 } });
    expect(await socket.until(({ type }) => type === 'pong')).toEqual({ type: 'pong', payload: { at: 1 } });
  });

  it('takes a frame of 64 KB and closes with 1009 at a larger one', async ({ start, greet, expect }) => {
    const server = await start();
    const sized = (bytes: number): string => {
      const empty = JSON.stringify({ id: 'a', type: 'subscribe', payload: { query: `${QUERY}#` } });
      return empty.replace('#', `#${'.'.repeat(bytes - empty.length)}`);
    };
    const fits = await greet(server);
    fits.send(sized(65_536));
    await fits.ended('a');
    expect(fits.results('a')).toEqual([{ data: { __typename: 'Query' } }]);

    const larger = await greet(server);
    larger.send(sized(65_537));
    expect(await larger.closed).toMatchObject({ code: 1009 });
    expect(larger.messages.some(({ id }) => id === 'a')).toBe(false);
  });

  it('does not mind a client that is gone without a word', async ({ start, greet, upstream, expect }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const server = await start();
    const socket = await greet(server);
    socket.subscribe('a', FollowAnswersDocument, { answers: numbered() });
    await held.arrived;
    socket.wire.resetAndDestroy();
    await once(socket.raw, 'close');
    held.release();
    await expect.poll(() => upstream.count('poll')).toBeGreaterThanOrEqual(4);
    expect(server.logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([]);
    expect(await (await greet(server)).run(QUERY)).toEqual({ data: { __typename: 'Query' } });
  });
});
