import { ask, inParallel, inTurn, type Outcome } from '../ask.ts';
import { counted, generalProblems, pollersPerLink, unless, type Result } from '../checks.ts';
import { startFleet } from '../fleet.ts';

/** The same query to all servers at once: one purchase, and one process polls. */
export async function identical({ servers, queries }: { servers: number; queries: number }): Promise<Result> {
  const fleet = await startFleet({ servers, upstream: { pendingPolls: 4, retryAfterMs: 150 } });
  try {
    const outcomes: Outcome[] = [];
    await inParallel(queries, queries, async (query) => outcomes.push(await ask(inTurn(fleet, query), 1)));
    const posts = fleet.upstream.count('submit');
    const pollers = pollersPerLink(fleet.upstream);
    return {
      figures: { servers, queries, outcomes: counted(outcomes), POSTs: posts, pollers },
      problems: [
        ...generalProblems(fleet.upstream),
        ...unless(posts === 1, `${posts} POSTs instead of 1`),
        ...unless(pollers === 1, `${pollers} processes polled`),
        ...unless(
          outcomes.every((outcome) => outcome === 'READY'),
          `not all were answered: ${counted(outcomes)}`,
        ),
      ],
    };
  } finally {
    await fleet.close();
  }
}
