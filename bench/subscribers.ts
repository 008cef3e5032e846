/** Ten thousand subscribers, each on its own socket, follow one report or a thousand. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { openClient } from './support/client.ts';
import { median, ms, quantile, table } from './support/figures.ts';
import type { Memory } from './support/memory.ts';
import { exactly } from './support/results.ts';
import { sizes } from './support/sizes.ts';
import { followMessage, inTurns, openSocket, saysReady } from './support/sockets.ts';
import { askChild, play, preload } from './support/stage.ts';

const {
  subscribers: SUBSCRIBERS,
  reports: REPORTS,
  // How long upstream takes to make a report: long enough for all to subscribe first.
  seconds: SECONDS,
} = sizes({ subscribers: 10_000, reports: 1, seconds: 30 });
const AT_ONCE = 100;
const WARM_UP = 20;
const LATEST_MS = SECONDS * 1_000 + 60_000;
const MEASURED = ['--expose-gc', ...preload('./memory.ts')];

await play(async (stage) => {
  const bare = await stage.servePeer('./bare-socket.ts', { nodeArguments: MEASURED });
  const kept = await gather(bare.url, bare.child);
  bare.child.kill('SIGKILL');
  const stock = await stage.servePeer('../peers/graphql-ws.ts', { nodeArguments: MEASURED });
  const stockKept = await gather(stock.url, stock.child);
  stock.child.kill('SIGKILL');

  const delayMs = { min: SECONDS * 1_000, max: SECONDS * 1_000 };
  const simulator = await stage.simulate({ delayMs, retryAfterMs: 5_000 });
  const { server, url } = await stage.serve(simulator.origin, { nodeArguments: MEASURED });
  const client = openClient(url);
  // Warm-up: memory allocated by the first operations is not part of what a subscriber costs.
  for (let query = 0; query < WARM_UP; query++) await client.ask('{ usage { submitted } }');
  await client.close();

  const readyAt = Array.from({ length: REPORTS }, (): number[] => []);
  let [events, ready, empty] = [0, 0, 0];
  const allReady = Promise.withResolvers<void>();
  const followed = await gather(url, server.child, (text, report) => {
    if (!text.includes('"type":"next"')) return;
    events += 1;
    if (!saysReady(text)) return;
    if (!text.includes('"percentile50":')) empty += 1;
    readyAt[report]?.push(performance.now());
    if (++ready === SUBSCRIBERS) allReady.resolve();
  });
  const early = ready;
  await Promise.race([allReady.promise, sleep(LATEST_MS, undefined, { ref: false })]);
  const { tokens, posts, duplicates, polledLinks, polls, maxConcurrentPollsPerLink } = simulator.counters();
  const lost = followed.sockets.filter(({ readyState }) => readyState !== WebSocket.OPEN).length;
  for (const socket of followed.sockets) socket.terminate();

  const apart = readyAt.map((times) => quantile(times, 1) - quantile(times, 0));
  table(
    ['what', 'figure'],
    [
      ['subscribers, each on its own socket', SUBSCRIBERS.toLocaleString('en')],
      ['reports followed', REPORTS.toLocaleString('en')],
      ['all subscribed within', ms(followed.tookMs)],
      ['received READY', ready.toLocaleString('en')],
      ['  before all had subscribed and been measured', early],
      ['  without figures', empty],
      ['first to last READY event of a report, median', ms(median(apart))],
      ['  max', ms(quantile(apart, 1))],
      ['sockets lost', lost],
      ['events', events.toLocaleString('en')],
      ['tokens', tokens],
      ['POSTs', posts],
      ['duplicates', duplicates],
      ['links polled', polledLinks],
      ['polls', polls],
      ['maximum concurrent polls of one link', maxConcurrentPollsPerLink],
      ['memory per subscriber', kilobytes(followed.tightBytes)],
      ['  before garbage collection', kilobytes(followed.looseBytes)],
      ['memory per socket of a bare ws server', kilobytes(kept.tightBytes)],
      ['  before garbage collection', kilobytes(kept.looseBytes)],
      ['memory per subscriber of graphql-ws as it comes', kilobytes(stockKept.tightBytes)],
      ['  this server beside it', (followed.tightBytes / stockKept.tightBytes).toFixed(2)],
    ],
  );
  return {
    figures: [
      exactly('POSTs', posts, REPORTS),
      exactly('duplicates', duplicates, 0),
      exactly('concurrent polls of a link at most', maxConcurrentPollsPerLink, 1),
      exactly('received READY with figures', ready - empty, SUBSCRIBERS),
      exactly('sockets lost', lost, 0),
      exactly('received READY before all were measured', early, 0),
      { what: 'first to last READY event of a report, max', value: quantile(apart, 1), unit: 'ms', atMost: 1_000 },
      { what: 'memory per subscriber', value: followed.tightBytes / 1024, unit: 'KB', atMost: 20 },
      { what: 'memory per socket of a bare ws server', value: kept.tightBytes / 1024, unit: 'KB' },
    ],
  };
});

/** Connects all subscribers, waits until each has received a message, and returns the memory used per subscriber. */
async function gather(url: string, child: ChildProcess, onMessage?: (text: string, report: number) => void) {
  const before = await askChild<Memory>(child, 'memory');
  const sockets: WebSocket[] = [];
  const startedAt = performance.now();
  await inTurns(SUBSCRIBERS, AT_ONCE, async (number) => {
    const report = number % REPORTS;
    const closed = Promise.withResolvers<void>();
    const socket = await openSocket(url, (text) => {
      onMessage?.(text, report);
      closed.resolve();
    });
    socket.once('close', closed.resolve);
    sockets.push(socket);
    socket.send(followMessage(report));
    await closed.promise;
  });
  const tookMs = performance.now() - startedAt;
  const after = await askChild<Memory>(child, 'memory');
  return {
    sockets,
    tookMs,
    tightBytes: (after.tightBytes - before.tightBytes) / SUBSCRIBERS,
    looseBytes: (after.looseBytes - before.tightBytes) / SUBSCRIBERS,
  };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
