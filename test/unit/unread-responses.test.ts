import type { ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { disconnectPeersThatDoNotRead } from '../../src/doors/http/unread-responses.js';
import { heldMegabytes } from '../fixtures/heap.js';

/** More than the buffers of the network hold, and not ASCII. */
const MUCH = 'ä'.repeat(6_000_000);
const LOOK_EVERY_MS = 20;

describe('a response over HTTP', () => {
  it.each(['text', 'file'])('is given up if the peer does not read: a %s', async (path) => {
    const { client, closed } = await asked(path);
    client.pause();
    await closed;
    expect(client.bytesRead).toBeLessThan(MUCH.length);
  });

  it('arrives at a peer that reads slowly, but does', async () => {
    const { client, closed, received } = await asked('text');
    let reading = true;
    const timer = setInterval(() => {
      reading = !reading;
      if (reading) client.resume();
      else client.pause();
    }, LOOK_EVERY_MS);
    await expect.poll(received).toBeGreaterThan(MUCH.length * 2);
    clearInterval(timer);
    client.resume().end();
    await closed;
    expect(await text(client)).toMatch(/^HTTP\/1.1 200 OK[^ä]+content-length: 12000000\r\n[^ä]+\r\n\r\nä+$/);
  });

  it('that takes time until it is ready is waited for', async () => {
    const { client } = await asked('late');
    await expect.poll(async () => text(client)).toMatch(/\r\n\r\nlate$/);
  });

  it.each([1, 2])('is forgotten if its peer leaves before it is ready: %i on a connection', async (requests) => {
    const { client, closed, responses } = await asked('late', requests);
    await expect.poll(() => responses.length).toBe(requests);
    client.destroy();
    await closed;
    const held = async (): Promise<number> => {
      await heldMegabytes();
      return responses.filter((response) => response.deref()).length;
    };
    await expect.poll(held).toBe(0);
  });
});

const received = new WeakMap<Socket, Buffer[]>();

async function text(client: Socket): Promise<string> {
  return Buffer.concat(received.get(client) ?? []).toString();
}

interface Asked {
  readonly client: Socket;
  readonly closed: Promise<void>;
  readonly received: () => number;
  /** As long as something still holds them. */
  readonly responses: readonly WeakRef<ServerResponse>[];
}

async function asked(path: string, requests = 1): Promise<Asked> {
  const app = fastify();
  const responses: WeakRef<ServerResponse>[] = [];
  app.addHook('onRequest', async (_request, { raw }) => void responses.push(new WeakRef(raw)));
  let over: () => void;
  const closed = new Promise<void>((resolve) => (over = resolve));
  app.server.on('connection', (socket: Socket) => socket.once('close', () => over()));
  disconnectPeersThatDoNotRead(app, { lookEveryMs: LOOK_EVERY_MS });
  app.get('/text', async () => MUCH);
  app.get('/file', async () => Readable.from([MUCH.slice(0, 3_000_000), MUCH.slice(3_000_000)]));
  app.get('/late', async () => delay(LOOK_EVERY_MS * 15, 'late'));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(async () => {
    client.destroy();
    await app.close();
  });
  const chunks: Buffer[] = [];
  received.set(client, chunks);
  let count = 0;
  client
    .on('error', () => undefined)
    .on('data', (data: Buffer) => {
      chunks.push(data);
      count += data.length;
    });
  client.write(`GET /${path} HTTP/1.1\r\nhost: a\r\n\r\n`.repeat(requests));
  return { client, closed, received: () => count, responses };
}
