import { setTimeout as sleep } from 'node:timers/promises';
import { newDirectory } from '../fixtures/directory.ts';
import { loadBuilt } from '../fixtures/server/built.ts';
import {
  checkDuplicates,
  checkLeftLedger,
  checkRestart,
  checkResubmits,
  checkServedFromLedger,
  drain,
} from './checks.ts';
import { post } from '../fixtures/server/post.ts';
import { readLeftLedger, type LeftEntry } from './ledger-file.ts';
import { runLoad } from './load.ts';
import { launchServer, type ServerProcess } from '../fixtures/server/server-process.ts';
import { serverSettings } from '../fixtures/server/settings.ts';
import { look, type Sight } from './sights.ts';
import { createTally, type Aim, type KillSummary } from './tally.ts';
import { checkUncertain } from './uncertain.ts';
import { today, usageOf } from './usage.ts';
import { summarizeLog } from './usage-log.ts';
import { acceptedReports, between, complain, type LogMode, type Violation, type World } from './world.ts';

export interface KillOptions {
  readonly kills: number;
  /** Determines the requests and the times of the kills, but not the scheduling of the operating system. */
  readonly seed: number;
  /** The simulator's usage log. @default 'none' */
  readonly log?: LogMode;
  /** Called after each kill. */
  readonly onKill?: (kill: number) => void;
}

class KillTestError extends Error {
  override readonly name = 'KillTestError';

  constructor(seed: number, violations: readonly Violation[], log: string) {
    const list = violations.map(({ kill, what, reports }) =>
      [`  kill ${kill}: ${what}`, ...reports.map((report) => `    ${report}`)].join('\n'),
    );
    super(`With seed ${seed}:\n${list.join('\n')}\nThe server's last log lines:\n${log}`);
  }
}

/** The share of restarts that are killed during the start. */
const KILLED_STARTS = 0.15;
/** An estimate of the start time, before it has been measured. */
const FIRST_START_MS = 1_000;
const SETTLED_EVERY_KILLS = { none: 8, complete: 25, missing: 25 };
/** Of the usage log, where some rows are to be missing. */
const ROWS_MISSING_EVERY = 4;
/** The longest wait for the moment at which a kill is aimed. */
const LONGEST_AIM_MS = 2_000;

/**
 * Kills a real server process repeatedly, restarts it on the same ledger, and compares its state with the purchases
 * recorded by the simulator, which keeps running. Throws KillTestError if an invariant is violated.
 */
export async function runKills({ kills, seed, log = 'none', onKill }: KillOptions): Promise<KillSummary> {
  const built = await loadBuilt();
  const simulator = await built.startSimulator({
    delayMs: { min: 50, max: 400 },
    usage: { missingEvery: log === 'missing' ? ROWS_MISSING_EVERY : 0 },
  });
  const { path: dataDir, remove } = await newDirectory();
  const random = built.seededRandom(seed);
  const world: World = {
    built,
    simulator,
    random,
    log,
    questions: [],
    resubmits: new Map(),
    cutOff: new Set(),
    uncertain: [],
    violations: [],
    day: today(),
    kill: 0,
  };
  const settings = {
    ...serverSettings(simulator.origin, dataDir),
    REPORT_WAIT_MS: '5000',
    ...(log !== 'none' && { JOBALYZER_USAGE_URL: simulator.origin }),
  };
  const tally = createTally();
  let server: ServerProcess | null = null;

  const start = async (): Promise<string> => {
    const startedAt = performance.now();
    server = launchServer({ settings });
    const url = await server.listening;
    await post(url, '{ __typename }');
    const startMs = performance.now() - startedAt;
    tally.started(startMs);
    return url;
  };
  const kill = async (aim: Aim): Promise<readonly LeftEntry[]> => {
    world.kill += 1;
    const exit = await server?.end('SIGKILL');
    if (exit?.signal !== 'SIGKILL') complain(world, `the server had ended by itself (${exit?.signal ?? exit?.code})`);
    // Data already in a socket when its process died still arrives.
    await sleep(20);
    const left = await readLeftLedger(dataDir, (path) =>
      built.verifyLedger(path, (problem) => complain(world, `the ledger it left is unsound: ${problem}`)),
    );
    tally.killed(aim, left);
    checkLeftLedger(world, left);
    checkDuplicates(world);
    onKill?.(world.kill);
    return left;
  };
  const demandNoViolation = (): void => {
    if (world.violations.length > 0) throw new KillTestError(seed, world.violations, server?.log() ?? '');
  };

  try {
    // The first start creates the ledger, and may be killed while doing so.
    server = launchServer({ settings });
    await sleep(between(0, FIRST_START_MS, random));
    await kill('while it starts');

    let url = await start();
    let sights: readonly Sight[] = [];
    while (world.kill < kills) {
      falter(world, seed);
      const aim = takeAim(random);
      let left = await underLoad(world, url, aim, kill);
      if (random() < KILLED_STARTS && world.kill < kills) {
        server = launchServer({ settings });
        await sleep(between(0, 1.1 * tally.usualStartMs(), random));
        left = await kill('while it starts');
      }
      demandNoViolation();

      url = await start();
      sights = await checkRestart(world, url, left, sights);
      demandNoViolation();
      const last = world.kill >= kills;
      if (last || random() < 1 / SETTLED_EVERY_KILLS[log]) sights = await settle(world, url, last ? 1 : 0.5);
      demandNoViolation();
    }

    await server?.end('SIGKILL');
    url = await start();
    await checkServedFromLedger(world, url, sights);
    demandNoViolation();
    const usageLog = log === 'none' ? null : await summarizeLog(world, url);
    demandNoViolation();
    return { seed, ...tally.read(), ...purchasesIn(world), ...(await usageOf(url)), usageLog };
  } catch (error) {
    if (error instanceof KillTestError) throw error;
    throw new Error(`With seed ${seed}, after kill ${world.kill}:\n${server?.log()}`, {
      cause: error,
    });
  } finally {
    await server?.end('SIGKILL');
    await simulator.close();
    await remove();
  }
}

/**
 * Makes upstream slow to answer submissions, in headers or body, with occasional errors, also in what ends well: responses
 * that are complete although their connection is cut, and a link that is unknown for one poll.
 */
function falter({ simulator, random, kill, log }: World, seed: number): void {
  // With a usage log, responses are held for long, so that many purchases are cut off.
  const held =
    log === 'none'
      ? []
      : [
          {
            on: 'submit',
            kind: 'slow',
            slowPart: 'headers',
            slowMs: between(200, 900, random),
            probability: 0.8,
          } as const,
        ];
  simulator.configure({
    seed: seed + kill,
    faults: [
      ...held,
      { on: 'submit', kind: 'status', status: 503, probability: 0.06 },
      { on: 'submit', kind: 'slow', slowPart: 'headers', slowMs: between(10, 150, random), probability: 0.5 },
      { on: 'submit', kind: 'slow', slowPart: 'body', slowMs: between(10, 150, random), probability: 0.5 },
      { on: 'submit', kind: 'unterminated', framing: 'chunked', probability: 0.06 },
      { on: 'submit', kind: 'unterminated', framing: 'length', probability: 0.06 },
      { on: 'poll', kind: 'status', status: 500, probability: 0.05 },
      { on: 'poll', kind: 'status', status: 404, probability: 0.05 },
    ],
  });
}

function takeAim(random: () => number): Aim {
  const dice = random();
  if (dice < 0.4) return 'while a purchase is sent';
  return dice < 0.7 ? 'while links are polled' : 'at any moment';
}

async function underLoad(
  world: World,
  url: string,
  aim: Aim,
  kill: (aim: Aim) => Promise<readonly LeftEntry[]>,
): Promise<readonly LeftEntry[]> {
  const ending = new AbortController();
  const load = runLoad(world, url, ending.signal);
  await moment(world, aim);
  ending.abort();
  const left = await kill(aim);
  await load;
  return left;
}

/** Resolves at the moment to kill. */
async function moment({ simulator, random }: World, aim: Aim): Promise<void> {
  if (aim !== 'while a purchase is sent' && aim !== 'while links are polled') {
    return sleep(between(0, 900, random));
  }
  const until = performance.now() + LONGEST_AIM_MS;
  const purchases = simulator.counters().posts + Math.ceil(between(0, 6, random));
  while (simulator.counters().posts < purchases && performance.now() < until) await sleep(2);
  await sleep(aim === 'while a purchase is sent' ? between(0, 40, random) : between(30, 300, random));
}

/** Waits until every report is settled, then resubmits a share of the uncertain ones. */
async function settle(world: World, url: string, share: number): Promise<readonly Sight[]> {
  const { simulator, random } = world;
  simulator.configure({ faults: [] });
  await drain(world, url);
  const { posts } = simulator.counters();
  await checkUncertain(world, url, world.uncertain, acceptedReports(world));
  if (simulator.counters().posts !== posts) complain(world, 'something was sent again unasked');
  // What the log does not tell stays as it is, to be counted.
  if (world.log !== 'none') return look(world, url);
  await checkResubmits(
    world,
    url,
    world.uncertain.filter(() => random() < share),
  );
  return look(world, url);
}

function purchasesIn(world: World) {
  const { posts, submittedReports, duplicates } = world.simulator.counters();
  const unasked = [...acceptedReports(world)].map(([name, times]) => times - 1 - (world.resubmits.get(name) ?? 0));
  return {
    posts,
    accepted: submittedReports,
    resubmitted: [...world.resubmits.values()].reduce((sum, times) => sum + times, 0),
    duplicates,
    unasked: unasked.reduce((sum, times) => sum + Math.max(times, 0), 0),
  };
}
