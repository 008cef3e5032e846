import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Packages load graphql's CommonJS build; without this, tests would load a second copy of it ("another realm").
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/runner/global-setup.ts'],
    setupFiles: ['test/runner/setup.ts'],
    reporters: ['default', './test/runner/summary-reporter.ts'],
    // Files mostly wait for sockets and timers: two side by side are quicker also where there are only two cores.
    maxWorkers: 2,
    // Where CI is set, as .ci/run does. Servers in child processes are not counted.
    coverage: {
      enabled: process.env['CI'] !== undefined,
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary'],
      reportOnFailure: true,
    },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
