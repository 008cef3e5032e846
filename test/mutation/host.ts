import { createVitest, type TestModule, type Vitest } from 'vitest/node';
import { isAbsolute, relative, resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { common } from '../../vitest.config.ts';
import { instrumented } from './blocks.ts';

/** A test file to run, with the source that replaces one file of the project, in memory only. */
export interface Order {
  readonly test: string;
  readonly file: string | null;
  readonly source: string | null;
  /** Files whose executed blocks are recorded. */
  readonly recorded: readonly string[];
}

export interface Result {
  readonly passed: boolean;
  readonly failure: string | null;
  readonly ms: number;
}

/** A process that runs test files against mutants. It is started by `hosts.ts`, which ends it when it misbehaves. */
const ROOT = resolve(import.meta.dirname, '../..');
let order: Order | undefined;
let changed: string | null = null;

const vitest: Vitest = await createVitest(
  {
    ...common.test,
    // Each file is to be run by itself: without the projects of the configuration.
    config: false,
    root: ROOT,
    watch: false,
    // It is kept on disk, by the content of the file on disk: mutants would be seen by later runs, or not at all.
    fsModuleCache: false,
    reporters: [{}],
    setupFiles: ['test/runner/setup.ts', 'test/mutation/record.ts'],
    maxWorkers: 1,
    bail: 1,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    execArgv: ['--max-old-space-size=1024'],
  },
  {
    resolve: common.resolve,
    plugins: [
      {
        name: 'mutation',
        enforce: 'pre',
        load(id) {
          const file = isAbsolute(id) ? relative(ROOT, id) : id;
          if (order?.recorded.includes(file)) return instrumented(file, readFileSync(id, 'utf8'));
          return file === order?.file ? order.source : null;
        },
      },
    ],
  },
);
vitest.getRootProject().provide('postgresUrl', process.env['MUTATION_POSTGRES'] ?? null);
await vitest.standalone();
process.on('message', (message: Order) => void run(message));
process.send?.('ready');

async function run(next: Order): Promise<void> {
  order = next;
  for (const file of new Set([changed, next.file, ...next.recorded]))
    if (file !== null) vitest.invalidateFile(resolve(ROOT, file));
  changed = next.file;
  // Otherwise failures of earlier runs are counted again.
  vitest.state.filesMap.clear();
  vitest.state.idMap.clear();
  vitest.state.clearErrors();
  const startedAt = performance.now();
  let result: Omit<Result, 'ms'>;
  try {
    const specification = vitest.getRootProject().createSpecification(resolve(ROOT, next.test));
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications([specification]);
    result = outcomeOf(testModules, unhandledErrors);
  } catch (error) {
    result = { passed: false, failure: String(error) };
  }
  process.send?.({ ...result, ms: Math.round(performance.now() - startedAt) } satisfies Result);
}

function outcomeOf(modules: readonly TestModule[], unhandled: readonly unknown[]): Omit<Result, 'ms'> {
  for (const module of modules) {
    for (const test of module.children.allTests('failed')) return { passed: false, failure: test.fullName };
    if (!module.ok()) return { passed: false, failure: 'the file itself' };
  }
  return unhandled.length > 0 ? { passed: false, failure: 'an unhandled error' } : { passed: true, failure: null };
}
