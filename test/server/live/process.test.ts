import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type Client } from 'graphql-ws';
import { describe, it, type TestContext } from 'vitest';
import { WebSocket } from 'ws';
import {
  FollowAnswersDocument,
  FullReportDocument,
  type FollowAnswersSubscription,
  type StepFragment,
} from '../../generated/operations.js';
import { newDirectory } from '../../fixtures/directory.js';
import { OWN_HOST } from '../../fixtures/sockets/loopback.js';
import { post } from '../../fixtures/server/post.js';
import { gate, pending } from '../../fixtures/upstream/upstream.js';
import { launchServer, type ServerProcess } from '../../fixtures/server/server-process.js';
import { serverSettings } from '../../fixtures/server/settings.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';
import { way } from './whole-way.js';

const answers = numbered();

describe.concurrent('a server process', () => {
  useServers();
  useSockets();

  it('that is killed while a report is pending delivers the figures after a restart', async (context) => {
    const { upstream, expect } = context;
    upstream.script.poll('pay').otherwise(pending(200));
    const dataDir = await directory(context);
    const first = await launched(context, dataDir, '0');
    const port = new URL(first.url).port;
    const steps: StepFragment[] = [];
    const closes: number[] = [];
    let second: Promise<unknown> | undefined;

    const client = follower(context, first.url, closes);
    const query = { query: String(FollowAnswersDocument), variables: { answers } };
    for await (const { data } of client.iterate<FollowAnswersSubscription>(query)) {
      if (data) steps.push(data.reportStatus);
      if (!second && steps.some(({ type, attempt }) => type === 'PAY' && attempt > 0)) {
        expect(await first.process.end('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
        await delay(250);
        upstream.script.poll('pay').otherwise();
        second = launched(context, dataDir, port);
      }
    }

    await second;
    expect(closes[0], 'no close frame').toBe(1006);
    expect(way(steps, 'PAY').slice(-2)).toEqual(['PENDING', 'READY']);
    expect(way(steps, 'YOE').at(-1)).toBe('READY');
    expect(steps.findLast(({ type }) => type === 'PAY')?.report.pay?.basePay?.percentile50).toBe(104_300);
    expect([upstream.bought('pay'), upstream.bought('yoe')]).toEqual([1, 1]);
    expect(upstream.count('submit')).toBe(1);
  });

  it('finishes pending queries, closes sockets with 1001 and exits with 0 on SIGTERM', async (context) => {
    const { connectAndInit, upstream, expect } = context;
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await launched(context, await directory(context), '0');
    const asked = post(server.url, FullReportDocument, { answers });
    await held.arrived;
    const socket = await connectAndInit({ url: server.url.replace('/graphql', '') });
    socket.subscribe('a', FollowAnswersDocument, { answers });
    await socket.until(({ id }) => id === 'a');

    const ended = server.process.end('SIGTERM');
    await expect.poll(() => stopSignals(server.process)).toBe(1);
    held.release();
    expect((await asked).data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(await socket.closed).toMatchObject({ code: 1001 });
    expect(upstream.bought()).toBe(2);
  });

  it('finishes a purchase in flight when its terminal is closed, and exits with 0', async (context) => {
    const { upstream, expect } = context;
    const held = gate();
    upstream.script.submit.push(held);
    const server = await launched(context, await directory(context), '0');
    const asked = post(server.url, FullReportDocument, { answers });
    await held.arrived;
    const ended = server.process.end('SIGHUP');
    await expect.poll(() => stopSignals(server.process)).toBe(1);
    held.release();
    expect(await ended).toEqual({ code: 0, signal: null });
    expect((await asked).status).toBe(200);
    expect(upstream.bought()).toBe(2);
  });

  it('ends at once on a second Ctrl-C', async (context) => {
    const { upstream, expect } = context;
    const held = gate();
    upstream.script.submit.push(held);
    const server = await launched(context, await directory(context), '0');
    post(server.url, FullReportDocument, { answers }).catch(() => null);
    await held.arrived;
    server.process.child.kill('SIGINT');
    await expect.poll(() => stopSignals(server.process)).toBe(1);
    // Sooner it would be the same one.
    await delay(1_500);
    expect(server.process.child.exitCode, 'a purchase is in flight').toBeNull();
    expect(await server.process.end('SIGINT')).toEqual({ code: 130, signal: null });
    held.release();
  });

  it('finishes a purchase in flight despite a second SIGTERM', async (context) => {
    const { upstream, expect } = context;
    const held = gate();
    upstream.script.submit.push(held);
    const dataDir = await directory(context);
    const first = await launched(context, dataDir, '0');
    const asked = post(first.url, FullReportDocument, { answers }).catch(() => null);
    await held.arrived;

    const ended = first.process.end('SIGTERM');
    await expect.poll(() => stopSignals(first.process)).toBe(1);
    first.process.child.kill('SIGTERM');
    await expect.poll(() => stopSignals(first.process)).toBe(2);
    held.release();
    expect(await ended).toEqual({ code: 0, signal: null });
    await asked;

    const second = await launched(context, dataDir, '0');
    const { data, errors } = await post(second.url, FullReportDocument, { answers });
    expect(errors).toEqual([]);
    expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    expect([upstream.count('submit'), upstream.bought()]).toEqual([1, 2]);
  });

  it('that cannot listen exits with 1 and names the settings at fault', async (context) => {
    const { atEnd, expect } = context;
    const first = await launched(context, await directory(context), '0');
    const { port } = new URL(first.url);
    // Its simulator is already listening and must not keep the process alive.
    const second = launchServer({
      settings: {
        HOST: OWN_HOST,
        PORT: port,
        DATA_DIR: await directory(context),
        SIMULATOR: 'true',
        AUTH_MODE: 'none',
      },
    });
    atEnd(() => second.end('SIGKILL'));
    let said = '';
    second.child.stderr?.on('data', (text: string) => (said += text));

    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(said).toMatch(/^Startup failed: PORT: \d+ is already in use.*EADDRINUSE.*\n$/);
    expect((await post(first.url, '{ __typename }')).data, 'the first server').toEqual({ __typename: 'Query' });
  });

  it('that is started a second time says so in one line, whatever else it would not get', async (context) => {
    const { atEnd, upstream, expect } = context;
    const dataDir = await directory(context);
    const first = await launched(context, dataDir, '0');
    const second = launchServer({
      settings: {
        ...serverSettings(upstream.url, dataDir, upstream.options),
        HOST: OWN_HOST,
        PORT: new URL(first.url).port,
      },
    });
    atEnd(() => second.end('SIGKILL'));
    expect(await second.exited).toEqual({ code: 1, signal: null });
    const reason = `the ledger in ${dataDir} cannot be opened: another process is using it; stop that one, or set another DATA_DIR.`;
    expect(second.log()).toBe(`Startup failed: DATA_DIR: ${reason}`);
    expect((await post(first.url, '{ __typename }')).data, 'the first server').toEqual({ __typename: 'Query' });
  });
});

/** How many signals to stop the server has logged. */
function stopSignals(server: ServerProcess): number {
  return server.log().split('"msg":"stopping"').length - 1;
}

async function directory({ atEnd }: TestContext): Promise<string> {
  const { path, remove } = await newDirectory();
  atEnd(remove);
  return path;
}

async function launched(
  { launch }: TestContext,
  dataDir: string,
  port: string,
): Promise<{ readonly process: ServerProcess; readonly url: string }> {
  // No other process takes its port between a kill and a restart.
  const process = launch(dataDir, { HOST: OWN_HOST, PORT: port });
  return { process, url: await process.listening };
}

function follower({ atEnd }: TestContext, url: string, closes: number[]): Client {
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 500,
    retryWait: () => delay(200),
    // By default it does not retry a refused connection.
    shouldRetry: () => true,
    on: { closed: (event) => void closes.push((event as { code: number }).code) },
  });
  atEnd(() => client.dispose());
  return client;
}
