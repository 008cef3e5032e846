/**
 * Runs several servers on one PostgreSQL database and prints what was measured: `npm run test:many -- --scenario kills`.
 * Without a name it runs all scenarios. Exits with 1 if anything was bought twice, lost or otherwise not as promised.
 */
import { parseArgs } from 'node:util';
import { build } from '../fixtures/server/built.ts';
import type { Result } from './checks.ts';
import { budget } from './scenarios/budget.ts';
import { crashes } from './scenarios/crashes.ts';
import { cut } from './scenarios/cut.ts';
import { events } from './scenarios/events.ts';
import { frozen } from './scenarios/frozen.ts';
import { identical } from './scenarios/identical.ts';
import { kills } from './scenarios/kills.ts';
import { pooler } from './scenarios/pooler.ts';
import { promotion } from './scenarios/promotion.ts';
import { rolling } from './scenarios/rolling.ts';
import { throughput } from './scenarios/throughput.ts';

const SCENARIOS: Readonly<Record<string, () => Promise<Result>>> = {
  identical: () => identical({ servers: 4, queries: 1_000 }),
  kills: () => kills({ kills: 200, reports: 2_000 }),
  crashes: () => crashes({ crashes: 20, servers: 3 }),
  frozen: () => frozen({ inFlight: 20 }),
  cut: () => cut({ rounds: 100 }),
  pooler: () => pooler({ seconds: 10, crashes: 5 }),
  promotion: () => promotion({ reports: 500 }),
  events: () => events({ reports: 200, lost: 10 }),
  rolling: () => rolling({ seconds: 5, freezes: true }),
  throughput: () => throughput({ seconds: 15 }),
  budget: () => budget({ limit: 100, clients: 60 }),
};

const { values } = parseArgs({ options: { scenario: { type: 'string', multiple: true } } });
const names = values.scenario ?? Object.keys(SCENARIOS);
const unknown = names.filter((name) => !(name in SCENARIOS));
if (unknown.length > 0) {
  process.stderr.write(`No scenario ${unknown.join(', ')}; there are ${Object.keys(SCENARIOS).join(', ')}.\n`);
  process.exit(2);
}

// So that servers and databases end with this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

await build();
for (const name of names) {
  const startedAt = performance.now();
  process.stdout.write(`${name}\n`);
  const result = await SCENARIOS[name]?.();
  if (!result) continue;
  const width = Math.max(...Object.keys(result.figures).map(({ length }) => length));
  for (const [what, figure] of Object.entries(result.figures)) {
    process.stdout.write(`  ${what.padEnd(width)}  ${figure}\n`);
  }
  process.stdout.write(`  ${'took, s'.padEnd(width)}  ${Math.round((performance.now() - startedAt) / 1_000)}\n`);
  for (const problem of result.problems) process.stdout.write(`  WRONG: ${problem}\n`);
  if (result.problems.length > 0) process.exitCode = 1;
}
