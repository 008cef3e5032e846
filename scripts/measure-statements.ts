/**
 * Counts what PostgreSQL executes for each report, by a real server and pg_stat_statements, and writes it down in docs/scaling.md:
 * `node scripts/measure-statements.ts`. Counts do not depend on the speed of the machine; how many transitions share a statement does.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { format, resolveConfig } from 'prettier';
import { build } from '../test/fixtures/server/built.ts';
import { ask, inParallel } from '../test/many/ask.ts';
import { startFleet } from '../test/many/fleet.ts';

const DOCUMENT = join(import.meta.dirname, '..', 'docs', 'scaling.md');
const START = '<!-- Written by `node scripts/measure-statements.ts`. -->';
const END = '<!-- The end of what is written. -->';

/** What a statement is for, by what is in its text: the first that fits. */
const PURPOSES = {
  'transitions are stored': /\bcommit_/,
  'reports are read': /\.reports r LEFT JOIN/,
  'what is followed is read again': /AS k \(report_id, type, version\)/,
  'the same link is looked for': /\.links\b/,
  'the report itself is read': /\.bodies\b/,
  'others are notified': /pg_notify/,
} as const;
const OTHERS = 'leases, the switch, counts and other work that goes on without reports';

interface Measured {
  /** Calls for each report, by purpose. */
  readonly calls: ReadonlyMap<string, number>;
  readonly bytesOfWal: number;
}

await build();
const alone = await measure({ reports: 100, atOnce: 1 });
const together = await measure({ reports: 1_000, atOnce: 64 });

const shown = (value = 0): string => (value === 0 ? '' : value < 0.05 ? '<0.1' : value.toFixed(1));
const sum = ({ calls }: Measured): number => [...calls.values()].reduce((total, each) => total + each, 0);
const rows = [...Object.keys(PURPOSES), OTHERS].map(
  (purpose) => `| ${purpose} | ${shown(alone.calls.get(purpose))} | ${shown(together.calls.get(purpose))} |`,
);
const table = `| statements for each report, so that | one at a time | 64 clients at once |
| --- | ---: | ---: |
${rows.join('\n')}
| all | ${shown(sum(alone))} | ${shown(sum(together))} |
| bytes of WAL | ${Math.round(alone.bytesOfWal)} | ${Math.round(together.bytesOfWal)} |`;
process.stdout.write(`${table}\n`);

const text = await readFile(DOCUMENT, 'utf8');
const [from, to] = [text.indexOf(START), text.indexOf(END)];
if (from === -1 || to < from) throw new Error(`${DOCUMENT} has no place for the table.`);
const written = `${text.slice(0, from + START.length)}\n\n${table}\n\n${text.slice(to)}`;
await writeFile(DOCUMENT, await format(written, { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' }));

async function measure({ reports, atOnce }: { reports: number; atOnce: number }): Promise<Measured> {
  const fleet = await startFleet({
    servers: 1,
    upstream: { pendingPolls: 1, retryAfterMs: 100 },
    postgres: ['shared_preload_libraries=pg_stat_statements'],
  });
  const client = new Client({ connectionString: fleet.database });
  try {
    await client.connect();
    await client.query('CREATE EXTENSION pg_stat_statements');
    const [server] = fleet.servers;
    if (!server) throw new Error('There is no server.');
    const buy = async (number: number): Promise<void> => {
      const outcome = await ask(server, number);
      if (outcome !== 'READY') throw new Error(`A report was not bought: ${outcome}`);
    };
    // What a server does once is not counted.
    await inParallel(10, 10, (number) => buy(reports + number));
    const before = await walOf(client);
    await client.query('SELECT pg_stat_statements_reset()');
    await inParallel(reports, atOnce, buy);
    const { rows: executed } = await client.query<{ query: string; calls: number }>(
      `SELECT query, sum(calls)::float AS calls FROM pg_stat_statements JOIN pg_database ON oid = dbid
       WHERE datname = current_database() AND query NOT LIKE '%pg_stat_%' GROUP BY query`,
    );
    const calls = new Map<string, number>();
    for (const each of executed) {
      const purpose = Object.entries(PURPOSES).find(([, pattern]) => pattern.test(each.query))?.[0] ?? OTHERS;
      calls.set(purpose, (calls.get(purpose) ?? 0) + each.calls / reports);
    }
    return { calls, bytesOfWal: ((await walOf(client)) - before) / reports };
  } finally {
    await client.end();
    await fleet.close();
  }
}

async function walOf(client: Client): Promise<number> {
  const { rows: found } = await client.query<{ bytes: number }>('SELECT wal_bytes::float AS bytes FROM pg_stat_wal');
  return found[0]?.bytes ?? 0;
}
