import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { blockAround, blocksOf } from './blocks.ts';
import { equivalenceOf } from './equivalent.ts';
import { Host, type Ending } from './hosts.ts';
import { mutantsOf, mutated, type Mutant } from './mutants.ts';
import { markdownOf, scoreOf, type Verdict } from './report.ts';
import { sampleOf } from './sample.ts';

const { values } = parseArgs({
  options: {
    /** How many mutants to try; 0 for all. */
    sample: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    /** A regular expression that the paths of mutated files match. */
    file: { type: 'string', default: '' },
    /** The same for the paths of test files. */
    tests: { type: 'string', default: '^test/(unit|service|contract|server/(?!live))' },
    /** How long the tests of one mutant may take together, in seconds, measured without a mutant. */
    budget: { type: 'string', default: '40' },
    workers: { type: 'string', default: '2' },
    report: { type: 'string', default: 'coverage/mutation' },
  },
});

const MUTATED = ['src/datasources', 'src/graphql'];
const ROOT = resolve(import.meta.dirname, '../..');
process.chdir(ROOT);

interface TestFile {
  readonly path: string;
  readonly ms: number;
  readonly executed: ReadonlySet<string>;
}

const files = filesIn(MUTATED).filter((path) => new RegExp(values.file).test(path));
const sources = new Map(files.map((path) => [path, readFileSync(path, 'utf8')]));
const mutants = [...sources].flatMap(([path, source]) => mutantsOf(path, source));
const chosen = sampleOf(mutants, Number(values.sample) || mutants.length, Number(values.seed));
const hosts = Array.from({ length: Number(values.workers) }, () => new Host());
process.on('SIGINT', () => process.exit(130)).on('exit', () => hosts.forEach((host) => host.close()));

say(`${mutants.length} mutants in ${files.length} files, of which ${chosen.length} are tried (seed ${values.seed})`);
const tests = await survey();
say(`${tests.length} test files execute them`);
const verdicts = await inTurns(chosen, tryMutant);
hosts.forEach((host) => host.close());
const score = scoreOf(verdicts);
const report = { sample: chosen.length, of: mutants.length, seed: Number(values.seed), score, verdicts };
mkdirSync(join(ROOT, values.report, '..'), { recursive: true });
writeFileSync(`${values.report}.json`, `${JSON.stringify(report, null, 2)}\n`);
writeFileSync(`${values.report}.md`, markdownOf(report));
process.stdout.write(markdownOf(report));

/** Runs every test file once, unchanged, to learn how long it takes and which blocks it executes. */
async function survey(): Promise<TestFile[]> {
  const paths = filesIn(['test']).filter((path) => path.endsWith('.test.ts') && new RegExp(values.tests).test(path));
  const surveyed = await inTurns(paths, async (path, host): Promise<TestFile | null> => {
    const order = { test: path, file: null, source: null, recorded: files };
    const result = await host.run(order, 300_000);
    if (typeof result === 'string' || !result.passed) {
      say(`${path} is left out: without any mutant, ${typeof result === 'string' ? result : result.failure} fails`);
      return null;
    }
    return { path, ms: result.ms, executed: new Set(host.executed()) };
  });
  // Hosts that recorded have instrumented files in memory.
  hosts.forEach((host) => host.close());
  return surveyed.filter((file) => file !== null && file.executed.size > 0) as TestFile[];
}

async function tryMutant(mutant: Mutant, host: Host): Promise<Verdict> {
  const source = sources.get(mutant.file) ?? '';
  const block = `${mutant.file}:${blockAround(blocksOf(mutant.file, source), mutant)}`;
  const concerned = withinBudget(tests.filter(({ executed }) => executed.has(block)));
  const context = source.split('\n')[mutant.line - 1]?.trim() ?? '';
  const about = { ...mutant, context, tests: concerned.length };
  for (const { path, ms } of concerned) {
    const order = { test: path, file: mutant.file, source: mutated(source, mutant), recorded: [] };
    const result = await host.run(order, ms * 5 + 20_000);
    if (typeof result === 'string')
      return told({ ...about, status: 'killed', by: `${path}: ${result satisfies Ending}` });
    if (!result.passed) return told({ ...about, status: 'killed', by: `${path}: ${result.failure}` });
  }
  const reason = equivalenceOf({ ...mutant, context });
  return told({ ...about, status: reason === null ? 'survived' : 'equivalent', by: reason });
}

/** The quickest ones first. What they do not find counts as survived, so that the score is rather too low than too high. */
function withinBudget(files: readonly TestFile[]): TestFile[] {
  let left = Number(values.budget) * 1_000;
  return files
    .toSorted((a, b) => Number(isUnit(b)) - Number(isUnit(a)) || a.ms - b.ms)
    .filter(({ ms }, index) => index === 0 || (left -= ms) > 0);
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

function filesIn(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
      .filter((path) => path.endsWith('.ts'))
      .sort(),
  );
}

function short(text: string): string {
  return JSON.stringify(text.replaceAll(/\s+/g, ' ').slice(0, 60));
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
