import { setTimeout as delay } from 'node:timers/promises';
import { startStandby, type Standby } from '../../fixtures/postgres/standby.ts';
import { ask, inTurn, settled } from '../ask.ts';
import { bought, counted, generalProblems, listed, unless, type Result } from '../checks.ts';
import { startFleet } from '../fleet.ts';
import { startLoad } from '../load.ts';
import { startProxy, type Proxy } from '../tcp-proxy.ts';

const CLIENTS = 16;
const LONGEST_LOAD_MS = 60_000;

/** The primary is lost under load, and its synchronous standby promoted: what was acknowledged is still there. */
export async function promotion(options: { acknowledged: number }): Promise<Result> {
  let port = 0;
  let proxy: Proxy | undefined;
  let standby: Standby | undefined;
  const fleet = await startFleet({
    servers: 3,
    upstream: { pendingPolls: 1, retryAfterMs: 100 },
    postgres: ['wal_keep_size=256MB'],
    async settings({ postgres, database }) {
      ({ port } = postgres);
      proxy = await startProxy({ port: () => port });
      const url = new URL(database);
      url.port = String(proxy.port);
      return { DATABASE_URL: url.href };
    },
  });
  const { upstream, postgres } = fleet;
  try {
    standby = await startStandby(postgres);
    const load = startLoad(fleet, CLIENTS, { waitMs: 10_000 });
    const acknowledgedNow = (): number => load.asked.filter(({ outcome }) => outcome === 'READY').length;
    const until = performance.now() + LONGEST_LOAD_MS;
    while (acknowledgedNow() < options.acknowledged && performance.now() < until) await delay(5);
    const lostAt = performance.now();
    await postgres.crash();
    await standby.promote();
    ({ port } = standby);
    const promotedAt = performance.now();
    let number = load.reserve();
    while ((await ask(inTurn(fleet, number), number)) !== 'READY') number = load.reserve();
    const recoveryMs = performance.now() - promotedAt;
    await delay(1_000);
    await load.stop();

    const acknowledged = load.asked.filter(({ at, tookMs, outcome }) => outcome === 'READY' && at + tookMs < lostAt);
    const numbers = Array.from({ length: load.count() }, (_, each) => each);
    const final = await settled(fleet, numbers);
    const forgotten = [
      ...acknowledged.filter(({ number }) => final.get(number) !== 'READY').map(({ number }) => number),
      ...[...bought(upstream).keys()].filter((each) => final.get(each) === 'NOT_REQUESTED'),
    ];
    const failed = numbers.filter((each) => final.get(each) === 'FAILED');
    return {
      figures: {
        'reports acknowledged before': acknowledged.length,
        'reports asked for': numbers.length,
        answers: counted(load.asked.map(({ outcome }) => outcome)),
        'reports bought': upstream.bought(),
        'recovery after the promotion, ms': Math.round(recoveryMs),
        forgotten: forgotten.length,
        uncertain: failed.length,
      },
      problems: [
        ...generalProblems(upstream),
        ...unless(forgotten.length === 0, `forgotten: ${listed(forgotten)}`),
        ...unless(failed.length === 0, `failed: ${listed(failed)}`),
      ],
    };
  } finally {
    await fleet.close();
    await proxy?.close();
    await standby?.close();
  }
}
