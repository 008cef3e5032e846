import { once } from 'node:events';
import { connect as dial } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { FollowAnswersDocument, FullReportDocument } from '../../generated/operations.js';
import { gate, pending } from '../../helpers/upstream.js';
import { numbered, useStage } from './stage.js';

const answers = numbered();
const follow = { query: FollowAnswersDocument, variables: { answers, types: ['PAY'] } };

describe.concurrent('stopping the server', () => {
  useStage();

  it('closes open sockets with 1001, spread over a few seconds', async ({ start, greet, expect }) => {
    const server = await start();
    const sockets = await Promise.all(Array.from({ length: 40 }, () => greet(server)));
    const startedAt = performance.now();
    const ends = sockets.map(async ({ closed }) => ({ ...(await closed), at: performance.now() - startedAt }));
    await server.stop();
    const closed = await Promise.all(ends);
    expect(new Set(closed.map(({ code }) => code))).toEqual(new Set([1001]));
    const times = closed.map(({ at }) => at).toSorted((a, b) => a - b);
    const [first = 0, last = 0] = [times[0], times.at(-1)];
    expect(last - first).toBeGreaterThan(1_000);
    expect(last).toBeLessThan(6_000);
    // Evenly spread: no second contains more than half of them.
    for (const from of times) {
      expect(times.filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(20);
    }
  });

  it('closes a following socket with 1001 without completing its subscription', async ({
    start,
    greet,
    upstream,
    expect,
  }) => {
    upstream.script.poll('pay').otherwise(pending(100));
    const server = await start();
    await greet(server);
    const last = await greet(server);
    last.subscribe('a', follow.query, follow.variables);
    await last.until(({ id }) => id === 'a');
    const stopped = server.stop();
    expect(await last.closed).toMatchObject({ code: 1001 });
    expect(last.messages.some(({ type }) => type === 'complete' || type === 'error')).toBe(false);
    await stopped;
  });

  it('refuses new sockets and streams while closing', async ({ start, greet, connect, stream, expect }) => {
    const server = await start();
    const sockets = await Promise.all(Array.from({ length: 10 }, () => greet(server)));
    const stopped = server.stop();
    await Promise.race(sockets.map(({ closed }) => closed));
    await expect(connect(server)).rejects.toThrow(/503|ECONNREFUSED/);
    const streamed = await stream(server, { query: '{ __typename }' }).catch(() => null);
    expect([undefined, 503]).toContain(streamed?.status);
    await stopped;
    await expect(connect(server)).rejects.toThrow('ECONNREFUSED');
  });

  it('does not wait for a socket that does not answer the close frame', async ({ start, greet, expect }) => {
    const server = await start();
    const sockets = await Promise.all([greet(server), greet(server)]);
    for (const { wire } of sockets) wire.pause();
    const startedAt = performance.now();
    await server.stop();
    expect(performance.now() - startedAt).toBeLessThan(9_000);
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
      const late = delay(8_000, 'it still runs after 8 seconds', { ref: false });
      expect(await Promise.race([server.stop(), late])).toBeUndefined();
    },
  );

  it('ends streams immediately, without a complete event', async ({ start, stream, upstream, expect }) => {
    upstream.script.poll('pay').otherwise(pending(15_000));
    const server = await start();
    const following = await stream(server, follow);
    await following.until(({ results }) => results.length > 0);
    const startedAt = performance.now();
    const stopped = server.stop();
    expect(await following.ended, 'the last event is not cut off').toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(following.blocks, 'not completed by the server stop').not.toContain('complete');
    await stopped;
  });

  it('ends streams and sockets within bounded time', async ({ start, greet, stream, upstream, expect }) => {
    upstream.script.poll('pay').otherwise(pending(15_000));
    const server = await start();
    await Promise.all([greet(server), greet(server)]);
    const following = await stream(server, follow);
    await following.until(({ results }) => results.length > 0);
    const startedAt = performance.now();
    const stopped = server.stop();
    await following.ended;
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    await stopped;
    expect(performance.now() - startedAt).toBeLessThan(9_000);
  });

  it('lets a waiting query receive its report', async ({ start, greet, upstream, expect }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await start();
    await Promise.all([greet(server), greet(server)]);
    const asked = server.run(FullReportDocument, { answers });
    await held.arrived;
    const stopped = server.stop();
    await delay(300);
    held.release();
    const { data, errors } = await asked;
    expect(errors).toEqual([]);
    expect(data?.report.pay?.basePay?.percentile50).toBe(104_300);
    await stopped;
  });

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
    expect(performance.now() - startedAt).toBeLessThan(9_000);
    const { errors } = await asked;
    expect(errors).toMatchObject([{ path: ['report', 'pay'], extensions: { code: 'REPORT_NOT_READY' } }]);
  });

  it('loses no purchase of a subscription that arrives while closing', async ({ start, greet, upstream, expect }) => {
    const server = await start();
    const sockets = await Promise.all(Array.from({ length: 10 }, () => greet(server)));
    const stopped = server.stop();
    await Promise.race(sockets.map(({ closed }) => closed));
    // A late subscription may or may not buy; the next server must know what was bought.
    for (const { raw } of sockets) {
      if (raw.readyState !== raw.OPEN) continue;
      const payload = { query: String(follow.query), variables: follow.variables };
      raw.send(JSON.stringify({ id: 'late', type: 'subscribe', payload }));
    }
    await stopped;
    const again = await start({ dataDir: server.dataDir });
    const { data } = await again.run(FullReportDocument, { answers });
    expect(data?.report.status).toEqual({ pay: 'READY', yoe: 'READY' });
    expect([upstream.bought('pay'), upstream.bought('yoe')]).toEqual([1, 1]);
  });
});
