import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { openConnections } from '../../src/datasources/jobalyzer/connection-pool.js';
import { stream } from '../../src/datasources/jobalyzer/usage-log/stream.js';

const LENGTH = 32_000_000;

it('a body that is not read stays with its sender, and comes whole once it is', async () => {
  const server = createServer((_request, response) => void response.end(Buffer.alloc(LENGTH, 'x'))).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const pool = openConnections(`http://127.0.0.1:${port}`, { connections: 1, keepAlive: false });
  onTestFinished(async () => {
    await pool.destroy();
    server.closeAllConnections();
    server.close();
  });
  const { status, body } = await stream(pool, { path: '/' }, new AbortController().signal);
  expect(status).toBe(200);
  await delay(300);
  expect(body.readableLength).toBeLessThan(1_000_000);
  let length = 0;
  for await (const chunk of body) length += (chunk as Buffer).length;
  expect(length).toBe(LENGTH);
});
