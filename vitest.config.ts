import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { LongestFirst } from './test/runner/longest-first.ts';
import { seed } from './test/runner/seed.ts';

/** Files that test something small: they load more code than they run. */
const SMALL = 'test/{unit,simulator}/**/*.test.ts';

/** Files whose servers run in the process of the tests. Each has its own port, store and log, so that they share only code. */
const SERVERS = 'test/{service,server}/*.test.ts';

/** Files that replace a module, which later files of the same worker would get as well. */
const REPLACING = globSync([SMALL, SERVERS], { cwd: import.meta.dirname }).filter((path) =>
  readFileSync(join(import.meta.dirname, path), 'utf8').includes('vi.mock('),
);

const BUILD = 'test/runner/build.ts';

/** What is the same for all tests, in whichever way they are run. */
export const common = {
  resolve: {
    // Packages load graphql's CommonJS build; without this, tests would load a second copy of it ("another realm").
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    setupFiles: ['test/runner/setup.ts'],
    env: { FAST_CHECK_SEED: seed() },
    // Only what hangs is to fail by them: a machine that others use as well may be twenty times slower.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
  },
} satisfies ViteUserConfig;

export default defineConfig({
  ...common,
  test: {
    ...common.test,
    projects: [
      {
        extends: true,
        test: {
          name: 'isolated',
          include: [
            'test/*.test.ts',
            'test/!(unit|simulator|service|server)/**/*.test.ts',
            'test/{service,server}/*/**/*.test.ts',
            ...REPLACING,
          ],
          globalSetup: [BUILD, 'test/runner/shared-postgres.ts'],
        },
      },
      // One after the other in the same workers, which load and optimize the code only once: that is much of the CPU time of these files.
      {
        extends: true,
        test: { name: 'servers', include: [SERVERS], exclude: REPLACING, isolate: false, globalSetup: [BUILD] },
      },
      { extends: true, test: { name: 'small', include: [SMALL], exclude: REPLACING, isolate: false } },
    ],
    reporters: ['default', './test/runner/summary-reporter.ts'],
    sequence: { sequencer: LongestFirst },
    // Files wait for sockets and timers much of the time: four side by side keep two cores busy.
    maxWorkers: 4,
    // Servers in child processes are not counted.
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary'],
      reportOnFailure: true,
    },
  },
});
