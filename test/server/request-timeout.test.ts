import { connect } from 'node:net';
import { once } from 'node:events';
import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTestServer } from '../fixtures/server/server.js';

const HEADERS =
  'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n';

/** As a stopped process or a suspended machine: no timer fires and no socket is read. */
function freeze(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('a request that does not arrive in time', () => {
  it.each([
    ['its headers', HEADERS.slice(0, 40)],
    ['its body', `${HEADERS}{"query":`],
  ])('is answered with 408 and disconnected if it is %s that are missing', async (_, sent) => {
    const server = await startTestServer({ overrides: { requestTimeoutMs: 200 } });
    onTestFinished(() => server.close());
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let received = '';
    socket.setEncoding('utf8').on('data', (text: string) => (received += text));
    socket.write(sent);
    await once(socket, 'close');
    expect(received).toMatch(/^HTTP\/1.1 408 /);
    expect(received).toContain(
      '{"errors":[{"message":"The request did not arrive in time.","extensions":{"code":"BAD_REQUEST"}}]}',
    );
  });
});

describe('a request that arrives in time', () => {
  const body = JSON.stringify({ query: '{ __typename }' });
  const request = [
    'POST /graphql HTTP/1.1',
    'host: localhost',
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');

  it.each([
    ['headers are', 40],
    ['body is', request.length - 5],
  ])('is served even if the server was frozen while its %s read', async (_, half) => {
    const server = await startTestServer({ overrides: { requestTimeoutMs: 500 } });
    onTestFinished(() => server.close());
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let received = '';
    socket.setEncoding('utf8').on('data', (text: string) => (received += text));
    await once(socket, 'connect');
    socket.write(request.slice(0, half));
    await delay(100);
    // After this, timers run before sockets are read.
    await immediate();
    socket.write(request.slice(half));
    freeze(1_500);
    await once(socket, 'close');
    expect(received).toMatch(/^HTTP\/1.1 200 /);
    expect(received).toContain('{"data":{"__typename":"Query"}}');
  });
});
