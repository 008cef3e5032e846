/**
 * Runs several servers on one PostgreSQL database and prints what was counted: `npm run test:many -- --scenario kills`.
 * README.md has the scenarios, and `--help`. Exits with 1 if anything was bought twice, lost or otherwise not as promised.
 */
import { parseArgs } from 'node:util';
import { build } from '../fixtures/server/built.ts';
import { SCENARIOS, type Scenario } from './all-scenarios.ts';
import type { Result } from './checks.ts';

const OPTIONS = ['minutes', ...new Set(Object.values(SCENARIOS).flatMap(({ sizes }) => Object.keys(sizes)))];

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', multiple: true },
    help: { type: 'boolean' },
    ...Object.fromEntries(OPTIONS.map((name) => [name, { type: 'string' } as const])),
  },
});

if (values.help) {
  process.stdout.write(help());
  process.exit();
}
const chosen = chosenScenarios([values.scenario ?? Object.keys(SCENARIOS)].flat().map(String));
const sizes = chosenSizes();

// So that servers and databases end with this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

await build();
for (const [name, scenario] of chosen) {
  const startedAt = performance.now();
  process.stdout.write(`${name}\n`);
  const { figures, problems, late = [] } = await bounded(scenario);
  show({ ...figures, 'took, s': Math.round((performance.now() - startedAt) / 1_000) });
  for (const problem of problems) process.stdout.write(`  WRONG: ${problem}\n`);
  for (const each of late) process.stdout.write(`  LATE: ${each}\n`);
  if (problems.length + late.length > 0) process.exitCode = 1;
}

/** One that is not over in time ends the run: what it has started ends with this process. */
async function bounded({ run, sizes: full, minutes: enough }: Scenario): Promise<Result> {
  const minutes = sizes['minutes'] ?? enough;
  const over = setTimeout(() => {
    process.stdout.write(`  WRONG: not over after ${minutes} minutes\n`);
    process.exit(1);
  }, minutes * 60_000);
  try {
    return await run({ ...full, ...sizes });
  } catch (error) {
    return { figures: {}, problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)] };
  } finally {
    clearTimeout(over);
  }
}

function show(figures: Result['figures']): void {
  const width = Math.max(...Object.keys(figures).map(({ length }) => length));
  for (const [what, figure] of Object.entries(figures)) process.stdout.write(`  ${what.padEnd(width)}  ${figure}\n`);
}

function chosenScenarios(names: readonly string[]): readonly (readonly [string, Scenario])[] {
  return names.map((name) => {
    const found = SCENARIOS[name];
    return found ? [name, found] : refuse(`No scenario ${name}; there are ${Object.keys(SCENARIOS).join(', ')}.`);
  });
}

/** Those that were given. */
function chosenSizes(): Readonly<Record<string, number>> {
  const given = Object.entries(values).filter(([name]) => OPTIONS.includes(name));
  return Object.fromEntries(
    given.map(([name, text]) => {
      if (!chosen.some(([, scenario]) => name === 'minutes' || name in scenario.sizes))
        refuse(`--${name} is an option of another scenario.`);
      if (!/^[1-9]\d{0,5}$/.test(String(text)))
        refuse(`--${name}: ${JSON.stringify(text)} is not a whole number above 0.`);
      return [name, Number(text)];
    }),
  );
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}

function help(): string {
  const lines = Object.entries(SCENARIOS).map(([name, { about, sizes: full, minutes }]) => {
    const options = Object.entries(full).map(([option, size]) => `--${option} ${size}`);
    return `${name}: ${about}.\n    ${options.join(' ')}; at most ${minutes} minutes`;
  });
  return `npm run test:many -- [--scenario NAME]… [options]\n\nWithout a name all of them are run, without options at full size. --minutes is how long each may take:\n\n${lines.join('\n')}\n`;
}
