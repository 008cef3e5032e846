import { ask, inParallel, inTurn, type Outcome } from '../ask.ts';
import { counted, generalProblems, unless, type Result } from '../checks.ts';
import { startFleet } from '../fleet.ts';

/** Clients of the same name ask four servers for far more reports than they may buy on one day. */
export async function budget({ limit, clients }: { limit: number; clients: number }): Promise<Result> {
  const fleet = await startFleet({
    servers: 4,
    settings: () => Promise.resolve({ BUDGET_REPORTS_PER_DAY: String(limit) }),
  });
  try {
    const outcomes: Outcome[] = [];
    const day = new Date().getUTCDate();
    await inParallel(3 * limit, clients, async (number) => outcomes.push(await ask(inTurn(fleet, number), number)));
    const bought = fleet.upstream.bought();
    return {
      figures: { limit, clients, 'asked for': 3 * limit, 'reports bought': bought, outcomes: counted(outcomes) },
      problems: [
        ...generalProblems(fleet.upstream),
        ...unless(day === new Date().getUTCDate(), 'another day began meanwhile: run it again'),
        ...unless(bought === limit, `${bought} reports were bought within a budget of ${limit}`),
        ...unless(
          outcomes.every((outcome) => outcome === 'READY' || outcome === 'BUDGET_EXCEEDED'),
          `unforeseen: ${counted(outcomes)}`,
        ),
      ],
    };
  } finally {
    await fleet.close();
  }
}
