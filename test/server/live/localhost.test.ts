import { networkInterfaces } from 'node:os';
import { describe, it, type TestContext } from 'vitest';
import { PayOnlyDocument } from '../../generated/operations.js';
import { SEATTLE } from '../../fixtures/answers/answers.js';
import type { TestServer } from '../../fixtures/server/server.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { dial, httpRequest, type RawConnection } from '../../fixtures/sockets/raw-connection.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';
import { gate } from '../../fixtures/upstream/upstream.js';

/** A container may have no IPv6. */
const hasIpv6 = Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === '::1'));
const ADDRESSES = hasIpv6 ? ['127.0.0.1', '[::1]'] : ['127.0.0.1'];
const HOST = { HOST: 'localhost' };
const PAY = httpRequest('/graphql', { query: String(PayOnlyDocument), variables: { answers: SEATTLE } });

describe.concurrent('under the name localhost', () => {
  useServers();
  useSockets();

  it('connections of both addresses are limited together', async (context) => {
    const { start, expect } = context;
    const server = await start({ env: { ...HOST, MAX_CONNECTIONS: '20' } });
    const slow = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        opened(context, server, ADDRESSES[index % ADDRESSES.length] ?? '', PAY.slice(0, -5)),
      ),
    );
    await expect.poll(() => slow.filter(({ isClosed }) => !isClosed).length).toBeLessThanOrEqual(20);
    for (const address of ADDRESSES) {
      const { status } = await fetch(`${urlAt(server, address)}/healthz`, { headers: { connection: 'close' } });
      expect(status, address).toBe(200);
    }
  });

  it.for(ADDRESSES)('a client at %s that has closed its half gets what comes later', async (address, context) => {
    const { start, upstream, expect } = context;
    const held = gate();
    upstream.script.poll('pay').push(held);
    const connection = await opened(context, await start({ env: HOST }), address, '');
    connection.wire.end(PAY);
    await held.arrived;
    held.release();
    await connection.closed;
    expect(connection.text).toContain('"percentile50":104300');
  });

  it.for(ADDRESSES)('shutdown waits for what was asked at %s, and closes its sockets', async (address, context) => {
    const { start, connectAndInit, upstream, expect } = context;
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await start({ env: HOST });
    const socket = await connectAndInit({ url: urlAt(server, address) });
    const asking = await opened(context, server, address, PAY);
    await held.arrived;
    const stopped = server.stop();
    expect(await socket.closed).toMatchObject({ code: 1001 });
    held.release();
    await stopped;
    expect(asking.text).toContain('"percentile50":104300');
    await expect(fetch(`${urlAt(server, address)}/healthz`)).rejects.toThrow();
  });

  it('a port that another program has at either address is not used', async ({ start, expect }) => {
    const { url } = await start({ env: { HOST: hasIpv6 ? '::1' : '127.0.0.1' } });
    const PORT = new URL(url).port;
    await expect(start({ env: { ...HOST, PORT } })).rejects.toThrow(`PORT: ${PORT} is already in use on localhost`);
  });
});

function urlAt({ url }: TestServer, address: string): string {
  return url.replace('localhost', address);
}

async function opened(
  { atEnd }: TestContext,
  server: TestServer,
  address: string,
  sent: string,
): Promise<RawConnection> {
  const connection = dial(urlAt(server, address));
  atEnd(() => connection.wire.destroy());
  connection.wire.write(sent);
  await new Promise((resolve) => connection.wire.once('connect', resolve).once('close', resolve));
  return connection;
}
