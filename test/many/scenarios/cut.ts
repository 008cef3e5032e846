import { ask, type Outcome } from '../ask.ts';
import { bought, counted, generalProblems, unless, type Result } from '../checks.ts';
import { startCommitCutter, type CommitCutter } from '../commit-cutter.ts';
import { startFleet, type FleetServer } from '../fleet.ts';

/** How many commits a report takes that nobody else asks for: claimed, sent, its response or link, collected. */
const COMMITS = 4;

/** The connection of one server is cut after COMMIT and before its response, while two servers are asked for the same report. */
export async function cut({ commits }: { commits: number }): Promise<Result> {
  let cutter: CommitCutter | undefined;
  const fleet = await startFleet({ servers: 1 });
  const { upstream, postgres } = fleet;
  try {
    cutter = await startCommitCutter(() => postgres.port);
    const url = new URL(fleet.database);
    const direct = fleet.servers[0] as FleetServer;
    url.port = String(cutter.port);
    const through = await fleet.launch({ DATABASE_URL: url.href, DATABASE_LISTEN_URL: fleet.database });

    const outcomes: Outcome[] = [];
    let number = 0;
    // A server that finds the report claimed by the other one commits nothing.
    for (; cutter.cuts() < commits && number < 3 * commits; number++) {
      const pass = number % COMMITS;
      cutter.arm(pass);
      const servers = pass === 0 ? [through, direct] : [through];
      outcomes.push(...(await Promise.all(servers.map((server) => ask(server, number)))));
      cutter.arm(Number.POSITIVE_INFINITY);
      outcomes.push(await ask(direct, number));
    }
    const once = [...bought(upstream)].filter(([, times]) => times === 1).length;
    return {
      figures: {
        'reports asked for': number,
        'commits cut': cutter.cuts(),
        POSTs: upstream.count('submit'),
        'bought once': once,
        outcomes: counted(outcomes),
      },
      problems: [
        ...generalProblems(upstream),
        ...unless(cutter.cuts() === commits, `${cutter.cuts()} commits were cut instead of ${commits}`),
        ...unless(once === number, `${once} of ${number} were bought once`),
        ...unless(
          outcomes.every((outcome) => outcome === 'READY'),
          `not all were answered: ${counted(outcomes)}`,
        ),
      ],
    };
  } finally {
    await fleet.close();
    await cutter?.close();
  }
}
