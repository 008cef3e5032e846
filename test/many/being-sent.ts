import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { Fleet, FleetServer } from './fleet.ts';

/**
 * The reports that are being sent by the ledger once this server was killed: from its death on until PostgreSQL has ended its
 * sessions, one of which may have had a commit under way.
 */
export async function beingSent({ database }: Fleet, { name }: FleetServer): Promise<ReadonlySet<number>> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    const found = new Set<number>();
    for (let sessions = Infinity; sessions > 0;) {
      const { rowCount } = await client.query('SELECT FROM pg_stat_activity WHERE application_name = $1', [name]);
      sessions = rowCount ?? 0;
      const { rows } = await client.query<{ request: string }>(
        "SELECT request FROM jobalyzer.reports r JOIN jobalyzer.entries e ON e.report_id = r.id WHERE e.state = 'SENDING'",
      );
      for (const { request } of rows) found.add(numberIn(request));
      await delay(20);
    }
    return found;
  } finally {
    await client.end();
  }
}

function numberIn(request: string): number {
  return (JSON.parse(request) as { answers: { averageSizeCompetitor: number } }).answers.averageSizeCompetitor;
}
