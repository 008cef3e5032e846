/**
 * Kills a server many times and prints a summary of its reports: `npm run test:kill -- --kills 100 --seed 7`.
 * With `--log complete` or `--log missing` the server has the simulator's usage log, and what was cut off is found in it, or not.
 * Exits with 1 if anything was bought twice, lost, or resubmitted without request.
 */
import { parseArgs } from 'node:util';
import { build } from '../fixtures/server/built.ts';
import { runKills } from './kill.ts';
import { showSummary } from './show.ts';
import { LOG_MODES } from './world.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string' }, seed: { type: 'string' }, log: { type: 'string', default: 'none' } },
});
const kills = number('kills', values.kills ?? '100');
const seed = number('seed', values.seed ?? String(Date.now() % 1_000_000));
const log = LOG_MODES.find((mode) => mode === values.log) ?? refuse(`--log: one of ${LOG_MODES.join(', ')}.`);

await build();
process.stdout.write(`Killing a server ${kills} times. Repeat with --kills ${kills} --seed ${seed} --log ${log}\n`);
try {
  const startedAt = performance.now();
  const summary = await runKills({
    kills,
    seed,
    log,
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
  return /^\d{1,9}$/.test(text) ? Number(text) : refuse(`--${name}: ${JSON.stringify(text)} is not a whole number.`);
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}
