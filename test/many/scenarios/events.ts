import { setTimeout as delay } from 'node:timers/promises';
import { numbered } from '../../fixtures/answers/answers.ts';
import { post } from '../../fixtures/server/post.ts';
import { REQUEST } from '../../fixtures/sockets/follow.ts';
import { generalProblems, quantile, unless, type Result } from '../checks.ts';
import { startFleet, type FleetServer } from '../fleet.ts';
import { messageReader } from '../postgres-messages.ts';
import { subscribe } from '../subscriber.ts';
import { startProxy, type Passage, type Proxy } from '../tcp-proxy.ts';

const LONGEST_MEDIAN_MS = 10;
const LONGEST_P99_MS = 60;
const LONGEST_LOST_MS = 3_000;

/**
 * Two servers follow the same reports; one of them buys and polls. How much later a subscriber of the other sees each event
 * than one of the first, which is told when the commit is over; then the same while every notification is lost.
 */
export async function events(options: { followed: number; lost: number }): Promise<Result> {
  let dropped = 0;
  let dropping = false;
  let proxy: Proxy | undefined;
  const readers = new WeakMap<Passage, ReturnType<typeof messageReader>>();
  const fleet = await startFleet({
    servers: 1,
    upstream: { pendingPolls: 1, retryAfterMs: 100 },
    async settings({ postgres, database }) {
      proxy = await startProxy({
        port: () => postgres.port,
        toClient(data, passage) {
          const read = readers.get(passage) ?? messageReader('server');
          readers.set(passage, read);
          const kept = read(data).filter(({ type }) => !(dropping && type === 'A' && ++dropped));
          return Buffer.concat(kept.map(({ bytes }) => bytes));
        },
      });
      const url = new URL(database);
      url.port = String(proxy.port);
      return { DATABASE_LISTEN_URL: url.href };
    },
  });
  try {
    const buyer = fleet.servers[0] as FleetServer;
    const other = await fleet.launch();
    const latencies = await differences(buyer, other, 0, options.followed);
    dropping = true;
    const unannounced = await differences(buyer, other, options.followed, options.lost);
    const [median, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
    const longest = Math.max(...unannounced);
    return {
      figures: {
        events: latencies.length,
        'to a subscriber of another server, median ms': median.toFixed(1),
        '99th percentile, ms': p99.toFixed(1),
        'notifications lost': dropped,
        'events without notification': unannounced.length,
        'their longest delay, ms': Math.round(longest),
      },
      problems: [...generalProblems(fleet.upstream), ...unless(dropped > 0, 'no notification was lost')],
      late: [
        ...unless(median < LONGEST_MEDIAN_MS, `a median of ${median} ms`),
        ...unless(p99 < LONGEST_P99_MS, `a 99th percentile of ${p99} ms`),
        ...unless(longest < LONGEST_LOST_MS, `an event took ${longest} ms after its notification was lost`),
      ],
    };
  } finally {
    await fleet.close();
    await proxy?.close();
  }
}

/** For each event that both see: how much later the subscriber of `other` saw it, in milliseconds. */
async function differences(buyer: FleetServer, other: FleetServer, from: number, count: number): Promise<number[]> {
  const found: number[] = [];
  for (let number = from; number < from + count; number++) {
    const subscribers = await Promise.all([buyer, other].map((server) => subscribe(server, number)));
    try {
      await post(buyer.url, REQUEST, { answers: numbered(number), types: ['PAY'] });
      await Promise.all(subscribers.map(({ ended }) => ended));
      const [own, others] = subscribers.map(({ events }) => new Map(events.map(({ status, at }) => [status, at])));
      for (const [status, at] of own ?? []) {
        const later = others?.get(status);
        if (later !== undefined && status !== 'NOT_REQUESTED') found.push(Math.max(0, later - at));
      }
    } finally {
      for (const subscriber of subscribers) await subscriber.close();
    }
    await delay(5);
  }
  return found;
}
