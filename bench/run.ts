/** Runs the scenarios one after the other: all of them, the quick ones, or those that are named. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../test/fixtures/server/built.ts';
import { table } from './support/figures.ts';
import { drawResults } from './support/picture.ts';
import { goalOf, isMet, shown, withResults, type Result, type Results } from './support/results.ts';

interface Scenario {
  /** The script and its options. */
  readonly command: readonly string[];
  /** The options of a quick run. Absent: it is left out of one. */
  readonly quick?: readonly string[];
  /** Only run when it is named. */
  readonly onRequest?: boolean;
}

const SHORT = ['--rounds', '3', '--seconds', '0.5'];

/** In this order they are run and shown. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  hot: { command: ['hot.ts'], quick: SHORT },
  warm: { command: ['warm.ts'], quick: SHORT },
  fresh: { command: ['fresh.ts'], quick: SHORT },
  executed: { command: ['executed.ts'], quick: SHORT },
  logged: { command: ['logged.ts'], quick: SHORT },
  start: { command: ['start.ts'], quick: ['--runs', '3'] },
  freshness: { command: ['freshness.ts'], quick: ['--reports', '60'] },
  'reads-beside-purchases': {
    command: ['reads-beside-purchases.ts'],
    quick: ['--rounds', '2', '--seconds', '2', '--warm-up-purchases', '600'],
  },
  pending: { command: ['pending.ts'] },
  herd: { command: ['herd.ts'] },
  distinct: { command: ['distinct.ts'] },
  'event-latency': { command: ['event-latency.ts'] },
  subscribers: { command: ['subscribers.ts'] },
  'subscribers-1000': { command: ['subscribers.ts', '--reports', '1000'] },
  soak: { command: ['soak.ts'], onRequest: true },
};

/** From this load average on, others use the machine. */
const BUSY = 0.7;

const HERE = import.meta.dirname;
const RESULTS = join(HERE, 'results.json');
const README = join(HERE, 'README.md');
const PICTURE = join(HERE, 'results.svg');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, write: { type: 'boolean' }, base: { type: 'string' } },
});
const unknown = positionals.filter((name) => !(name in SCENARIOS));
if (unknown.length > 0)
  throw new Error(`There is no ${unknown.join(', ')}, only ${Object.keys(SCENARIOS).join(', ')}.`);
if (values.quick && values.write) throw new Error('The sizes of a quick run are too small for figures to be kept.');

const wanted = Object.entries(SCENARIOS).filter(([name, { quick, onRequest }]) =>
  positionals.length > 0 ? positionals.includes(name) : values.quick ? quick : !onRequest,
);
const [load = 0] = loadavg();
if (load > BUSY) console.log(`This machine is busy (load ${load.toFixed(1)}): what follows is not reliable.\n`);
await build();
const found: Record<string, Result> = {};
for (const [name, { command, quick = [] }] of wanted) {
  const base = name === 'executed' && values.base ? ['--base', values.base] : [];
  const result = await run([...command, ...(values.quick ? quick : []), ...base]);
  console.log('');
  if (result) found[name] = result;
  else {
    process.exitCode = 1;
    console.log(`${name} failed.\n`);
  }
}
table(
  ['figures with a goal', 'goal', 'measured', ''],
  Object.entries(found).flatMap(([name, { figures }]) =>
    figures
      .filter((figure) => goalOf(figure) !== '')
      .map((figure) => [`${name}: ${figure.what}`, goalOf(figure), shown(figure), isMet(figure) ? '' : 'missed']),
  ),
);
if (values.write) await write();

/** Null if it failed; what it prints is seen. */
async function run([script = '', ...options]: readonly string[]): Promise<Result | null> {
  const child = fork(join(HERE, script), options);
  let result: Result | null = null;
  child.on('message', (message) => (result = message as Result));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0 ? result : null;
}

/** Replaces the kept results of the scenarios that were run. */
async function write(): Promise<void> {
  const { scenarios: kept } = JSON.parse(readFileSync(RESULTS, 'utf8')) as Results;
  const date = new Date().toISOString().slice(0, 10);
  const entries = Object.keys(SCENARIOS).flatMap((name) => {
    const result = found[name] ? { date, ...found[name] } : kept[name];
    return result ? [[name, result] as const] : [];
  });
  const results: Results = { machine: machine(), scenarios: Object.fromEntries(entries) };
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(README, await withResults(readFileSync(README, 'utf8'), results));
  writeFileSync(PICTURE, drawResults(results));
}

function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = cpus()[0]?.model ?? 'unknown processor';
  return `${availableParallelism()} cores (${model}), ${memory} GB RAM, ${process.platform}, Node ${process.versions.node}`;
}
