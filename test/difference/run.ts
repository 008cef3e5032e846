/**
 * Compares a server with stored answers and one without, for many random operations:
 * `npm run test:difference -- --cases 10000 --seed 7`. Exits with 1 at a difference, and shows the smallest case of it.
 */
import { parseArgs } from 'node:util';
import { build, loadServer } from '../fixtures/server/built.ts';
import { runDifference } from './difference.ts';

const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string' } } });
const cases = number('cases', values.cases ?? '10000');
const seed = number('seed', values.seed ?? String(Date.now() % 1_000_000));

await build();
process.stdout.write(`Comparing the outcome of ${cases} operations. Repeat with --cases ${cases} --seed ${seed}\n`);
try {
  const onCase = (done: number): void => {
    if (process.stdout.isTTY && done % 10 === 0) process.stdout.write(`\r${done} of ${cases} `);
  };
  const { requests, repeated, made } = await runDifference({ product: await loadServer(), cases, seed, onCase });
  const share = (part: number): string => `${part} (${Math.round((100 * part) / requests)} %)`;
  process.stdout.write(
    `No difference in ${requests} requests to each server. Of those to the one with stored answers, ${share(repeated)} were answered as before and ${share(made)} from reports in memory.\n`,
  );
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
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
