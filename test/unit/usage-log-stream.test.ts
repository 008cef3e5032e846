import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { expect, it, onTestFinished } from 'vitest';
import { openConnections } from '../../src/datasources/jobalyzer/connection-pool.js';
import { stream } from '../../src/datasources/jobalyzer/usage-log/stream.js';

const LENGTH = 32_000_000;

/** A way to a server that answers with this body. */
async function serving(body: Buffer | string): Promise<Dispatcher> {
  const server = createServer((_request, response) => void response.end(body)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const pool = openConnections(`http://127.0.0.1:${port}`, { connections: 1, keepAlive: false });
  onTestFinished(async () => {
    await pool.destroy();
    server.closeAllConnections();
    server.close();
  });
  return pool;
}

it('a body that is not read stays with its sender, and comes whole once it is', async () => {
  const pool = await serving(Buffer.alloc(LENGTH, 'x'));
  const { status, body } = await stream(pool, { path: '/' }, new AbortController().signal);
  expect(status).toBe(200);
  await delay(300);
  expect(body.readableLength).toBeLessThan(1_000_000);
  let length = 0;
  for await (const chunk of body) length += (chunk as Buffer).length;
  expect(length).toBe(LENGTH);
});

it('a signal that has aborted before ends a request with its reason', async () => {
  const reason = new Error('The server is stopping.');
  await expect(stream(await serving('x'), { path: '/' }, AbortSignal.abort(reason))).rejects.toBe(reason);
});

it('a response that has come whole keeps nothing of its signal', async () => {
  const { signal } = new AbortController();
  const { body } = await stream(await serving('x'), { path: '/' }, signal);
  expect(String(await body.toArray())).toBe('x');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
