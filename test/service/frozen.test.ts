import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { openPool } from '../../src/datasources/jobalyzer/connection-pool.js';
import type { HttpRequest } from '../../src/datasources/jobalyzer/http.js';

/** A server on a thread of its own, which goes on while this one is frozen. It answers `/late` never, all else soon. */
const SERVER = `
  const { createServer } = require('node:http');
  const { parentPort } = require('node:worker_threads');
  const server = createServer((request, response) => {
    if (request.url === '/late') return;
    setTimeout(() => response.end(JSON.stringify({ filler: 'x'.repeat(300_000) })), 200);
  });
  server.on('request', () => parentPort.postMessage('arrived'));
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

async function started() {
  const worker = new Worker(SERVER, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  const pool = openPool(`http://127.0.0.1:${port}`, { connections: 1, keepAlive: false, proxy: null });
  onTestFinished(async () => {
    await pool.close();
    await worker.terminate();
  });
  const send = (path: string) => {
    const request: HttpRequest = { method: 'GET', path, headers: {}, deadlineMs: 1_000 };
    return pool.withConnection(new AbortController().signal, (sendNow) => sendNow(request));
  };
  return { send, arrived: once(worker, 'message') };
}

/** As a stopped process: no timer fires and no socket is read. */
function freeze(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

it('a response that arrived while the process was frozen beyond the deadline is read', async () => {
  const { send, arrived } = await started();
  const sending = send('/soon');
  await arrived;
  freeze(3_000);
  expect(await sending).toMatchObject({ kind: 'response', status: 200 });
});

it('a frozen process still gives up what did not arrive', async () => {
  const { send, arrived } = await started();
  const sending = send('/late');
  await arrived;
  freeze(3_000);
  expect(await sending).toMatchObject({ kind: 'failed', sent: true, timedOut: true });
});
