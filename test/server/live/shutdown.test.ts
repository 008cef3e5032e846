import { once } from 'node:events';
import { connect as dial } from 'node:net';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { FollowAnswersDocument, FullReportDocument } from '../../generated/operations.js';
import { OWN_HOST } from '../../fixtures/sockets/loopback.js';
import { gate, pending } from '../../fixtures/upstream/upstream.js';
import { requestText } from '../../fixtures/sockets/raw-stream.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';

const answers = numbered();
const follow = { query: FollowAnswersDocument, variables: { answers, types: ['PAY'] } };

describe.concurrent('stopping the server', () => {
  useServers();
  useSockets();

  it('closes open sockets with 1001, spread over a few seconds', async ({ start, connectAndInit, expect }) => {
    const server = await start();
    const sockets = await Promise.all(Array.from({ length: 40 }, () => connectAndInit(server)));
    const startedAt = performance.now();
    const ends = sockets.map(async ({ closed }) => ({ ...(await closed), at: performance.now() - startedAt }));
    await server.stop();
    const closed = await Promise.all(ends);
    expect(new Set(closed.map(({ code }) => code))).toEqual(new Set([1001]));
    const times = closed.map(({ at }) => at).toSorted((a, b) => a - b);
    const [first = 0, last = 0] = [times[0], times.at(-1)];
    // How evenly is tested in test/unit/closing-times.test.ts.
    expect(last - first).toBeGreaterThan(1_000);
    expect(last).toBeLessThan(60_000);
  });

  it('answers 503 at /healthz and /readyz while sockets are being closed, then refuses connections', async (context) => {
    const { start, connectAndInit, expect } = context;
    const server = await start();
    const sockets = await Promise.all(Array.from({ length: 20 }, () => connectAndInit(server)));
    const status = (path: string) =>
      fetch(`${server.url}${path}`).then(
        (response) => response.status,
        () => 'refused',
      );
    await expect.poll(() => Promise.all([status('/healthz'), status('/readyz')])).toEqual([200, 200]);
    const stopped = server.stop();
    // The last one is closed almost three seconds later.
    await Promise.race(sockets.map(({ closed }) => closed));
    expect(await Promise.all([status('/healthz'), status('/readyz')])).toEqual([503, 503]);
    await stopped;
    expect(await Promise.all([status('/healthz'), status('/readyz')])).toEqual(['refused', 'refused']);
  });

  it('delivers events to the sockets that are still open', async ({ start, connectAndInit, upstream, expect }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await start();
    const sockets = [];
    for (let index = 0; index < 10; index++) sockets.push(await connectAndInit(server));
    for (const socket of sockets) socket.subscribe('a', follow.query, follow.variables);
    await Promise.all([held.arrived, ...sockets.map(({ until }) => until(({ id }) => id === 'a'))]);

    const stopped = server.stop();
    expect(await Promise.race(sockets.map(({ closed }) => closed))).toMatchObject({ code: 1001 });
    held.release();
    // They are closed in the order in which they were opened.
    const last = sockets.at(-1);
    expect(await last?.ended('a')).toEqual({ id: 'a', type: 'complete' });
    const event = last?.results('a').at(-1)?.data?.['reportStatus'];
    expect(event).toMatchObject({ status: 'READY', report: { pay: { basePay: { percentile50: 104_300 } } } });
    expect(await last?.closed).toMatchObject({ code: 1001 });
    await stopped;
  });

  it('closes a following socket with 1001 without completing its subscription', async ({
    start,
    connectAndInit,
    upstream,
    expect,
  }) => {
    upstream.script.poll('pay').otherwise(pending(100));
    const server = await start();
    await connectAndInit(server);
    const last = await connectAndInit(server);
    last.subscribe('a', follow.query, follow.variables);
    await last.until(({ id }) => id === 'a');
    const stopped = server.stop();
    expect(await last.closed).toMatchObject({ code: 1001 });
    expect(last.messages.some(({ type }) => type === 'complete' || type === 'error')).toBe(false);
    await stopped;
  });

  it('refuses new sockets and streams while closing', async ({ start, connectAndInit, connect, stream, expect }) => {
    const server = await start({ env: { HOST: OWN_HOST } });
    const sockets = await Promise.all(Array.from({ length: 10 }, () => connectAndInit(server)));
    const stopped = server.stop();
    await Promise.race(sockets.map(({ closed }) => closed));
    // It may have stopped listening by now, also before it has taken up this connection.
    await expect(connect(server)).rejects.toThrow(/503|ECONNREFUSED|ECONNRESET/);
    const streamed = await stream(server, { query: '{ __typename }' }).catch(() => null);
    expect([undefined, 503]).toContain(streamed?.status);
    await streamed?.ended;
    const closing = { message: 'The server is shutting down.', extensions: { code: 'SERVICE_UNAVAILABLE' } };
    for (const errors of [streamed?.errors, (await server.run('{ __typename }').catch(() => null))?.errors]) {
      if (errors) expect(errors).toEqual([closing]);
    }
    await stopped;
    await expect(connect(server)).rejects.toThrow('ECONNREFUSED');
  });

  it('does not wait for a socket that does not answer the close frame', async ({ start, connectAndInit, expect }) => {
    const server = await start();
    const sockets = await Promise.all([connectAndInit(server), connectAndInit(server)]);
    for (const { wire } of sockets) wire.pause();
    const startedAt = performance.now();
    await server.stop();
    expect(performance.now() - startedAt).toBeLessThan(25_000);
  });

  it.for([
    ['a wrong path', '/nowhere', ''],
    ['a foreign origin', '/graphql', 'origin: https://elsewhere.example\r\n'],
  ])(
    'does not wait for a half-open connection whose upgrade request was refused for %s',
    async ([, path, header], context) => {
      const { start, atEnd, expect } = context;
      const server = await start();
      const wire = dial({ port: Number(new URL(server.url).port), host: '127.0.0.1', allowHalfOpen: true });
      atEnd(() => wire.destroy());
      // A reset is acceptable too.
      wire.on('error', () => undefined);
      const answered = once(wire, 'data') as Promise<Buffer[]>;
      wire.write(
        `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${header}connection: upgrade\r\nupgrade: websocket\r\n` +
          'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      expect(String((await answered)[0])).toMatch(/^HTTP\/1.1 40[34] /);
      const late = delay(15_000, 'it still runs after 15 seconds', { ref: false });
      expect(await Promise.race([server.stop(), late])).toBeUndefined();
    },
  );

  it('ends streams immediately, without a complete event', async ({ start, stream, upstream, expect }) => {
    upstream.script.poll('pay').otherwise(pending(15_000));
    const server = await start();
    const following = await stream(server, follow);
    await following.until(({ results }) => results.length > 0);
    const stopped = server.stop();
    // Without an end of its own, it would be cut off after 9 seconds.
    expect(await following.ended, 'it is not cut off').toBe(true);
    expect(following.blocks, 'not completed by the server stop').not.toContain('complete');
    await stopped;
  });

  it('ends streams that are still being opened', async ({ start, upstream, atEnd, expect }) => {
    upstream.script.poll('pay').otherwise(pending(15_000));
    const received: string[] = [];
    // Requests are taken up one after the other, so that one of them is always halfway.
    for (const turns of [2, 4, 6]) {
      const server = await start();
      const wires = Array.from({ length: 10 }, () => dial(Number(new URL(server.url).port), '127.0.0.1'));
      atEnd(() => wires.forEach((wire) => wire.destroy()));
      await Promise.all(wires.map((wire) => once(wire, 'connect')));
      const ends = wires.map(async (wire, index) => {
        // A reset is acceptable for requests that were not answered.
        wire.on('error', () => undefined);
        let text = '';
        wire.on('data', (chunk) => (text += String(chunk)));
        wire.write(requestText({ query: follow.query, variables: { answers: numbered(index), types: ['PAY'] } }));
        await new Promise((resolve) => wire.once('close', resolve));
        received.push(text);
      });
      for (let count = 0; count < turns; count++) await turn();
      const stopped = server.stop();
      await Promise.all(ends);
      await stopped;
    }
    const opened = received.filter((text) => text.startsWith('HTTP/1.1 200 '));
    expect(opened).not.toEqual([]);
    // Without an end of their own, they would be cut off after 9 seconds, before the last chunk.
    expect(opened.filter((text) => !text.endsWith('\r\n0\r\n\r\n'))).toEqual([]);
    expect(received.filter((text) => text.includes('event: complete'))).toEqual([]);
  });

  it('ends streams and sockets within bounded time', async ({ start, connectAndInit, stream, upstream, expect }) => {
    upstream.script.poll('pay').otherwise(pending(15_000));
    const server = await start();
    await Promise.all([connectAndInit(server), connectAndInit(server)]);
    const following = await stream(server, follow);
    await following.until(({ results }) => results.length > 0);
    const startedAt = performance.now();
    const stopped = server.stop();
    expect(await following.ended, 'it is not cut off').toBe(true);
    await stopped;
    expect(performance.now() - startedAt).toBeLessThan(45_000);
  });

  // Alone: queries wait for three seconds more, in which others of this file would take their turns.
  it(
    'lets a waiting query receive its report',
    { concurrent: false },
    async ({ start, connectAndInit, upstream, expect }) => {
      const held = gate();
      upstream.script.poll('pay').push(held);
      const server = await start();
      await Promise.all([connectAndInit(server), connectAndInit(server)]);
      const asked = server.run(FullReportDocument, { answers });
      await held.arrived;
      const stopped = server.stop();
      // Closing has begun, and waits for the sockets; a query may wait for seconds more.
      await turn();
      held.release();
      const { data, errors } = await asked;
      expect(errors).toEqual([]);
      expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
      await stopped;
    },
  );

  it('answers a waiting query with REPORT_NOT_READY if its report does not arrive in time', async ({
    start,
    upstream,
    expect,
  }) => {
    upstream.script.poll('pay').otherwise(pending(15_000));
    const server = await start();
    const asked = server.run(FullReportDocument, { answers });
    await expect.poll(() => upstream.count('poll')).toBeGreaterThan(1);
    const startedAt = performance.now();
    await server.stop();
    expect(performance.now() - startedAt).toBeLessThan(25_000);
    const { errors } = await asked;
    expect(errors).toMatchObject([{ path: ['report', 'pay'], extensions: { code: 'REPORT_NOT_READY' } }]);
  });

  it('loses no purchase of a subscription that arrives while closing', async ({
    start,
    connectAndInit,
    upstream,
    expect,
  }) => {
    const server = await start();
    const sockets = [];
    for (let index = 0; index < 10; index++) sockets.push(await connectAndInit(server));
    const stopped = server.stop();
    await Promise.race(sockets.map(({ closed }) => closed));
    const last = sockets.at(-1);
    last?.subscribe('late', follow.query, follow.variables);
    expect(await last?.until(({ id }) => id === 'late')).toMatchObject({
      type: 'next',
      payload: { data: { reportStatus: { type: 'PAY', status: 'SUBMITTING' } } },
    });
    await stopped;
    expect(upstream.submits(), 'no request whose outcome might be missed').toEqual([]);

    // What it was promised is bought by the next server, although nobody asks again.
    const again = await start({ dataDir: server.dataDir });
    await expect.poll(() => upstream.bought()).toBe(1);
    const { data } = await again.run(FullReportDocument, { answers });
    expect(data?.report?.status).toEqual({ pay: 'READY', yoe: 'READY' });
    expect([upstream.bought('pay'), upstream.bought('yoe')]).toEqual([1, 1]);
  });
});
