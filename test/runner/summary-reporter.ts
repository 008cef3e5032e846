import type { Reporter, TestModule, Vitest } from 'vitest/node';

/** Ends a run with one machine-readable line: how many tests passed and how many failed. */
export default class SummaryReporter implements Reporter {
  #coverage = false;
  #line = '';

  onInit({ config }: Vitest): void {
    this.#coverage = config.coverage.enabled;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      passed += states.filter((state) => state === 'passed').length;
      failed += states.filter((state) => state === 'failed' || state === 'skipped').length;
      // A file or hook that fails outside of its tests counts as one failure.
      if (module.state() === 'failed' && !states.includes('failed')) failed += 1;
    }
    this.#line = `${passed} passed, ${failed} failed\n`;
    if (!this.#coverage) this.#printLast();
  }

  onFinishedReportCoverage(): void {
    this.#printLast();
  }

  /** Prints after the summaries of the other reporters. */
  #printLast(): void {
    setImmediate(() => process.stdout.write(this.#line));
  }
}
