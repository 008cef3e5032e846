import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEventStream } from '../../src/doors/sse/event-stream.js';

/** More than the buffers of the network hold. */
const MUCH = { text: 'x'.repeat(12_000_000) };

describe('an event stream whose client does not read', () => {
  it('is closed when an event was not accepted in time', async () => {
    const { raw, client } = await response();
    client.pause();
    const stream = openEventStream(raw, {}, { writeMs: 50 });
    await stream.send('next', MUCH);
    await expect.poll(() => stream.closed.aborted).toBe(true);
    expect(raw.destroyed).toBe(true);
  });

  it('is closed when its last event was not accepted in time', async () => {
    const { raw, client } = await response();
    client.pause();
    const stream = openEventStream(raw, {}, { writeMs: 50 });
    raw.write(MUCH.text);
    await stream.complete();
    await expect.poll(() => stream.closed.aborted).toBe(true);
  });

  it('is closed when it was ended and the rest was not accepted in time', async () => {
    const { raw, client } = await response();
    client.pause();
    const stream = openEventStream(raw, {}, { lastWriteMs: 50 });
    raw.write(MUCH.text);
    stream.end();
    await expect.poll(() => stream.closed.aborted).toBe(true);
  });

  it('stays open for one that reads, however much there is', async () => {
    const { raw, client } = await response();
    let received = 0;
    client.on('data', (bytes: Buffer) => (received += bytes.length));
    const stream = openEventStream(raw, {}, { writeMs: 30_000 });
    await stream.send('next', MUCH);
    await expect.poll(() => received).toBeGreaterThan(12_000_000);
    expect(stream.closed.aborted).toBe(false);
    await stream.complete();
  });
});

/** A response that has not begun, and the socket of the client that asked for it. */
async function response(): Promise<{ raw: ServerResponse; client: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  client.on('error', () => undefined).write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  const [, raw] = (await once(server, 'request')) as [unknown, ServerResponse];
  return { raw, client };
}
