import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPool } from '../../src/datasources/jobalyzer/connection-pool.js';
import type { HttpOutcome } from '../../src/datasources/jobalyzer/http.js';
import { undecodedBody } from '../../src/datasources/jobalyzer/response-body.js';

const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');
/** No text in any encoding, and nothing that can be decompressed. */
const NOISE = Buffer.from([0xff, 0xc0, 0xff, 0xc1, 0x80, 0xff, 0xfe, 0xc0, 0x81]);
const answered = { kind: 'response', status: 200, text: '{"a":1}' };

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

describe('a request', () => {
  it.each<[string, Reply, object]>([
    ['that is answered', reply(200, '{"a":1}'), { kind: 'response', status: 200, text: '{"a":1}' }],
    ['that is redirected is not sent elsewhere', reply(302, ''), { kind: 'response', status: 302, text: '' }],
    ['whose answer has 100 KB of headers, as behind proxies, is answered', withLargeHeaders, answered],
    ['whose answer has no body', reply(204, ''), { kind: 'response', status: 204, text: '' }],
    [
      'whose success is cut off has what arrived of it',
      cut(200, '{"a":'),
      { kind: 'failed', sent: true, status: 200, body: '{"a":', headers: { 'x-a': 'b' }, timedOut: false },
    ],
    ['whose success is complete JSON is answered, however the connection ended', cut(200, '{"a":1}'), answered],
    [
      'whose success is cut off before its body has none',
      cut(200, ''),
      { kind: 'failed', sent: true, status: 200, body: null },
    ],
    [
      'whose failure is cut off is answered by its status',
      cut(503, 'half'),
      { kind: 'response', status: 503, text: '', headers: { 'x-a': 'b' } },
    ],
    ['whose failure is complete has its text', reply(400, 'No.'), { kind: 'response', status: 400, text: 'No.' }],
    ['whose failure is compressed has its text', compressed, { kind: 'response', status: 400, text: 'No.' }],
    [
      'whose failure nobody can read is answered without text',
      reply(400, NOISE),
      { kind: 'response', status: 400, text: '' },
    ],
    [
      'whose success nobody can read has its bytes',
      reply(200, NOISE),
      { kind: 'failed', sent: true, status: 200, body: undecodedBody(NOISE), cause: { message: expect.any(String) } },
    ],
    ['that has no answer was sent', cut(null, ''), { kind: 'failed', sent: true, status: null, body: null }],
    [
      'whose connection is lost after an early hint has no answer either',
      earlyHint,
      { kind: 'failed', sent: true, status: null, body: null, headers: {} },
    ],
  ])('%s', async (_, answer, expected) => {
    const { pool } = await pooling(answer);
    const outcome = await pool.withConnection(signal, (send) => send(REQUEST));
    expect(outcome).toMatchObject(expected);
  });

  it('that cannot be sent says so', async () => {
    const { pool, stop } = await pooling(reply(200, '{}'));
    await stop();
    const outcome = await pool.withConnection(signal, (send) => send(REQUEST));
    expect(outcome).toMatchObject({ kind: 'failed', sent: false, status: null, body: null, timedOut: false });
  });

  it('whose time is over says so, and one that is not wanted any more does not', async () => {
    let onArrival = (): void => undefined;
    const { pool } = await pooling(() => onArrival());
    // Time enough to connect.
    const late = await pool.withConnection(signal, (send) => send({ ...REQUEST, deadlineMs: 1_000 }));
    expect(late).toMatchObject({ kind: 'failed', sent: true, timedOut: true });
    const leaving = new AbortController();
    onArrival = () => leaving.abort(new Error('Gone.'));
    const left = pool.withConnection(leaving.signal, (send) => send(REQUEST));
    expect(await left).toMatchObject({ kind: 'failed', sent: true, timedOut: false });
  });

  it('that must not be stopped is answered though nobody wants it any more', async () => {
    const leaving = new AbortController();
    const { pool } = await pooling((response) => {
      leaving.abort(new Error('Gone.'));
      setTimeout(() => response.end('{}'), 20);
    });
    const outcome = pool.withConnection(leaving.signal, (send) => send({ ...REQUEST, unstoppable: true }));
    expect(await outcome).toMatchObject({ kind: 'response', status: 200 });
  });
});

describe('a connection slot', () => {
  it('is free again when the work has settled, and what it depends on as well', async () => {
    const { pool } = await pooling(reply(200, '{}'), 1);
    const [working, held] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()];
    const order: string[] = [];
    const first = pool.withConnection(signal, () => working.promise, held.promise);
    const second = pool.withConnection(signal, async () => order.push('second'));
    await turn();
    working.resolve('done');
    expect(await first).toBe('done');
    await turn();
    expect(order).toEqual([]);
    held.resolve();
    await second;
    expect(order).toEqual(['second']);
  });

  it('is free again although what it depends on fails', async () => {
    const { pool } = await pooling(reply(200, '{}'), 1);
    const first = pool.withConnection(signal, async () => 'first', Promise.reject(new Error('It failed.')));
    expect(await first).toBe('first');
    expect(await pool.withConnection(signal, async () => 'second')).toBe('second');
  });

  it('is free again at once if the work fails, whose error its caller gets', async () => {
    const { pool } = await pooling(reply(200, '{}'), 1);
    const never = new Promise<void>(() => undefined);
    const first = pool.withConnection(signal, () => Promise.reject(new Error('It failed.')), never);
    await expect(first).rejects.toThrow('It failed.');
    expect(await pool.withConnection(signal, async () => 'second')).toBe('second');
  });

  it('is not waited for by those who have left, and nothing is done for them', async () => {
    const { pool } = await pooling(reply(200, '{}'), 1);
    const working = Promise.withResolvers<void>();
    const leaving = new AbortController();
    const first = pool.withConnection(signal, () => working.promise);
    const worked: string[] = [];
    const second = pool.withConnection(leaving.signal, async () => worked.push('second'));
    leaving.abort(new Error('Gone.'));
    await expect(second).rejects.toThrow('Gone.');
    working.resolve();
    await first;
    await pool.withConnection(signal, async () => worked.push('third'));
    expect(worked).toEqual(['third']);
  });
});

const REQUEST = { method: 'GET', path: '/', headers: {}, deadlineMs: 30_000 } as const;
const signal = new AbortController().signal;

type Reply = (response: ServerResponse) => void;

function reply(status: number, body: string | Buffer): Reply {
  return (response) => void response.writeHead(status, { location: 'http://else.example/' }).end(body);
}

const withLargeHeaders: Reply = (response) =>
  void response.writeHead(200, { 'x-a': 'x'.repeat(100_000) }).end('{"a":1}');

const compressed: Reply = (response) =>
  void response.writeHead(400, { 'content-encoding': 'gzip' }).end(gzipSync('No.'));

/** An answer whose connection is reset after this; without a status before it. */
function cut(status: number | null, body: string): Reply {
  return (response) => {
    if (status !== null) response.writeHead(status, { 'content-length': '1000', 'x-a': 'b' }).flushHeaders();
    if (body !== '') response.write(body);
    setTimeout(() => response.destroy(), 20);
  };
}

/** An answer of which nothing follows the interim response. */
const earlyHint: Reply = (response) => {
  response.writeEarlyHints({ link: '</a.css>; rel=preload' });
  setTimeout(() => response.destroy(), 20);
};

async function pooling(answer: Reply, connections = 2) {
  const server = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pool = openPool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    connections,
    keepAlive: false,
  });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(async () => {
    await pool.close();
    await stop();
  });
  return { pool, stop };
}

describe('a request that is refused immediately before its first byte', () => {
  it('is not written, and rejects with the reason', async () => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    onTestFinished(() => void server.close());
    for (const keepAlive of [false, true]) {
      const pool = openPool(origin, { connections: 1, keepAlive });
      const send = (path: string, refusal: Error | null): Promise<HttpOutcome> =>
        pool.withConnection(new AbortController().signal, (sendNow) =>
          sendNow({
            method: 'POST',
            path,
            headers: {},
            body: '{}',
            deadlineMs: 30_000,
            beforeFirstByte() {
              if (refusal) throw refusal;
            },
          }),
        );
      await send('/first', null);
      await expect(send('/refused', new RangeError('Not now.'))).rejects.toThrow('Not now.');
      expect(await send('/later', null)).toMatchObject({ kind: 'response', status: 200 });
      await pool.close();
    }
    expect(requests).toEqual(['/first', '/later', '/first', '/later']);
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
    proxy: null,
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
