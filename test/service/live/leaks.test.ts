import { EventEmitter, once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import pino from 'pino';
import { WebSocket } from 'ws';
import type { Watcher } from '../../../src/datasources/reports/watch.js';
import { eventually } from '../../fixtures/eventually.js';
import { startTestServer, type TestServer } from '../../fixtures/server/server.js';
import { gate, startUpstream, type Upstream } from '../../fixtures/upstream/upstream.js';
import { FOLLOW, REPORT } from '../../fixtures/sockets/follow.js';
import { numbered } from '../../fixtures/answers/answers.js';

const { watchers } = vi.hoisted(() => ({ watchers: [] as Watcher[] }));
vi.mock(import('../../../src/datasources/reports/watch.js'), async (original) => {
  const { createWatcher } = await original();
  return {
    createWatcher: (ledger) => {
      const watcher = createWatcher(ledger);
      watchers.push(watcher);
      return watcher;
    },
  };
});

const SUBSCRIPTIONS = 10_000;
const SOCKETS = 10;
/** The limit of operations per socket. */
const EACH = 100;
const ALL_IDS = Array.from({ length: EACH }, (_, index) => String(index));
const ROUND = SOCKETS * EACH;
/** On a machine that is twenty times slower. */
const LONGEST_MS = 1_200_000;
/** Longer than the test, so that requests held by upstream do not time out. */
const HELD = { submit: 1_800_000, poll: 1_800_000 };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as (options: object) => void;

/** Bytes in use after a full garbage collection. */
async function heapUsed(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    collectGarbage({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }
  return process.memoryUsage().heapUsed;
}

/** The handles that keep this process alive. */
function resources(): { timers: number; sockets: number } {
  const names = process.getActiveResourcesInfo();
  const count = (wanted: string): number => names.filter((name) => name === wanted).length;
  return { timers: count('Timeout'), sockets: count('TCPSocketWrap') };
}

describe('closed subscriptions', () => {
  let upstream: Upstream;
  let server: TestServer;
  /** The ledger's emitter, recognized by its unlimited number of listeners. */
  let emitters: EventEmitter[];

  beforeAll(async () => {
    const unlimited = vi.spyOn(EventEmitter.prototype, 'setMaxListeners');
    upstream = await startUpstream();
    server = await startTestServer({ upstream, overrides: { log: pino({ level: 'silent' }), timeouts: HELD } });
    emitters = (unlimited.mock.contexts as EventEmitter[]).filter(
      (emitter, index) => emitter.constructor === EventEmitter && unlimited.mock.calls[index]?.[0] === 0,
    );
    unlimited.mockRestore();
  });

  afterAll(async () => {
    await upstream.close();
    await server.close();
  });

  const listeners = (): number =>
    emitters.reduce(
      (sum, emitter) => sum + emitter.eventNames().reduce((n, name) => n + emitter.listenerCount(name), 0),
      0,
    );
  const followed = (): number => watchers.reduce((sum, { size }) => sum + size, 0);

  async function open(): Promise<WebSocket> {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    return socket;
  }

  /** Opens the maximum number of subscriptions; resolves after `expected` messages of the kind. */
  async function follow(socket: WebSocket, number: number, expected: number, kind: 'next' | 'complete'): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let left = expected;
    const count = (data: Buffer): void => {
      // What was completed before may still be ending, and is among the operations of a socket until then.
      if (String(data).includes('"RATE_LIMITED"')) return subscribe(socket, number, idOf(data));
      if (String(data).includes('"type":"error"')) return reject(new Error(String(data)));
      if (String(data).includes(`"type":"${kind}"`) && --left === 0) resolve();
    };
    socket.on('message', count);
    subscribe(socket, number);
    await promise;
    socket.off('message', count);
  }

  function subscribe(socket: WebSocket, number: number, ids = ALL_IDS): void {
    const payload = { query: FOLLOW, variables: { answers: numbered(number) } };
    for (const id of ids) socket.send(JSON.stringify({ id, type: 'subscribe', payload }));
  }

  const idOf = (data: Buffer): string[] => [(JSON.parse(String(data)) as { id: string }).id];

  function complete(socket: WebSocket): void {
    for (const id of ALL_IDS) socket.send(JSON.stringify({ id, type: 'complete' }));
  }

  /** Resolves when everything sent over a socket so far has been handled. */
  async function settled(socket: WebSocket): Promise<void> {
    socket.send('{"type":"ping"}');
    await once(socket, 'message');
  }

  type Phase = (socket: WebSocket) => Promise<void>;

  it(`leak nothing: ${SUBSCRIPTIONS} in every phase, closed in every way`, { timeout: LONGEST_MS }, async () => {
    expect([emitters.length, watchers.length]).toEqual([1, 1]);
    const [submitting, polled, alsoPolled] = [gate(), gate(), gate()];
    await server.run(REPORT, { answers: numbered(3) });
    upstream.script.submit.push(submitting);
    const stays = await open();
    stays.send(
      JSON.stringify({ id: 'a', type: 'subscribe', payload: { query: FOLLOW, variables: { answers: numbered(1) } } }),
    );
    await submitting.arrived;
    upstream.script.poll('pay').push(polled);
    upstream.script.poll('yoe').push(alsoPolled);
    stays.send(
      JSON.stringify({ id: 'b', type: 'subscribe', payload: { query: FOLLOW, variables: { answers: numbered(2) } } }),
    );
    await Promise.all([polled.arrived, alsoPolled.arrived]);

    const phases: Record<string, Phase> = {
      submitting: async (socket) => {
        await follow(socket, 1, 2 * EACH, 'next');
        complete(socket);
      },
      pending: async (socket) => {
        await follow(socket, 2, 2 * EACH, 'next');
        complete(socket);
      },
      'not yet answered': async (socket) => {
        subscribe(socket, 2);
        complete(socket);
      },
      ready: (socket) => follow(socket, 3, EACH, 'complete'),
      'hanging up': async (socket) => {
        await follow(socket, 2, 2 * EACH, 'next');
        socket.terminate();
      },
    };
    const sockets: WebSocket[] = [];
    for (let index = 0; index < SOCKETS; index++) sockets.push(await open());

    async function round(phase: Phase): Promise<void> {
      await Promise.all(
        sockets.map(async (socket, index) => {
          await phase(socket);
          if (socket.readyState === WebSocket.OPEN) await settled(socket);
          else sockets[index] = await open();
        }),
      );
    }

    for (const phase of Object.values(phases)) await round(phase);
    const before = { resources: resources(), listeners: listeners(), followed: followed() };
    expect([before.listeners, before.followed]).toEqual([2, 2]);
    const heapBefore = await heapUsed();

    let opened = 0;
    while (opened < SUBSCRIPTIONS) {
      for (const phase of Object.values(phases)) {
        await round(phase);
        opened += ROUND;
      }
    }

    const grown = (await heapUsed()) - heapBefore;
    expect([listeners(), followed()]).toEqual([before.listeners, before.followed]);
    // Fewer are fine: an earlier keep-alive connection may have ended, and its timer with it.
    const after = resources();
    expect(after.timers).toBeLessThanOrEqual(before.resources.timers);
    expect(after.sockets).toBeLessThanOrEqual(before.resources.sockets);
    // A leak of a single listener per subscription, about 100 bytes, would be a megabyte.
    expect(grown).toBeLessThan(600_000);

    submitting.release();
    polled.release();
    alsoPolled.release();
    for (const socket of [...sockets, stays]) socket.terminate();
    await eventually(() => expect([listeners(), followed()]).toEqual([0, 0]));
  });
});
