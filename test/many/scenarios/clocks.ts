import { setTimeout as delay } from 'node:timers/promises';
import { slow } from '../../fixtures/upstream/steps.ts';
import { ask, inTurn, settled, type Outcome } from '../ask.ts';
import { beingSent } from '../being-sent.ts';
import { bought, counted, generalProblems, listed, unless, type Result } from '../checks.ts';
import { startFleet } from '../fleet.ts';
import { startLoad } from '../load.ts';

const CLIENTS = 8;
const LONGEST_LOAD_MS = 240_000;

export interface ClockOptions {
  readonly reports: number;
  readonly kills: number;
  /** By how much the second clock is fast and the third is slow. */
  readonly minutesOff: number;
}

/**
 * One of three servers has the right time, one is fast and one is slow. They are asked for different reports and killed in turn, so that each
 * goes on with what the others have left; then every report is asked for at each of them.
 */
export async function clocks({ reports, kills, minutesOff }: ClockOptions): Promise<Result> {
  const fleet = await startFleet({ servers: 1, upstream: { pendingPolls: 2, retryAfterMs: 300 } });
  const { upstream } = fleet;
  upstream.script.submit.otherwise(() => slow(20 + 180 * Math.random()));
  const shifts = [0, minutesOff, -minutesOff];
  const load = startLoad(fleet, CLIENTS);
  try {
    for (const minutes of shifts.slice(1)) await fleet.launch({}, { nodeArguments: clockShifted(minutes) });
    const inFlight = new Set<number>();
    const until = performance.now() + LONGEST_LOAD_MS;
    for (let kill = 0; kill < kills; kill++) {
      while (load.count() < (reports * (kill + 1)) / kills && performance.now() < until) await delay(10);
      const [victim] = fleet.servers;
      if (!victim) throw new Error('No server is left.');
      await fleet.kill(victim);
      for (const number of await beingSent(fleet, victim)) inFlight.add(number);
      // The longest-running one is killed, so each clock comes in turn.
      await fleet.launch({}, { nodeArguments: clockShifted(shifts[kill % shifts.length] ?? 0) });
    }
    await load.stop();

    const numbers = Array.from({ length: load.count() }, (_, number) => number);
    const first = await settled(fleet, numbers);
    const codes = new Map<number, Outcome>();
    for (const [number, status] of first) {
      if (status !== 'READY') codes.set(number, await ask(inTurn(fleet, number), number));
    }
    const uncertain = [...codes].filter(([, code]) => code === 'SUBMISSION_UNCERTAIN').map(([number]) => number);
    const others = [...codes].filter(([, code]) => code !== 'SUBMISSION_UNCERTAIN' && code !== 'READY');
    const known = numbers.filter((number) => !uncertain.includes(number));
    const again: Outcome[] = [];
    for (const server of fleet.servers) for (const number of known) again.push(await ask(server, number));
    return {
      figures: {
        'clocks, minutes': shifts.join(', '),
        kills,
        'reports asked for': numbers.length,
        'answers while it lasted': counted(load.asked.map(({ outcome }) => outcome)),
        POSTs: upstream.count('submit'),
        'reports bought': upstream.bought(),
        uncertain: uncertain.length,
        'asked for at each server in the end': counted(again),
      },
      problems: [
        ...generalProblems(upstream),
        ...unless(
          uncertain.every((number) => inFlight.has(number)),
          `uncertain, though no kill cut it off: ${listed(uncertain.filter((number) => !inFlight.has(number)))}`,
        ),
        ...unless(others.length === 0, `neither here nor uncertain: ${listed(others.map((each) => each.join(' ')))}`),
        ...unless(
          again.every((outcome) => outcome === 'READY'),
          `not stored for every server: ${counted(again)}`,
        ),
        ...unless(
          known.every((number) => bought(upstream).has(number)),
          'ready without a purchase',
        ),
      ],
    };
  } finally {
    await load.stop();
    await fleet.close();
  }
}

/** Arguments with which a process has the wrong time. */
function clockShifted(minutes: number): readonly string[] {
  const program = `
    const Right = Date;
    const now = () => Right.now() + ${minutes * 60_000};
    globalThis.Date = class Date extends Right {
      constructor(...given) { super(...(given.length === 0 ? [now()] : given)); }
      static now() { return now(); }
    };`;
  return minutes === 0 ? [] : ['--import', `data:text/javascript,${encodeURIComponent(program)}`];
}
