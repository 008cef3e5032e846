import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { Fleet } from './fleet.ts';

/** The reports that are being sent by the ledger, now and a moment later: a commit may be under way whose server is dead. */
export async function beingSent({ database }: Fleet): Promise<readonly number[]> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    const found: number[] = [];
    for (const afterMs of [20, 300]) {
      await delay(afterMs);
      const { rows } = await client.query<{ request: string }>(
        "SELECT request FROM jobalyzer.reports r JOIN jobalyzer.entries e ON e.report_id = r.id WHERE e.state = 'SENDING'",
      );
      found.push(...rows.map(({ request }) => numberIn(request)));
    }
    return found;
  } finally {
    await client.end();
  }
}

function numberIn(request: string): number {
  return (JSON.parse(request) as { answers: { averageSizeCompetitor: number } }).answers.averageSizeCompetitor;
}
