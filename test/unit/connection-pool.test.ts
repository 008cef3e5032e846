import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPool } from '../../src/datasources/jobalyzer/connection-pool.js';
import type { HttpOutcome } from '../../src/datasources/jobalyzer/http.js';

const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');

describe('a response', () => {
  it('may have 8 MB', async () => {
    const { outcome } = await received(8);
    expect(outcome).toMatchObject({ kind: 'response', status: 200 });
  });

  it('that is larger is not read any further', async () => {
    const { outcome, sent } = await received(200);
    expect(outcome).toMatchObject({ kind: 'failed', status: 200, sent: true });
    expect(String('cause' in outcome && outcome.cause)).toContain('larger than 8388608 bytes');
    // The rest is what the network holds.
    expect(sent()).toBeLessThan(100);
  });
});

/** What comes of a request whose response has so many megabytes, and how many of them were sent. */
async function received(megabytes: number): Promise<{ outcome: HttpOutcome; sent: () => number }> {
  let sent = 0;
  async function* body(): AsyncGenerator<Buffer> {
    for (; sent < megabytes; sent += 1) yield MEGABYTE;
  }
  const server = createServer((_request, response) => {
    pipeline(Readable.from(body()), response).catch(() => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pool = openPool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    connections: 1,
    keepAlive: false,
  });
  onTestFinished(async () => {
    await pool.close();
    server.closeAllConnections();
    server.close();
  });
  const request = { method: 'GET', path: '/', headers: {}, deadlineMs: 30_000 } as const;
  const outcome = await pool.withConnection(new AbortController().signal, (send) => send(request));
  return { outcome, sent: () => sent };
}
