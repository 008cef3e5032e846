import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { RequestReportDocument } from '../../generated/operations.js';
import type { TestServer } from '../../fixtures/server/server.js';
import { payBody, pending, ready, type Upstream } from '../../fixtures/upstream/upstream.js';
import { heldMegabytes } from '../../fixtures/heap.js';
import { logOf } from '../../fixtures/server/responses.js';
import { dial, httpRequest } from '../../fixtures/sockets/raw-connection.js';
import { requestText } from '../../fixtures/sockets/raw-stream.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';

/** The longest text that is served as it is. */
const LONGEST_TEXT = 'x'.repeat(10_000);
const FACTORS = 30;

// One event of this subscription is 300 KB, with few fields.
const HEAVY = `subscription ($id: ID!, $types: [ReportType!]!) {
  reportStatusById(id: $id, types: $types) {
    status
    report { pay { rankedFactors { field } } }
  }
}`;

/** So many events of a stream that nobody reads fill the buffers of the network. */
const NETWORK_BUFFERS = 30;

// Not concurrent, because the tests measure the memory of the process.
describe('a client that does not read', () => {
  useServers();
  useSockets();

  it('has its WebSocket terminated, and does not accumulate memory before that', async ({
    start,
    connectAndInit,
    upstream,
  }) => {
    // Without intervals there are no pings, which would terminate them too.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await start();
    const id = await heavyReport(server, upstream);
    const reader = await connectAndInit(server);
    const sleepers = await Promise.all([connectAndInit(server), connectAndInit(server), connectAndInit(server)]);
    for (const { wire } of sleepers) wire.pause();
    const before = await heldMegabytes();

    // 90 MB if all of it were buffered.
    for (const sleeper of sleepers) {
      for (let index = 0; index < 100; index++) sleeper.subscribe(`s${index}`, HEAVY, { id, types: ['PAY'] });
    }
    for (let index = 0; index < 20; index++) {
      const { data } = await reader.run(HEAVY, { id, types: ['PAY'] });
      expect(data?.['reportStatusById']).toMatchObject({
        status: 'READY',
        report: { pay: { rankedFactors: Array.from({ length: FACTORS }, () => ({ field: LONGEST_TEXT })) } },
      });
    }
    expect((await heldMegabytes()) - before).toBeLessThan(30);

    // A client that reads nothing notices the end only when it sends.
    let talking: NodeJS.Timeout | undefined;
    const talk = (): void => {
      sleepers.forEach(({ raw }) => raw.ping());
      talking = setTimeout(talk, 50);
    };
    onTestFinished(() => clearTimeout(talking));
    talk();
    const ends = await Promise.all(sleepers.map(({ closed }) => closed));
    expect(ends.map(({ code }) => code)).toEqual([1006, 1006, 1006]);
    expect(await reader.run('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
  });

  it('has its HTTP connection closed after half a minute, also with more requests behind', async ({
    start,
    upstream,
    atEnd,
  }) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await start({ env: { MAX_REPORTS_PER_OPERATION: '40' } });
    const id = await heavyReport(server, upstream);
    const names = Array.from({ length: 40 }, (_, index) => `a${index}`);
    const heavy = `{ ${names.map((name) => `${name}: reportById(id: "${id}") { pay { rankedFactors { field } } }`).join(' ')} }`;
    const request = httpRequest('/graphql', { query: heavy });
    const [late, ...connections] = [request, request, request.repeat(50)].map((sent) => {
      const connection = dial(server.url);
      atEnd(() => connection.wire.destroy());
      connection.wire.pause();
      connection.wire.write(sent);
      return connection;
    });
    const executed = () => logOf(server).filter(({ msg }) => msg === 'operation').length;
    // That of the report is one, too; the requests behind one that is not read are not executed.
    await expect.poll(executed).toBe(4);
    const length = names.length * FACTORS * LONGEST_TEXT.length;
    vi.advanceTimersByTime(25_000);
    late?.wire.resume();
    await expect.poll(() => late?.text.length).toBeGreaterThan(length);
    vi.advanceTimersByTime(35_000);
    for (const { wire } of connections) wire.resume();
    await Promise.all(connections.map(({ closed }) => closed));
    for (const { text } of connections) expect(text.length).toBeLessThan(length);
  });

  it('does not accumulate memory for the events of its streams', async ({ start, upstream, atEnd }) => {
    const server = await start();
    const id = await heavyReport(server, upstream);
    upstream.script.poll('yoe').otherwise(pending(100));
    await server.run(RequestReportDocument, { answers: numbered(), types: ['YOE'] });
    const sleepers = Array.from({ length: 20 }, () => {
      const wire = dialStream(server, HEAVY, { id, types: ['PAY', 'YOE'] });
      atEnd(() => wire.destroy());
      return wire;
    });
    await morePolls(upstream, NETWORK_BUFFERS);
    const before = await heldMegabytes();

    // Every stream has an event per poll: 25 × 20 × 300 KB if all were buffered.
    await morePolls(upstream, 25);
    expect((await heldMegabytes()) - before).toBeLessThan(30);
    expect(sleepers.filter(({ bytesRead }) => bytesRead > 0)).toEqual([]);
  });

  it('does not block the shutdown of the server', async ({ start, upstream, atEnd }) => {
    const server = await start();
    const id = await heavyReport(server, upstream);
    upstream.script.poll('yoe').otherwise(pending(100));
    await server.run(RequestReportDocument, { answers: numbered(), types: ['YOE'] });
    const wires = Array.from({ length: 5 }, () => dialStream(server, HEAVY, { id, types: ['PAY', 'YOE'] }));
    atEnd(() => wires.forEach((wire) => wire.destroy()));
    await morePolls(upstream, NETWORK_BUFFERS);

    const startedAt = performance.now();
    const stopped = server.stop();
    // The server's own limit, after which the process exits forcibly, is 20 seconds.
    await Promise.race([stopped, delay(18_000)]);
    wires.forEach((wire) => wire.destroy());
    expect(performance.now() - startedAt).toBeLessThan(18_000);
    await stopped;
  });
});

describe('a client that disconnected', () => {
  useServers();
  useSockets();

  it('leaves no subscriptions in memory, even of a report that may never be requested', async ({
    start,
    connectAndInit,
  }) => {
    const server = await start();
    // Years of experience is never requested, so these subscriptions would never complete.
    const { data } = await server.run(RequestReportDocument, { answers: numbered(), types: ['PAY'] });
    const variables = { id: data?.requestReport?.id, types: ['YOE'] };
    const leave = async (): Promise<void> => {
      const socket = await connectAndInit(server);
      for (let index = 0; index < 100; index++) socket.subscribe(`s${index}`, HEAVY, variables);
      await socket.until(() => socket.messages.length > 100);
      expect(socket.results('s99')).toEqual([{ data: { reportStatusById: expect.anything() } }]);
      socket.raw.close(1000);
      await socket.closed;
    };
    await leave();
    const before = await heldMegabytes();
    for (let round = 0; round < 40; round++) await leave();
    expect((await heldMegabytes()) - before).toBeLessThan(8);
  });
});

/** Creates a report with a large PAY part and returns its id. */
async function heavyReport(server: TestServer, upstream: Upstream): Promise<string> {
  const RankedFactors = Array.from({ length: FACTORS }, () => ({ Field: LONGEST_TEXT }));
  upstream.script.poll('pay').otherwise(ready(payBody({ Report: { RankedFactors } })));
  const { data } = await server.run<{ report: { id: string } }, object>(
    'query ($answers: AnswersInput!) { report(answers: $answers) { id pay { levelUsed } } }',
    { answers: numbered() },
  );
  return data?.report.id ?? '';
}

/** Waits until the years of experience were polled this often again, with an event for each of their followers. */
async function morePolls(upstream: Upstream, count: number): Promise<void> {
  const before = upstream.polls('yoe').length;
  await expect.poll(() => upstream.polls('yoe').length - before).toBeGreaterThanOrEqual(count);
}

/** Opens a stream without reading from it. */
function dialStream({ url }: TestServer, query: string, variables: object): Socket {
  const wire = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  wire.on('error', () => undefined);
  wire.pause();
  wire.write(requestText({ query, variables }));
  return wire;
}
