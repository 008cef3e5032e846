import type { Client } from 'graphql-ws';
import pino from 'pino';
import { afterEach, beforeEach, expect } from 'vitest';
import type { TestServer } from '../../fixtures/server/server.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { connectClient } from '../../fixtures/sockets/follow.js';
import type { Upstream } from '../../fixtures/upstream/upstream.js';

declare module 'vitest' {
  interface TestContext {
    /** This test's own upstream, with one pending poll per link, and a server and sockets for it. */
    live: { upstream: Upstream; server: TestServer; client: Client; connect: () => Client };
  }
}

/** Gives each test an upstream, a server and a socket. A poll that a test holds does not time out. */
export function useLive(): void {
  useServers();

  beforeEach(async (context) => {
    const { upstream, start, atEnd } = context;
    const server = await start({
      overrides: { log: pino({ level: 'silent' }), timeouts: { poll: 120_000 }, refusedForMs: 0 },
    });
    const connect = (): Client => {
      const client = connectClient(server);
      atEnd(() => client.terminate());
      return client;
    };
    Object.assign(context, { live: { upstream, server, client: connect(), connect } });
  });

  afterEach(({ upstream }) => {
    expect(upstream.maxOpenPollsPerLink).toBeLessThanOrEqual(1);
  });
}
