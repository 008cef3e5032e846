import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres, type Postgres } from '../fixtures/postgres/postgres.ts';
import { blockAround, blocksOf } from './blocks.ts';
import { equivalenceOf } from './equivalent.ts';
import { filesIn } from './files.ts';
import { Host } from './hosts.ts';
import { mutantsOf, mutated, type Mutant } from './mutants.ts';
import { markdownOf, scoreOf, type Report, type Verdict } from './report.ts';
import { sampleOf } from './sample.ts';
import { Survey, type TestFile } from './survey.ts';
import { TypeChecker } from './types.ts';

const { values } = parseArgs({
  options: {
    /** How many mutants to try; 0 for all. */
    sample: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    /** A regular expression that the paths of mutated files match. */
    file: { type: 'string', default: '' },
    /** The same for the paths of test files. */
    tests: { type: 'string', default: '^test/(unit|service|contract|server/(?!live))' },
    /** How long the tests of one mutant may take together, apart from unit tests, in seconds, measured without a mutant. */
    budget: { type: 'string', default: '40' },
    /** The JSON report of another run: only what survived it is tried again, for example with other tests. */
    survivors: { type: 'string' },
    workers: { type: 'string', default: '2' },
    report: { type: 'string', default: 'coverage/mutation' },
  },
});

const MUTATED = ['src/datasources', 'src/graphql'];
const ROOT = resolve(import.meta.dirname, '../..');
process.chdir(ROOT);
let postgres = null as Postgres | null;

const all = filesIn(MUTATED);
const files = all.filter((path) => new RegExp(values.file).test(path));
const sources = new Map(files.map((path) => [path, readFileSync(path, 'utf8')]));
const mutants = [...sources].flatMap(([path, source]) => mutantsOf(path, source));
const chosen = values.survivors
  ? survivorsOf(values.survivors)
  : sampleOf(mutants, Number(values.sample) || mutants.length, Number(values.seed));
const types = new TypeChecker();
const hosts = Array.from({ length: Number(values.workers) }, () => new Host());
process.on('SIGINT', () => process.exit(130)).on('SIGTERM', () => process.exit(143));
process.on('exit', () => hosts.forEach((host) => host.close()));

say(`${mutants.length} mutants in ${files.length} files, of which ${chosen.length} are tried (seed ${values.seed})`);
const tests = await survey();
say(`${tests.length} test files execute them`);
const verdicts = await inTurns(chosen, tryMutant);
hosts.forEach((host) => host.close());
await postgres?.close();
const score = scoreOf(verdicts);
const report = { sample: chosen.length, of: mutants.length, seed: Number(values.seed), score, verdicts };
mkdirSync(join(ROOT, values.report, '..'), { recursive: true });
writeFileSync(`${values.report}.json`, `${JSON.stringify(report, null, 2)}\n`);
writeFileSync(`${values.report}.md`, markdownOf(report));
process.stdout.write(markdownOf(report));

function survivorsOf(path: string): Mutant[] {
  const { verdicts } = JSON.parse(readFileSync(path, 'utf8')) as Report;
  const keyOf = ({ file, start, replacement }: Mutant): string => JSON.stringify([file, start, replacement]);
  const survived = new Set(verdicts.filter(({ status }) => status === 'survived').map(keyOf));
  return mutants.filter((mutant) => survived.has(keyOf(mutant)));
}

/** Which blocks each test file executes, and how long it takes: those that are not known yet run once, unchanged. */
async function survey(): Promise<TestFile[]> {
  const paths = filesIn(['test']).filter((path) => path.endsWith('.test.ts') && new RegExp(values.tests).test(path));
  // Tests of the doors serve the built playground.
  if (paths.some((path) => path.startsWith('test/server/'))) execFileSync('npm', ['run', '--silent', 'build']);
  // As for any other run of tests, one for all of them.
  if (paths.some((path) => path.startsWith('test/contract/'))) {
    postgres = await startPostgres();
    process.env['MUTATION_POSTGRES'] = postgres.url;
  }
  const survey = new Survey(all);
  const surveyed = await inTurns(paths, (path, host) => survey.file(path, host, say));
  // Hosts that recorded have instrumented files in memory.
  hosts.forEach((host) => host.close());
  return surveyed.filter((file) => file !== null);
}

async function tryMutant(mutant: Mutant, host: Host): Promise<Verdict> {
  const source = sources.get(mutant.file) ?? '';
  const context = source.split('\n')[mutant.line - 1]?.trim() ?? '';
  const reason = equivalenceOf({ ...mutant, context });
  if (reason !== null) return told({ ...mutant, context, tests: 0, status: 'equivalent', by: reason });
  const block = `${mutant.file}:${blockAround(blocksOf(mutant.file, source), mutant)}`;
  const concerned = withinBudget(tests.filter(({ executed }) => executed.has(block)));
  const about = { ...mutant, context, tests: concerned.length };
  for (const test of concerned) {
    const failure = await failureOf(test, mutant, source, host);
    if (failure !== null) return told({ ...about, status: 'killed', by: `${test.path}: ${failure}` });
  }
  const refused = await types.refuses(mutant.file, mutated(source, mutant));
  return told({ ...about, status: refused ? 'refused' : 'survived', by: null });
}

/** Why the tests of a file fail, or null. Where sockets and timers are real, one failure may be chance: it is repeated. */
async function failureOf(test: TestFile, mutant: Mutant, source: string, host: Host): Promise<string | null> {
  const order = { test: test.path, file: mutant.file, source: mutated(source, mutant), recorded: [] };
  for (let left = isUnit(test) ? 1 : 2; ; left -= 1) {
    const result = await host.run(order, test.ms * 5 + 20_000);
    if (typeof result === 'string') return result;
    if (result.passed) return null;
    if (left === 1) return result.failure;
  }
}

/**
 * All unit tests first, then the quickest of the others. What the rest would find counts as survived, so that the score is
 * rather too low than too high.
 */
function withinBudget(files: readonly TestFile[]): TestFile[] {
  let left = Number(values.budget) * 1_000;
  return files
    .toSorted((a, b) => Number(isUnit(b)) - Number(isUnit(a)) || a.ms - b.ms)
    .filter((file) => isUnit(file) || (left -= file.ms) > 0);
}

function isUnit({ path }: TestFile): boolean {
  return path.startsWith('test/unit/');
}

function told(verdict: Verdict): Verdict {
  const { file, line, status, original, replacement, by } = verdict;
  say(`${status} ${file}:${line} ${short(original)} → ${short(replacement)} ${by ?? ''}`);
  return verdict;
}

/** Each item with a free host. The results are in the order of the items. */
async function inTurns<T, R>(items: readonly T[], work: (item: T, host: Host) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = [...items.entries()];
  await Promise.all(
    hosts.map(async (host) => {
      for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await work(next[1], host);
    }),
  );
  return results;
}

function short(text: string): string {
  return JSON.stringify(text.replaceAll(/\s+/g, ' ').slice(0, 60));
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
