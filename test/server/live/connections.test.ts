import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, it, type TestContext } from 'vitest';
import { FollowAnswersDocument, PayOnlyDocument } from '../../generated/operations.js';
import { numbered, SEATTLE } from '../../fixtures/answers/answers.js';
import { newDirectory } from '../../fixtures/directory.js';
import { post } from '../../fixtures/server/post.js';
import { logOf } from '../../fixtures/server/responses.js';
import { launchServer } from '../../fixtures/server/server-process.js';
import { serverSettings } from '../../fixtures/server/settings.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { dial, httpRequest, type RawConnection } from '../../fixtures/sockets/raw-connection.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';
import { gate, pending } from '../../fixtures/upstream/upstream.js';

const UNFINISHED = [
  ['headers', 'POST /graphql HTTP/1.1\r\nhost: localhost\r\n'],
  ['a body', httpRequest('/graphql', { query: '{ __typename }' }).slice(0, -5)],
  ['anything', ''],
  ['another request', httpRequest('/healthz')],
] as const;

describe.concurrent('connections', () => {
  useServers();
  useSockets();

  it.for(UNFINISHED)('that do not send %s push each other out, not those who ask', async ([, sent], context) => {
    const { start, upstream, expect } = context;
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await start({ env: { MAX_CONNECTIONS: '20' } });
    const asking = server.run(PayOnlyDocument, { answers: SEATTLE });
    await held.arrived;
    const slow = await Promise.all(Array.from({ length: 60 }, () => opened(context, server.url, sent)));
    expect(await health(server.url)).toBe(200);
    held.release();
    expect((await asking).errors, 'one that has waited for long').toEqual([]);
    await expect.poll(() => slow.filter(({ isClosed }) => !isClosed).length).toBeLessThanOrEqual(20);
    expect(logOf(server).filter(({ msg }) => String(msg).startsWith('MAX_CONNECTIONS'))).toHaveLength(1);
  });

  it('of a crowd wait until they are accepted, and all are answered', async (context) => {
    const { upstream, expect, onTestFinished } = context;
    const directory = await newDirectory();
    const { child, listening, end } = launchServer({
      settings: serverSettings(upstream.url, directory.path, upstream.options),
    });
    onTestFinished(async () => {
      await end('SIGKILL');
      await directory.remove();
    });
    const url = await listening;
    child.kill('SIGSTOP');
    const crowd = Array.from({ length: 1_000 }, () => dial(url));
    onTestFinished(() => crowd.forEach(({ wire }) => wire.destroy()));
    // By the system: the server accepts none yet.
    await Promise.all(crowd.map(({ wire }) => once(wire, 'connect')));
    for (const { wire } of crowd) wire.write(httpRequest('/healthz', undefined, { connection: 'close' }));
    child.kill('SIGCONT');
    await Promise.all(crowd.map(({ closed }) => closed));
    expect(crowd.filter(({ text }) => !text.startsWith('HTTP/1.1 200 '))).toEqual([]);
  });

  it('in use are not pushed out: others get 503, of every door, until one is free', async (context) => {
    const { start, stream, connect, connectAndInit, upstream, expect } = context;
    upstream.script.poll('pay').otherwise(pending(1_000));
    const server = await start({ env: { MAX_CONNECTIONS: '2' } });
    const socket = await connectAndInit(server);
    const following = await stream(server, {
      query: FollowAnswersDocument,
      variables: { answers: numbered(), types: ['PAY'] },
    });

    const refused = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    });
    expect(refused.status).toBe(503);
    expect([refused.headers.get('retry-after'), refused.headers.get('connection')]).toEqual(['5', 'close']);
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'OVERLOADED', retryAfterMs: 5_000 } }],
    });
    expect((await stream(server, { query: '{ __typename }' })).status).toBe(503);
    await expect(connect(server)).rejects.toThrow('Unexpected server response: 503');
    expect(await health(server.url)).toBe(200);
    expect(following.results).not.toEqual([]);

    socket.raw.close();
    await socket.closed;
    await expect.poll(async () => (await server.run('{ __typename }')).status).toBe(200);
  });

  it('leave the server enough descriptors to buy with, where few are allowed', async (context) => {
    const { atEnd, upstream, expect } = context;
    const { path: dataDir, remove } = await newDirectory();
    atEnd(remove);
    const server = launchServer({
      settings: { ...serverSettings(upstream.url, dataDir, upstream.options), LOG_LEVEL: 'info' },
      wrapper: ['sh', '-c', 'ulimit -n 200 && exec "$0" "$@"'],
    });
    atEnd(() => server.end('SIGKILL'));
    const url = await server.listening;
    expect(server.log()).toMatch(/"most":100,"openFiles":200.*MAX_CONNECTIONS/);
    const slow = await Promise.all(Array.from({ length: 300 }, () => opened(context, url, UNFINISHED[0][1])));
    const { data } = await post(url, PayOnlyDocument, { answers: SEATTLE });
    expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    expect(await health(url)).toBe(200);
    await expect.poll(() => slow.filter(({ isClosed }) => !isClosed).length).toBeLessThanOrEqual(100);
    expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});

describe.concurrent('requests of one connection', () => {
  useServers();

  it('are served one after the other', async (context) => {
    const { start, upstream, expect } = context;
    const held = gate();
    upstream.script.submit.push(held);
    const { url } = await start();
    const connection = await opened(context, url, pay(1) + pay(2) + httpRequest('/healthz'));
    await held.arrived;
    await delay(300);
    expect(upstream.count('submit')).toBe(1);
    held.release();
    await expect.poll(() => connection.text).toContain('"status":"ok"');
    expect(connection.text.match(/"percentile50":104300/g)).toHaveLength(2);
    expect(upstream.count('submit')).toBe(2);
  });

  it('buy nothing if their client is gone before it is their turn', async (context) => {
    const { start, upstream, expect } = context;
    const held = gate();
    upstream.script.submit.push(held);
    const server = await start();
    const connection = await opened(context, server.url, pay(1) + pay(2));
    await held.arrived;
    connection.wire.resetAndDestroy();
    const operations = () => logOf(server).filter(({ msg }) => msg === 'operation');
    await expect.poll(operations).toMatchObject([{ errors: ['CLIENT_DISCONNECTED'] }]);
    held.release();
    await server.run(PayOnlyDocument, { answers: numbered(1) });
    await delay(300);
    expect(upstream.count('submit')).toBe(1);
  });

  it('end it if there are more than a hundred that wait', async (context) => {
    const { start, upstream, expect } = context;
    const held = gate();
    upstream.script.poll('pay').push(held);
    const { url } = await start();
    const connections = await Promise.all(
      [100, 101].map((waiting) => opened(context, url, pay(1) + httpRequest('/healthz').repeat(waiting))),
    );
    await connections[1]?.closed;
    expect(connections[0]?.isClosed).toBe(false);
    held.release();
    await expect.poll(() => connections[0]?.text.match(/"status":"ok"/g)).toHaveLength(100);
  });
});

function pay(number: number): string {
  return httpRequest('/graphql', { query: String(PayOnlyDocument), variables: { answers: numbered(number) } });
}

async function opened({ atEnd }: TestContext, url: string, sent: string): Promise<RawConnection> {
  const connection = dial(url);
  atEnd(() => connection.wire.destroy());
  connection.wire.write(sent);
  await new Promise((resolve) => connection.wire.once('connect', resolve).once('close', resolve));
  return connection;
}

/** On a connection of its own. */
async function health(url: string): Promise<number> {
  const { status } = await fetch(new URL('/healthz', url), { headers: { connection: 'close' } });
  return status;
}
