import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hangUpSignal } from '../../src/doors/http/hang-up.js';
import { openEventStream } from '../../src/doors/sse/event-stream.js';

/** A hook may take a while before a request is handled, and the client may have disconnected by then. */
describe('a client that disconnects before its request is handled', () => {
  let server: Server;
  let response: ServerResponse;

  beforeEach(async () => {
    server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const arrived = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    [, response] = await arrived;
    const left = once(response, 'close');
    client.destroy();
    await left;
  });
  afterEach(() => void server.close());

  it('gets an aborted signal', () => {
    expect(hangUpSignal({ raw: response } as Parameters<typeof hangUpSignal>[0]).aborted).toBe(true);
  });

  it('gets a closed stream without a keep-alive timer', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const stream = openEventStream(response, {});
    expect(stream.closed.aborted).toBe(true);
    expect(timers()).toBe(before);
    await stream.send('next', {});
    await stream.complete();
  });
});
