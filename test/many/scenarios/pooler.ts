import { setTimeout as delay } from 'node:timers/promises';
import { startPooler, type Pooler } from '../../fixtures/postgres/pgbouncer.ts';
import { slow } from '../../fixtures/upstream/steps.ts';
import { ask, inTurn, settled, type Outcome } from '../ask.ts';
import { counted, generalProblems, listed, unless, type Result } from '../checks.ts';
import { refusalOf, startFleet } from '../fleet.ts';
import { startLoad } from '../load.ts';

const CLIENTS = 8;
/** Fewer than the servers have to the pooler together: transactions have to share them. */
const CONNECTIONS = 6;

/** Servers that reach their database through PgBouncer, which lends a connection for one transaction only, and crashes itself. */
export async function pooler({ seconds, crashes }: { seconds: number; crashes: number }): Promise<Result> {
  let between: Pooler | undefined;
  const fleet = await startFleet({
    servers: 3,
    upstream: { pendingPolls: 2, retryAfterMs: 300 },
    async settings({ database }) {
      between = await startPooler({ database, connections: CONNECTIONS });
      return { DATABASE_URL: between.url, DATABASE_LISTEN_URL: database };
    },
  });
  const { upstream } = fleet;
  upstream.script.submit.otherwise(() => slow(20 + 80 * Math.random()));
  const load = startLoad(fleet, CLIENTS);
  try {
    await delay(seconds * 1_000);
    for (let crash = 0; crash < crashes; crash++) {
      await between?.restart();
      await delay(1_000);
    }
    await fleet.kill(inTurn(fleet, 0));
    await fleet.launch();
    await delay(seconds * 1_000);
    await load.stop();
    const deaf = await refusalOf(() => fleet.launch({ DATABASE_LISTEN_URL: '' }));

    const numbers = Array.from({ length: load.count() }, (_, number) => number);
    const first = await settled(fleet, numbers);
    const codes = new Map<number, Outcome>();
    for (const [number, status] of first) {
      if (status !== 'READY') codes.set(number, await ask(inTurn(fleet, number), number));
    }
    // The purchases that were in flight when a server was killed.
    const uncertain = [...codes.values()].filter((code) => code === 'SUBMISSION_UNCERTAIN');
    const failed = [...codes].filter(([, code]) => code !== 'READY' && code !== 'SUBMISSION_UNCERTAIN');
    const unforeseen = load.asked.filter(({ outcome }) => !FORESEEN.includes(outcome));
    return {
      figures: {
        pooler: between?.version ?? '',
        'its crashes': crashes,
        'reports asked for': numbers.length,
        'answers while it lasted': counted(load.asked.map(({ outcome }) => outcome)),
        POSTs: upstream.count('submit'),
        'reports bought': upstream.bought(),
        'asked for again': codes.size,
        uncertain: uncertain.length,
        'without DATABASE_LISTEN_URL': deaf,
      },
      problems: [
        ...generalProblems(upstream),
        ...unless(failed.length === 0, `not collected: ${listed(failed.map((each) => each.join(' ')))}`),
        ...unless(uncertain.length <= CLIENTS, `${uncertain.length} are uncertain`),
        ...unless(unforeseen.length === 0, `unforeseen: ${counted(unforeseen.map(({ outcome }) => outcome))}`),
        ...unless(deaf.includes('DATABASE_LISTEN_URL must lead to'), `without DATABASE_LISTEN_URL: ${deaf}`),
      ],
    };
  } finally {
    await load.stop();
    await fleet.close();
    await between?.close();
  }
}

const FORESEEN: readonly Outcome[] = ['READY', 'REPORT_NOT_READY', 'STORE_UNAVAILABLE', 'NO_RESPONSE'];
