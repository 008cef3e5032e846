import { setTimeout as delay } from 'node:timers/promises';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { numbered } from '../../fixtures/answers/answers.ts';
import { loadBuilt, type Built } from '../../fixtures/server/built.ts';
import { post } from '../../fixtures/server/post.ts';
import { upstreamSettings } from '../../fixtures/server/settings.ts';
import { ask, inTurn, settled, statuses, type Outcome } from '../ask.ts';
import { beingSent } from '../being-sent.ts';
import { counted, listed, unless, type Result } from '../checks.ts';
import { startFleet, type Fleet } from '../fleet.ts';

const CLIENTS = 12;
const MOST_TIMES_ASKED = 5;
/** The longest time until all that is in the usage log has been found there, also by a server that takes over the reading. */
const LONGEST_RECONCILING_MS = 180_000;

/**
 * One of three servers is killed again and again while responses to POSTs are held back. What was cut off is found in the
 * simulator's usage log, which lacks every so many rows one; 0: none.
 */
export async function doubts(options: { kills: number; reports: number; missing: number }): Promise<Result> {
  const built = await loadBuilt();
  const simulator = await built.startSimulator({
    delayMs: { min: 50, max: 400 },
    usage: { missingEvery: options.missing },
    faults: [{ on: 'submit', kind: 'slow', slowPart: 'headers', slowMs: 500, probability: 0.8 }],
  });
  let fleet: Fleet | undefined;
  try {
    fleet = await startFleet({
      servers: 3,
      settings: async () => ({ ...upstreamSettings(simulator.origin), JOBALYZER_USAGE_URL: simulator.origin }),
    });
    const { numbers, outcomes, cutOff } = await killAgainAndAgain(fleet, options);
    await settled(fleet, numbers);
    const left = await leftIn(fleet, numbers, (await logOf(simulator, numbers, built)).inLog);

    // Whoever was told nothing asks again.
    const codes = new Map<number, Outcome>();
    for (const number of left) codes.set(number, await askPatiently(fleet, number));
    const { accepted, inLog } = await logOf(simulator, numbers, built);
    const uncertain = left.filter((number) => codes.get(number) === 'SUBMISSION_UNCERTAIN');
    const others = [...codes].filter(([, code]) => code !== 'SUBMISSION_UNCERTAIN' && code !== 'READY');
    const bought = uncertain.filter((number) => accepted.has(number));
    const known = uncertain.filter((number) => inLog.has(number));
    const causeless = uncertain.filter((number) => !cutOff.has(number));
    const twice = [...accepted].filter(([, times]) => times > 1).map(([number]) => number);
    return {
      figures: {
        kills: options.kills,
        'distinct reports': numbers.length,
        'answers while it lasted': counted(outcomes),
        POSTs: simulator.counters().posts,
        'reports bought': simulator.counters().submittedReports,
        'resolved by the usage log': await recovered(fleet),
        'uncertain in the end, bought': bought.length,
        'uncertain in the end, never bought': uncertain.length - bought.length,
        'bought, and not in the usage log': [...accepted.keys()].filter((number) => !inLog.has(number)).length,
        'bought twice': twice.length,
      },
      problems: [
        ...unless(twice.length === 0, `bought twice: ${listed(twice)}`),
        ...unless(known.length === 0, `uncertain, and in the usage log: ${listed(known)}`),
        ...unless(causeless.length === 0, `uncertain, though no kill cut it off: ${listed(causeless)}`),
        ...unless(others.length === 0, `neither here nor uncertain: ${listed(others.map((other) => other.join(' ')))}`),
      ],
    };
  } finally {
    await fleet?.close();
    await simulator.close();
  }
}

interface Killed {
  /** What was asked for. */
  readonly numbers: readonly number[];
  readonly outcomes: readonly Outcome[];
  /** What was being sent when a server was killed, by whichever server. */
  readonly cutOff: ReadonlySet<number>;
}

async function killAgainAndAgain(
  fleet: Fleet,
  { kills, reports }: { kills: number; reports: number },
): Promise<Killed> {
  const cutOff = new Set<number>();
  const outcomes: Outcome[] = [];
  let allowed = 0;
  let next = 0;
  const over = new AbortController();
  const client = async (): Promise<void> => {
    while (!over.signal.aborted || next < allowed) {
      if (next >= allowed) {
        await delay(5);
        continue;
      }
      const number = next++;
      outcomes.push(await ask(inTurn(fleet, number), number, 2_000));
    }
  };
  const load = Promise.all(Array.from({ length: CLIENTS }, client));
  try {
    for (let kill = 1; kill <= kills; kill++) {
      allowed = Math.floor((reports * kill) / kills);
      await delay(400 * Math.random());
      const victim = inTurn(fleet, Math.floor(3 * Math.random()));
      await fleet.kill(victim);
      for (const number of await beingSent(fleet, victim)) cutOff.add(number);
      await fleet.launch();
    }
  } finally {
    over.abort();
    await load;
  }
  return { numbers: Array.from({ length: next }, (_, number) => number), outcomes, cutOff };
}

interface LoggedNumbers {
  /** How often each was bought. */
  readonly accepted: ReadonlyMap<number, number>;
  readonly inLog: ReadonlySet<number>;
}

async function logOf({ origin }: Simulator, numbers: readonly number[], { reportKey }: Built): Promise<LoggedNumbers> {
  const numberOf = new Map(
    numbers.map((number) => {
      const { jobTitle, country, averageSizeCompetitor } = numbered(number);
      const wire = { JobTitle: jobTitle, Country: country, AverageSizeCompetitor: averageSizeCompetitor };
      return [reportKey(wire, true), number];
    }),
  );
  const response = await fetch(`${origin}/simulator/usage`);
  const logged = (await response.json()) as readonly { readonly key: string; readonly missing: boolean }[];
  const accepted = new Map<number, number>();
  const inLog = new Set<number>();
  for (const { key, missing } of logged) {
    const number = numberOf.get(key) ?? Number.NaN;
    accepted.set(number, (accepted.get(number) ?? 0) + 1);
    if (!missing) inLog.add(number);
  }
  return { accepted, inLog };
}

/** Waits until everything that is in the usage log is here, for so long as that may take, and resolves to what is not here. */
async function leftIn(
  fleet: Fleet,
  numbers: readonly number[],
  inLog: ReadonlySet<number>,
): Promise<readonly number[]> {
  const until = performance.now() + LONGEST_RECONCILING_MS;
  let left = numbers;
  for (;;) {
    const seen = await statuses(inTurn(fleet, 0), left);
    left = left.filter((number) => seen.get(number) !== 'READY');
    if (!left.some((number) => inLog.has(number)) || performance.now() > until) return left;
    await delay(500);
  }
}

/** As a client does that is told to come back later. */
async function askPatiently(fleet: Fleet, number: number): Promise<Outcome> {
  for (let times = 1; ; times++) {
    const outcome = await ask(inTurn(fleet, number), number);
    if (outcome !== 'STORE_UNAVAILABLE' || times === MOST_TIMES_ASKED) return outcome;
    await delay(1_000);
  }
}

/** How many reports were uncertain, and collected after all. */
async function recovered(fleet: Fleet): Promise<number> {
  const { data } = await post<{ usage: { recovered: number } }, object>(
    inTurn(fleet, 0).url,
    '{ usage { recovered } }',
  );
  return data?.usage.recovered ?? Number.NaN;
}
