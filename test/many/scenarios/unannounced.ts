import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { ask } from '../ask.ts';
import { bought, counted, generalProblems, quantile, unless, type Result } from '../checks.ts';
import { startCommitCutter, type CommitCutter } from '../commit-cutter.ts';
import { startFleet, TAKEOVER_MS, type Fleet, type FleetServer } from '../fleet.ts';
import { subscribe } from '../subscriber.ts';

/** How many commits a report takes: claimed, sent, its response, its link, collected. */
const COMMITS = 5;
/** Besides the takeover: two polls, and a machine that may be busy. */
const LONGEST_WAIT_MS = 3 * TAKEOVER_MS;

interface Round {
  /** The state that was stored, and that nobody was told of. */
  readonly state: string;
  /** What the subscriber saw last. */
  readonly end: string;
  readonly tookMs: number;
}

/**
 * A server is killed after one of its commits and before it has told anybody, while a subscriber of another server follows the report:
 * what was stored is found all the same, and what was not sent or has a link is gone on with.
 */
export async function unannounced({ rounds }: { rounds: number }): Promise<Result> {
  let cutter: CommitCutter | undefined;
  const fleet = await startFleet({ servers: 1, upstream: { pendingPolls: 1, retryAfterMs: 200 } });
  const { upstream, postgres } = fleet;
  try {
    cutter = await startCommitCutter(() => postgres.port);
    const other = fleet.servers[0] as FleetServer;
    const done: Round[] = [];
    for (let number = 0; number < rounds; number++) {
      done.push(await killed(fleet, cutter, other, number));
    }
    const delays = done.map(({ tookMs }) => tookMs);
    const doubts = done.filter(({ end }) => end === 'FAILED');
    return {
      figures: {
        'servers killed': rounds,
        'after the commit of': counted(done.map(({ state }) => state)),
        'what the subscriber saw': counted(done.map(({ state, end }) => `${state} → ${end}`)),
        POSTs: upstream.count('submit'),
        'reports bought': upstream.bought(),
        'until the subscriber saw the end, median ms': Math.round(quantile(delays, 0.5)),
        'longest, ms': Math.round(Math.max(...delays)),
      },
      problems: [
        ...generalProblems(upstream),
        ...unless(
          done.every(({ state, end }) => end === (state === 'SENDING' ? 'FAILED' : 'READY')),
          `not gone on with: ${counted(done.map(({ state, end }) => `${state} → ${end}`))}`,
        ),
        ...unless(bought(upstream).size === rounds - doubts.length, `${bought(upstream).size} were bought`),
      ],
    };
  } finally {
    await fleet.close();
    await cutter?.close();
  }
}

async function killed(fleet: Fleet, cutter: CommitCutter, other: FleetServer, number: number): Promise<Round> {
  const url = new URL(fleet.database);
  url.port = String(cutter.port);
  const victim = await fleet.launch({ DATABASE_URL: url.href, DATABASE_LISTEN_URL: fleet.database });
  const subscriber = await subscribe(other, number);
  try {
    const dead = Promise.withResolvers<number>();
    cutter.arm(number % COMMITS, () => {
      victim.process.child.kill('SIGKILL');
      dead.resolve(performance.now());
    });
    void ask(victim, number);
    const from = await Promise.race([dead.promise, delay(LONGEST_WAIT_MS)]);
    if (from === undefined) throw new Error(`Report ${number} took fewer commits than ${(number % COMMITS) + 1}.`);
    const state = await storedState(fleet);
    await Promise.race([subscriber.ended, delay(LONGEST_WAIT_MS)]);
    return { state, end: subscriber.events.at(-1)?.status ?? 'nothing', tookMs: performance.now() - from };
  } finally {
    await subscriber.close();
    await fleet.kill(victim);
  }
}

/** Of the latest report. */
async function storedState({ database }: Fleet): Promise<string> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    const { rows } = await client.query<{ state: string; answered: boolean }>(
      `SELECT e.state, e.data NOT LIKE '%"answer":null%' AS answered
       FROM jobalyzer.entries e JOIN jobalyzer.reports r ON r.id = e.report_id ORDER BY r.created_at DESC LIMIT 1`,
    );
    const [row] = rows;
    if (row?.state === 'SENDING' && row.answered) return 'SENDING with its response';
    return row?.state ?? 'nothing';
  } finally {
    await client.end();
  }
}
