import type { Result } from './checks.ts';
import { budget } from './scenarios/budget.ts';
import { clocks } from './scenarios/clocks.ts';
import { crashes } from './scenarios/crashes.ts';
import { cut } from './scenarios/cut.ts';
import { doubts } from './scenarios/doubts.ts';
import { events } from './scenarios/events.ts';
import { frozen } from './scenarios/frozen.ts';
import { identical } from './scenarios/identical.ts';
import { kills } from './scenarios/kills.ts';
import { pooler } from './scenarios/pooler.ts';
import { promotion } from './scenarios/promotion.ts';
import { rolling } from './scenarios/rolling.ts';
import { spellings } from './scenarios/spellings.ts';
import { throughput } from './scenarios/throughput.ts';
import { unannounced } from './scenarios/unannounced.ts';

/** What can be run by its name. */
export interface Scenario {
  /** What happens. */
  readonly about: string;
  /** Its options with their defaults, which are the full size. */
  readonly sizes: Readonly<Record<string, number>>;
  /** After so long at full size it is given up, and has failed. */
  readonly minutes: number;
  /** Not changed by options. */
  run(sizes: Readonly<Record<string, number>>): Promise<Result>;
}

function scenario<S extends Readonly<Record<string, number>>>(
  about: string,
  { minutes, ...sizes }: S & { readonly minutes: number },
  run: (sizes: S) => Promise<Result>,
): Scenario {
  return { about, sizes, minutes, run: (chosen) => run(chosen as S) };
}

/** In the order in which they are run. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  identical: scenario(
    'The same query to several servers at once',
    { servers: 4, queries: 1_000, minutes: 3 },
    identical,
  ),
  kills: scenario(
    'kill -9 of one of three servers, again and again, while all are asked for different reports',
    { kills: 200, reports: 2_000, minutes: 25 },
    kills,
  ),
  doubts: scenario(
    'kill -9 of one of three servers while responses to POSTs are held back; the usage log has all of them but every so many',
    { kills: 200, reports: 2_000, missing: 4, minutes: 30 },
    doubts,
  ),
  'doubts-all': scenario(
    'the same with a usage log that has all of them',
    { kills: 200, reports: 2_000, minutes: 30 },
    (sizes) => doubts({ ...sizes, missing: 0 }),
  ),
  crashes: scenario(
    'PostgreSQL crashes under load, and in the end is away for twice the lease',
    { crashes: 20, servers: 3, minutes: 10 },
    crashes,
  ),
  frozen: scenario(
    'SIGSTOP of a server for longer than its lease, with so many POSTs in flight and half as many requests not yet sent',
    { posts: 20, minutes: 3 },
    frozen,
  ),
  cut: scenario(
    'A connection is cut after COMMIT and before its response, while two servers are asked for the same report',
    { commits: 100, minutes: 5 },
    cut,
  ),
  pooler: scenario(
    'The servers reach PostgreSQL through PgBouncer, which crashes, then one of them is killed; needs pgbouncer',
    { seconds: 10, crashes: 5, minutes: 5 },
    pooler,
  ),
  promotion: scenario(
    'The primary is lost under load once so many reports were acknowledged, and its synchronous standby promoted',
    { acknowledged: 500, minutes: 5 },
    promotion,
  ),
  unannounced: scenario(
    'A server is killed after a commit and before it has told anybody, while a subscriber of another one waits',
    { rounds: 20, minutes: 15 },
    unannounced,
  ),
  clocks: scenario(
    'The clocks of two of three servers are wrong by so much, one fast and one slow, and each server is killed in turn',
    { reports: 600, kills: 12, 'minutes-off': 10, minutes: 10 },
    ({ reports, kills: times, 'minutes-off': minutesOff }) => clocks({ reports, kills: times, minutesOff }),
  ),
  events: scenario(
    'How much later a subscriber of another server sees an event, also when its notification is lost',
    { followed: 200, lost: 10, minutes: 5 },
    events,
  ),
  rolling: scenario(
    'Under load, servers of this release join those of the one before, which leave; the last is frozen instead, and wakes too late',
    { seconds: 5, minutes: 5 },
    ({ seconds }) => rolling({ seconds, freezes: true }),
  ),
  spellings: scenario(
    'Distinct questions in ten spellings each, all at once on a cold start and again; C, C# and C++ are not the same',
    { servers: 2, distinct: 100, minutes: 5 },
    spellings,
  ),
  throughput: scenario(
    'Different reports a second with one, two and four servers, and what each takes of PostgreSQL',
    { measured: 15, minutes: 5 },
    ({ measured }) => throughput({ seconds: measured }),
  ),
  budget: scenario(
    'Clients of one name ask four servers for three times as many reports as they may buy',
    { limit: 100, clients: 60, minutes: 3 },
    budget,
  ),
};
