import { setTimeout as delay } from 'node:timers/promises';
import { slow } from '../../fixtures/upstream/steps.ts';
import { ask, inTurn, settled, type Outcome } from '../ask.ts';
import { bought, counted, generalProblems, listed, unless, type Result } from '../checks.ts';
import { beingSent } from '../being-sent.ts';
import { startFleet } from '../fleet.ts';
import { startFollowers } from '../followers.ts';

const CLIENTS = 12;

/** One of three servers is killed again and again, while all are asked for different reports. */
export async function kills(options: { kills: number; reports: number }): Promise<Result> {
  const fleet = await startFleet({ servers: 3, upstream: { pendingPolls: 2, retryAfterMs: 400 } });
  const { upstream } = fleet;
  upstream.script.submit.otherwise(() => slow(20 + 180 * Math.random()));
  const followers = startFollowers(fleet);
  const inFlight = new Set<number>();
  let killed = 0;
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
      if (number % 20 === 0) followers.follow(number);
      outcomes.push(await ask(inTurn(fleet, number), number, 2_000));
    }
  };
  try {
    const load = Promise.all(Array.from({ length: CLIENTS }, client));
    for (let kill = 1; kill <= options.kills; kill++) {
      allowed = Math.floor((options.reports * kill) / options.kills);
      await delay(400 * Math.random());
      const victim = inTurn(fleet, Math.floor(3 * Math.random()));
      await fleet.kill(victim);
      killed += 1;
      for (const number of await beingSent(fleet, victim)) inFlight.add(number);
      await fleet.launch();
    }
    over.abort();
    await load;

    const numbers = Array.from({ length: next }, (_, number) => number);
    const first = await settled(fleet, numbers);
    // Whoever was told nothing asks again.
    const codes = new Map<number, Outcome>();
    for (const [number, status] of first) {
      if (status !== 'READY') codes.set(number, await ask(inTurn(fleet, number), number));
    }
    await followers.ended();
    const uncertain = [...codes].filter(([, code]) => code === 'SUBMISSION_UNCERTAIN').map(([number]) => number);
    const others = [...codes].filter(([, code]) => code !== 'SUBMISSION_UNCERTAIN' && code !== 'READY');
    const causeless = uncertain.filter((number) => !inFlight.has(number));
    const posted = new Set(upstream.submits().map(({ answers }) => Number(answers.AverageSizeCompetitor)));
    const missing = numbers.filter((number) => !bought(upstream).has(number) && !uncertain.includes(number));
    return {
      figures: {
        kills: killed,
        'distinct reports': next,
        'answers while it lasted': counted(outcomes),
        POSTs: upstream.count('submit'),
        'reports bought': upstream.bought(),
        'in flight when one was killed': inFlight.size,
        uncertain: uncertain.length,
        'uncertain without a POST': uncertain.filter((number) => !posted.has(number)).length,
        'asked for again': codes.size,
        followed: followers.count(),
      },
      problems: [
        ...generalProblems(upstream),
        ...unless(causeless.length === 0, `uncertain, though no kill cut it off: ${listed(causeless)}`),
        ...unless(others.length === 0, `neither here nor uncertain: ${listed(others.map((other) => other.join(' ')))}`),
        ...unless(missing.length === 0, `ready without a purchase: ${listed(missing)}`),
        ...followers.problems(),
      ],
    };
  } finally {
    over.abort();
    allowed = 0;
    followers.close();
    await fleet.close();
  }
}
