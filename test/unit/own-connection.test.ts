import { getEventListeners, once } from 'node:events';
import { connect, createServer, Socket, type AddressInfo, type Server } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import * as tls from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openPool, type HttpPool } from '../../src/datasources/jobalyzer/connection-pool.js';
import type { HttpOutcome, HttpRequest } from '../../src/datasources/jobalyzer/http.js';
import { createOwnConnections } from '../../src/datasources/jobalyzer/own-connection.js';
import { eventually } from '../fixtures/eventually.js';
import { createAuthority, type Identity } from '../fixtures/upstream/certificates.js';
import { startConnectProxy } from '../fixtures/upstream/connect-proxy.js';

const REQUEST: HttpRequest = { method: 'POST', path: '/buy', headers: {}, body: '{}', deadlineMs: 30_000 };
const TIMED_OUT = 'HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n';
const signal = new AbortController().signal;

describe('a request with a connection of its own', () => {
  it('is prepared once that is open, and then sent over it', async () => {
    const { peer, pool } = await meeting();
    const seen: object[] = [];
    const outcome = await send(pool, async () => {
      await peer.connection(0);
      seen.push({ received: peer.received(), open: peer.open() });
    });
    expect(seen).toEqual([{ received: [''], open: 1 }]);
    expect(outcome).toMatchObject({ kind: 'response', status: 200 });
    expect(peer.received()).toEqual([expect.stringContaining('POST /buy')]);
    await eventually(() => expect(peer.open()).toBe(0));
  });

  it('is sent in the very turn in which it is prepared, so that a process that is killed has sent it', async () => {
    const { pool } = await meeting();
    const order: string[] = [];
    const prepare = async (): Promise<void> => {
      await turns(2);
      void setImmediate().then(() => order.push('another turn'));
    };
    await send(pool, prepare, { beforeFirstByte: () => void order.push('first byte') });
    expect(order).toEqual(['first byte', 'another turn']);
  });

  it('is not prepared if there is no connection, and says that nothing was sent', async () => {
    const { peer, pool } = await meeting();
    await peer.stop();
    const prepare = vi.fn<() => Promise<void>>(async () => undefined);
    expect(await send(pool, prepare)).toMatchObject({
      kind: 'failed',
      sent: false,
      timedOut: false,
      cause: { code: 'ECONNREFUSED' },
    });
    expect(prepare).not.toHaveBeenCalled();
  });

  it('is not sent if it cannot be prepared, or is refused before its first byte, and closes its connection', async () => {
    const { peer, pool } = await meeting();
    const unprepared = send(pool, () => Promise.reject(new Error('The disk is full.')));
    await expect(unprepared).rejects.toThrow('The disk is full.');
    const refuse = (): never => {
      throw new Error('Not any more.');
    };
    await expect(send(pool, async () => undefined, { beforeFirstByte: refuse })).rejects.toThrow('Not any more.');
    await eventually(() => expect([peer.received(), peer.open()]).toEqual([['', ''], 0]));
  });

  it('leaves its slot to the next one, however it ends', async () => {
    const { pool } = await meeting();
    await expect(send(pool, () => Promise.reject(new Error('No.')))).rejects.toThrow('No.');
    for (let time = 0; time < 3; time += 1)
      expect(await send(pool, async () => undefined)).toMatchObject({ status: 200 });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['closes it', (socket) => void socket.destroy()],
    ['resets it', (socket) => void socket.resetAndDestroy()],
    ['answers before it is asked', (socket) => void socket.write(TIMED_OUT)],
    ['says something else', (socket) => void socket.write('220 ready\r\n')],
    ['answers before it is asked and closes it', (socket) => void (socket.write(TIMED_OUT), socket.destroy())],
  ])('is sent over another one, once, if upstream %s meanwhile', async (_, leave) => {
    const { peer, pool } = await meeting();
    const prepare = vi.fn<() => Promise<void>>(async () => {
      const { socket } = await peer.connection(0);
      await justBefore(() => leave(socket));
    });
    const beforeFirstByte = vi.fn<() => void>();
    expect(await send(pool, prepare, { beforeFirstByte })).toMatchObject({ kind: 'response', status: 200 });
    expect(peer.received()).toEqual(['', expect.stringContaining('POST /buy')]);
    expect([prepare.mock.calls.length, beforeFirstByte.mock.calls.length]).toEqual([1, 1]);
    await eventually(() => expect(peer.open()).toBe(0));
  });

  it('is sent over another one where upstream closes whatever does not speak at once', async () => {
    const { peer, pool } = await meeting({ impatient: true });
    const outcome = await send(pool, async () => {
      const { socket } = await peer.connection(0);
      await eventually(() => expect(socket.closed).toBe(true));
      await turns(5);
    });
    expect(outcome).toMatchObject({ kind: 'response', status: 200 });
    expect(peer.received()).toEqual(['', expect.stringContaining('POST /buy')]);
  });

  it('was not sent if upstream closes its connection meanwhile and takes no other', async () => {
    const { peer, pool } = await meeting();
    const outcome = await send(pool, async () => {
      await peer.connection(0);
      await justBefore(() => void peer.stop());
    });
    expect(outcome).toMatchObject({ kind: 'failed', sent: false, cause: { code: 'ECONNREFUSED' } });
    expect(peer.received()).toEqual(['']);
  });

  it('has all its time from when it has been prepared', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { pool } = await meeting();
    const outcome = await send(pool, () => vi.advanceTimersByTimeAsync(60_000).then(() => undefined));
    expect(outcome).toMatchObject({ kind: 'response', status: 200 });
  });

  it('is not prepared if nobody wants it before there is a connection, which is closed when it comes', async () => {
    const held = Promise.withResolvers<void>();
    const { peer, pool } = await meeting({ secure: true, held: held.promise });
    const leaving = new AbortController();
    const prepare = vi.fn<() => Promise<void>>(async () => undefined);
    const outcome = send(pool, prepare, {}, leaving.signal);
    await eventually(() => expect(peer.open()).toBe(1));
    leaving.abort(new Error('The server is stopping.'));
    await expect(outcome).rejects.toThrow('The server is stopping.');
    expect(peer.open()).toBe(1);
    held.resolve();
    await eventually(() => expect(peer.open()).toBe(0));
    expect(peer.received().join('')).toBe('');
    expect(prepare).not.toHaveBeenCalled();
  });

  it('is not connected at all if nobody wants it by then', async () => {
    const { peer, pool } = await meeting();
    const leaving = new AbortController();
    const prepare = vi.fn<() => Promise<void>>(async () => undefined);
    const outcome = pool.withConnection(leaving.signal, (sendNow) => {
      leaving.abort(new Error('The server is stopping.'));
      return sendNow({ ...REQUEST, whenConnected: prepare });
    });
    await expect(outcome).rejects.toThrow('The server is stopping.');
    expect(await send(pool, async () => undefined)).toMatchObject({ kind: 'response' });
    expect([peer.received().length, prepare.mock.calls.length]).toEqual([1, 0]);
  });

  it('that nobody wants any more once it has been prepared is sent all the same, if it must not be stopped', async () => {
    const { peer, pool } = await meeting();
    const leaving = new AbortController();
    const prepare = async (): Promise<void> => leaving.abort(new Error('The server is stopping.'));
    const outcome = await send(pool, prepare, { unstoppable: true }, leaving.signal);
    expect(outcome).toMatchObject({ kind: 'response', status: 200 });
    expect(peer.received()).toHaveLength(1);
  });

  it('is not sent any more when the pool is closed, which closes its connection', async () => {
    const { peer, pool } = await meeting();
    const outcome = await send(pool, async () => {
      await eventually(() => expect(peer.open()).toBe(1));
      await pool.close();
    });
    expect(outcome).toMatchObject({ kind: 'failed', sent: false });
    await eventually(() => expect([peer.received(), peer.open()]).toEqual([[''], 0]));
  });

  it('is not prepared once the pool is closed: neither with a connection that was being made, nor with another', async () => {
    const held = Promise.withResolvers<void>();
    const { peer, pool } = await meeting({ secure: true, held: held.promise });
    const prepare = vi.fn<() => Promise<void>>(async () => undefined);
    const outcome = send(pool, prepare);
    await eventually(() => expect(peer.open()).toBe(1));
    await pool.close();
    held.resolve();
    expect(await outcome).toMatchObject({ kind: 'failed', sent: false });
    expect(await send(pool, prepare)).toMatchObject({ kind: 'failed', sent: false });
    await eventually(() => expect([peer.received().join(''), peer.open()]).toEqual(['', 0]));
    expect(prepare).not.toHaveBeenCalled();
  });

  it('is sent over another one over TLS and through a proxy as well', async () => {
    const { peer, pool, proxy } = await meeting({ secure: true, proxied: true });
    const tunnels: (number | undefined)[] = [];
    const outcome = await send(pool, async () => {
      const { socket } = await peer.connection(0);
      tunnels.push(proxy?.open);
      socket.destroy();
      await eventually(() => expect(proxy?.open).toBe(0));
      await turns(5);
    });
    expect([tunnels, outcome]).toMatchObject([[1], { kind: 'response', status: 200 }]);
    expect(proxy?.targets).toHaveLength(2);
    expect(peer.received()).toEqual(['', expect.stringContaining('POST /buy')]);
    await eventually(() => expect([peer.open(), proxy?.open]).toEqual([0, 0]));
  });
});

it('a connection of its own is made to the address itself where that is of IPv6', async () => {
  const asked: (string | undefined)[] = [];
  const own = createOwnConnections(
    'http://[::1]:8080',
    ({ hostname }, settle) => {
      asked.push(hostname);
      settle(new Error('There is none.'), null);
    },
    {},
  );
  expect(await own.open(signal)).toMatchObject({ message: 'There is none.' });
  expect(asked).toEqual(['::1']);
});

it('a connection of its own leaves nothing with the signal that could have ended the wait for it', async () => {
  const { signal: whole } = new AbortController();
  for (const error of [null, new Error('There is none.')]) {
    const own = createOwnConnections(
      'http://127.0.0.1:8080',
      (_options, settle) => (error ? settle(error, null) : settle(null, new Socket())),
      {},
    );
    await own.open(whole);
    own.close();
    expect(getEventListeners(whole, 'abort')).toEqual([]);
  }
});

interface Connection {
  readonly socket: Socket;
  received: string;
}

function send(
  pool: HttpPool,
  whenConnected: () => Promise<void>,
  more: Partial<HttpRequest> = {},
  until = signal,
): Promise<HttpOutcome> {
  return pool.withConnection(until, (sendNow) => sendNow({ ...REQUEST, ...more, whenConnected }));
}

interface Circumstances {
  readonly secure?: boolean;
  readonly proxied?: boolean;
  /** Whether connections are closed that have not brought a request within a few turns of the event loop. */
  readonly impatient?: boolean;
  /** Until then, nothing is said over a connection, TLS included. */
  readonly held?: Promise<void>;
}

/** A pool with one connection, and a server that answers each request over a connection and closes that. */
async function meeting({ secure = false, proxied = false, impatient = false, held }: Circumstances = {}) {
  const connections: Connection[] = [];
  let open = 0;

  function serve(socket: Socket): void {
    const connection: Connection = { socket, received: '' };
    connections.push(connection);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      connection.received += chunk.toString();
      if (connection.received.endsWith('\r\n\r\n{}')) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    });
    if (impatient) void turns(20).then(() => connection.received === '' && socket.destroy());
  }

  const identity = secure ? await trusted() : null;
  const server = identity ? tls.createServer(identity, serve) : createServer(serve);
  server.on('connection', (socket: Socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
  });
  const port = await listening(server);
  const gate = createServer((near) => {
    const far = connect(port, '127.0.0.1', () => void held?.then(() => near.pipe(far).pipe(near)));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on('error', () => undefined).once('close', () => other.destroy());
  });
  const reached = held ? await listening(gate) : port;
  const proxy = proxied ? await startConnectProxy({ host: '127.0.0.1', port }) : null;
  const pool = openPool(`${secure ? 'https' : 'http'}://127.0.0.1:${reached}`, {
    connections: 1,
    keepAlive: false,
    proxy: proxy && { origin: proxy.url, authorization: null },
  });
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    for (const { socket } of connections) socket.destroy();
    await once(server, 'close');
  };
  onTestFinished(async () => {
    await pool.close();
    await proxy?.close();
    await stop();
    gate.close();
  });
  const peer = {
    /** How many connections are open. */
    open: () => open,
    /** What came over each. */
    received: () => connections.map(({ received }) => received),
    connection: (index: number) => eventually(() => connections[index] ?? Promise.reject(new Error('There is none.'))),
    stop,
  };
  return { peer, pool, proxy };
}

/** After a while, calls it and resolves in the same turn of the event loop, before this process reads from its sockets again. */
function justBefore(happen: () => void): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => {
      happen();
      resolve();
    }, 300);
  });
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
}

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** A certificate that this process trusts. */
async function trusted(): Promise<Identity> {
  const authority = await createAuthority();
  tls.setDefaultCACertificates([authority.certificate]);
  return authority.issue(['127.0.0.1']);
}
