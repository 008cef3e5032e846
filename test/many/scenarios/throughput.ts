import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { counted, generalProblems, unless, type Result } from '../checks.ts';
import { startFleet } from '../fleet.ts';
import { startLoad } from '../load.ts';

const CLIENTS = 64;
const WARM_UP_MS = 3_000;

/** How many different reports are bought and collected a second by one, two and four servers, and what that takes of PostgreSQL. */
export async function throughput({ seconds }: { seconds: number }): Promise<Result> {
  const figures: Record<string, string> = {};
  const problems: string[] = [];
  for (const servers of [1, 2, 4]) {
    const fleet = await startFleet({
      servers,
      upstream: { pendingPolls: 1, retryAfterMs: 100 },
      postgres: ['shared_preload_libraries=pg_stat_statements'],
    });
    const client = new Client({ connectionString: fleet.database });
    try {
      await client.connect();
      await client.query('CREATE EXTENSION pg_stat_statements');
      const load = startLoad(fleet, CLIENTS, { pauseMs: 0, waitMs: 20_000 });
      await delay(WARM_UP_MS);
      const before = await countersOf(client);
      const from = load.asked.length;
      const at = performance.now();
      await delay(seconds * 1_000);
      const reports = load.asked.length - from;
      const took = (performance.now() - at) / 1_000;
      const after = await countersOf(client);
      await load.stop();
      const per = (name: keyof Counters): string => ((after[name] - before[name]) / reports).toFixed(1);
      figures[`${servers} servers`] =
        `${Math.round(reports / took)} reports/s; for each ${per('statements')} statements, ${per('commits')} commits, ${per('wal')} bytes of WAL`;
      problems.push(
        ...generalProblems(fleet.upstream),
        ...unless(
          load.asked.every(({ outcome }) => outcome === 'READY'),
          counted(load.asked.map(({ outcome }) => outcome)),
        ),
      );
    } finally {
      await client.end();
      await fleet.close();
    }
  }
  return { figures, problems };
}

interface Counters {
  readonly statements: number;
  readonly commits: number;
  readonly wal: number;
}

async function countersOf(client: Client): Promise<Counters> {
  const { rows } = await client.query<Counters>(`
    SELECT (SELECT sum(calls) FROM pg_stat_statements JOIN pg_database ON oid = dbid WHERE datname = current_database())::float AS statements,
           (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database())::float AS commits,
           (SELECT wal_bytes FROM pg_stat_wal)::float AS wal`);
  return rows[0] as Counters;
}
