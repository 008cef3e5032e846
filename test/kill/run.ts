/**
 * Kills a server many times and prints a summary of its reports: `npm run test:kill -- --kills 100 --seed 7`.
 * Exits with 1 if anything was bought twice, lost, or resubmitted without request.
 */
import { parseArgs } from 'node:util';
import { build } from '../fixtures/server/built.ts';
import { runKills } from './kill.ts';
import { showSummary } from './show.ts';

const { values } = parseArgs({ options: { kills: { type: 'string' }, seed: { type: 'string' } } });
const kills = number('kills', values.kills ?? '100');
const seed = number('seed', values.seed ?? String(Date.now() % 1_000_000));

await build();
process.stdout.write(`Killing a server ${kills} times. Repeat with --kills ${kills} --seed ${seed}\n`);
try {
  const startedAt = performance.now();
  const summary = await runKills({
    kills,
    seed,
    onKill: (kill) => {
      if (process.stdout.isTTY) process.stdout.write(`\r${kill} of ${kills} `);
    },
  });
  process.stdout.write(`\n${showSummary(summary, performance.now() - startedAt)}\n`);
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  if (error instanceof Error && error.cause) process.stderr.write(`${String((error.cause as Error).stack)}\n`);
  process.exitCode = 1;
}

function number(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    process.stderr.write(`--${name}: ${JSON.stringify(text)} is not a whole number.\n`);
    process.exit(2);
  }
  return Number(text);
}
