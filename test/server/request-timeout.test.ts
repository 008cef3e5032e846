import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTestServer } from '../fixtures/server/server.js';

const HEADERS =
  'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n';

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
