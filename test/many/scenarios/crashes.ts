import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { slow } from '../../fixtures/upstream/steps.ts';
import { ask, settled } from '../ask.ts';
import { bought, counted, generalProblems, listed, quantile, unless, type Result } from '../checks.ts';
import { LEASE_MS, startFleet, type Fleet } from '../fleet.ts';
import { startLoad } from '../load.ts';

const LONGEST_RECOVERY_MS = 5_000;
/** Two seconds are promised; this machine may be busy. */
const LONGEST_REFUSAL_MS = 4_000;

/** PostgreSQL crashes again and again under load, and in the end stays away for twice the lease. */
export async function crashes(options: { crashes: number; servers: number }): Promise<Result> {
  const fleet = await startFleet({ servers: options.servers, upstream: { pendingPolls: 2, retryAfterMs: 400 } });
  const { postgres, upstream } = fleet;
  upstream.script.submit.otherwise(() => slow(20 + 180 * Math.random()));
  const away: { from: number; until: number }[] = [];
  const load = startLoad(fleet, 8);
  try {
    await delay(500);
    const before = await members(fleet);
    const recoveries: number[] = [];
    for (let crash = 1; crash <= options.crashes + 1; crash++) {
      await delay(500 * Math.random());
      const from = performance.now();
      await postgres.crash();
      await delay(crash > options.crashes ? 2 * LEASE_MS : 1_000 * Math.random());
      await postgres.restart();
      away.push({ from, until: performance.now() });
      recoveries.push(await recovered(fleet, () => load.reserve()));
    }
    const after = await members(fleet);
    await load.stop();

    const numbers = Array.from({ length: load.count() }, (_, number) => number);
    const final = await settled(fleet, numbers);
    const failed = [...final].filter(([, status]) => status === 'FAILED').map(([number]) => number);
    const lost = [...final].filter(([number, status]) => status === 'NOT_REQUESTED' && bought(upstream).has(number));
    const refused = load.asked.filter(
      ({ at, outcome }) => outcome === 'STORE_UNAVAILABLE' && away.some(({ from, until }) => at > from && at < until),
    );
    const slowest = Math.max(0, ...refused.map(({ tookMs }) => tookMs));
    const unforeseen = load.asked.filter(
      ({ outcome }) => !['READY', 'STORE_UNAVAILABLE', 'REPORT_NOT_READY'].includes(outcome),
    );
    return {
      figures: {
        crashes: options.crashes,
        'reports asked for': numbers.length,
        'answers while it lasted': counted(load.asked.map(({ outcome }) => outcome)),
        POSTs: upstream.count('submit'),
        'reports bought': upstream.bought(),
        'recovery, median ms': Math.round(quantile(recoveries, 0.5)),
        'recovery, longest ms': Math.round(Math.max(...recoveries)),
        'refusal while away, longest ms': Math.round(slowest),
        'declared dead': before.filter((id) => !after.includes(id)).length,
        uncertain: failed.length,
      },
      problems: [
        ...generalProblems(upstream),
        ...unless(after.join() === before.join(), `members were ${before.join()} and are ${after.join()}`),
        ...unless(failed.length === 0, `failed: ${listed(failed)}`),
        ...unless(lost.length === 0, `bought, and not known: ${listed(lost.map(([number]) => number))}`),
        ...unless(unforeseen.length === 0, `unforeseen: ${counted(unforeseen.map(({ outcome }) => outcome))}`),
      ],
      late: [
        ...unless(Math.max(...recoveries) < LONGEST_RECOVERY_MS, `a recovery took ${Math.max(...recoveries)} ms`),
        ...unless(slowest < LONGEST_REFUSAL_MS, `a refusal took ${slowest} ms`),
      ],
    };
  } finally {
    await load.stop();
    await fleet.close();
  }
}

/** How long it takes, from now, until every server has bought and collected a report again. */
async function recovered({ servers }: Fleet, reserve: () => number): Promise<number> {
  const from = performance.now();
  await Promise.all(
    servers.map(async (server) => {
      const number = reserve();
      while ((await ask(server, number)) !== 'READY') await delay(20);
    }),
  );
  return performance.now() - from;
}

/** The processes that hold a lease. */
async function members({ database }: Fleet): Promise<readonly string[]> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('SELECT id::text FROM jobalyzer.members ORDER BY id');
    return rows.map(({ id }) => id);
  } finally {
    await client.end();
  }
}
