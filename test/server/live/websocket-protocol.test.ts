import { once } from 'node:events';
import { connect as dial } from 'node:net';
import { describe, it } from 'vitest';
import { FollowAnswersDocument } from '../../generated/operations.js';
import { gate } from '../../fixtures/upstream/upstream.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';

const QUERY = '{ __typename }';

describe.concurrent('the WebSocket protocol', () => {
  useServers();
  useSockets();

  it('acknowledges, runs an operation and completes it', async ({ start, connectAndInit, expect }) => {
    const socket = await connectAndInit(await start());
    socket.subscribe('a', QUERY);
    await socket.ended('a');
    expect(socket.messages).toEqual([
      { type: 'connection_ack' },
      { id: 'a', type: 'next', payload: { data: { __typename: 'Query' } } },
      { id: 'a', type: 'complete' },
    ]);
  });

  it('closes with 4401 on a subscribe before connection_init', async ({ start, connect, upstream, expect }) => {
    const socket = await connect(await start());
    socket.subscribe('a', FollowAnswersDocument, { answers: numbered() });
    expect(await socket.closed).toMatchObject({ code: 4401 });
    expect(upstream.submits()).toEqual([]);
  });

  it('closes with 4408 without connection_init for 5 seconds', async ({ start, connect, expect }) => {
    const server = await start();
    const startedAt = performance.now();
    const socket = await connect(server);
    expect(await socket.closed).toMatchObject({ code: 4408 });
    expect(performance.now() - startedAt).toBeGreaterThan(4_500);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  it('closes with 4429 on a second connection_init', async ({ start, connectAndInit, expect }) => {
    const socket = await connectAndInit(await start());
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toMatchObject({ code: 4429 });
  });

  it('closes with 4409 on an id that is in use', async ({ start, connectAndInit, upstream, expect }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const socket = await connectAndInit(await start());
    socket.subscribe('a', FollowAnswersDocument, { answers: numbered() });
    await held.arrived;
    socket.subscribe('a', QUERY);
    expect(await socket.closed).toMatchObject({ code: 4409 });
    held.release();
  });

  it('allows an id to be reused after its operation has completed', async ({ start, connectAndInit, expect }) => {
    const socket = await connectAndInit(await start());
    for (const round of [1, 2]) {
      socket.subscribe('a', QUERY);
      await socket.until(() => socket.messages.filter(({ type }) => type === 'complete').length === round);
    }
    expect(socket.results('a')).toHaveLength(2);
  });

  it.for([
    ['not JSON', 'hello'],
    ['not an object', '"connection_init"'],
    ['an unknown type', JSON.stringify({ type: 'start', id: 'a', payload: { query: QUERY } })],
    ['no id', JSON.stringify({ type: 'subscribe', payload: { query: QUERY } })],
    ['a server message', JSON.stringify({ type: 'connection_ack' })],
  ])('closes with 4400 on an invalid message: %s', async ([, text], { start, connectAndInit, expect }) => {
    const server = await start();
    const socket = await connectAndInit(server);
    socket.send(text ?? '');
    expect(await socket.closed).toMatchObject({ code: 4400 });
    // A client error must not be logged as a server error.
    expect(server.logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([]);
  });

  it('closes with 4406 without a sub-protocol', async ({ start, connect, expect }) => {
    const socket = await connect(await start(), { protocols: [] });
    expect(await socket.closed).toMatchObject({ code: 4406 });
  });

  it('closes with 4406 for an unsupported sub-protocol', async ({ start, expect }) => {
    const { url } = await start();
    // A raw connection, because WebSocket clients disconnect when their sub-protocol is not confirmed.
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

  it('selects its sub-protocol from several', async ({ start, connect, expect }) => {
    const socket = await connect(await start(), { protocols: ['graphql-ws', 'graphql-transport-ws'] });
    expect(socket.raw.protocol).toBe('graphql-transport-ws');
  });

  it.for(['/', '/graphql/', '/graphql/stream', '/graphiql', '/other?path=/graphql'])(
    'is not available at %s',
    async (path, { start, connect, expect }) => {
      await expect(connect(await start(), { path })).rejects.toThrow('404');
    },
  );

  it('is available at /graphql with any query string', async ({ start, connect, expect }) => {
    const socket = await connect(await start(), { path: '/graphql?from=here' });
    expect(socket.raw.readyState).toBe(socket.raw.OPEN);
  });

  it('answers a ping message with a pong and its payload', async ({ start, connectAndInit, expect }) => {
    const socket = await connectAndInit(await start());
    socket.send({ type: 'ping', payload: { at: 1 } });
    expect(await socket.until(({ type }) => type === 'pong')).toEqual({ type: 'pong', payload: { at: 1 } });
  });

  it('refuses an operation of more than 256 KB, and closes with 1009 on another large message', async (context) => {
    const { start, connectAndInit, expect } = context;
    const sized = (bytes: number, message: object): string => {
      const empty = JSON.stringify({ ...message, payload: { query: `${QUERY}#` } });
      return empty.replace('#', `#${'.'.repeat(bytes - empty.length)}`);
    };
    const server = await start();
    const socket = await connectAndInit(server);
    for (const bytes of [262_144, 262_145, 1_048_576]) {
      const id = String(bytes);
      socket.send(sized(bytes, { id, type: 'subscribe' }));
      await socket.ended(id);
    }
    expect(socket.messages.slice(1)).toMatchObject([
      { id: '262144', type: 'next' },
      { id: '262144', type: 'complete' },
      { id: '262145', type: 'error', payload: [{ extensions: { code: 'OPERATION_TOO_LARGE', limit: 262_144 } }] },
      { id: '1048576', type: 'error', payload: [{ extensions: { code: 'OPERATION_TOO_LARGE', limit: 262_144 } }] },
    ]);
    socket.send(sized(262_145, { type: 'ping' }));
    expect(await socket.closed).toMatchObject({ code: 1009 });

    const larger = await connectAndInit(server);
    larger.send(sized(1_048_577, { id: 'a', type: 'subscribe' }));
    expect(await larger.closed).toMatchObject({ code: 1009 });
    expect(larger.messages.some(({ id }) => id === 'a')).toBe(false);
  });

  it('tolerates an abrupt disconnect', async ({ start, connectAndInit, upstream, expect }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const server = await start();
    const socket = await connectAndInit(server);
    socket.subscribe('a', FollowAnswersDocument, { answers: numbered() });
    await held.arrived;
    socket.wire.resetAndDestroy();
    await once(socket.raw, 'close');
    held.release();
    await expect.poll(() => upstream.count('poll')).toBeGreaterThanOrEqual(4);
    expect(server.logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([]);
    expect(await (await connectAndInit(server)).run(QUERY)).toEqual({ data: { __typename: 'Query' } });
  });
});
