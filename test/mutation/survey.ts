import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { filesIn } from './files.ts';
import type { Host } from './hosts.ts';

/** A test file that passes without a mutant: how long it takes, and the blocks that it executes, as `file:block`. */
export interface TestFile {
  readonly path: string;
  readonly ms: number;
  readonly executed: ReadonlySet<string>;
}

/** What is known of a test file. Null: it fails without any mutant, or executes nothing of what is mutated. */
type Known = { readonly ms: number; readonly executed: readonly string[] } | null;

const CACHE = 'coverage/mutation-survey.json';
const LONGEST_TEST_MS = 300_000;

/** Surveys test files, and remembers what it finds for as long as neither they nor what they use has changed. */
export class Survey {
  readonly #kept = new Map<string, Known>();
  readonly #used: string;
  readonly #recorded: readonly string[];

  /** `recorded`: all files that may be mutated. */
  constructor(recorded: readonly string[]) {
    this.#recorded = recorded;
    const used = filesIn(['src', 'test']).filter((path) => !path.endsWith('.test.ts'));
    this.#used = hashOf(...['package.json', 'vitest.config.ts', ...used].map((path) => readFileSync(path, 'utf8')));
    if (!existsSync(CACHE)) return;
    for (const [key, known] of Object.entries(JSON.parse(readFileSync(CACHE, 'utf8')) as Record<string, Known>))
      this.#kept.set(key, known);
  }

  async file(path: string, host: Host, say: (text: string) => void): Promise<TestFile | null> {
    const key = `${path} ${hashOf(this.#used, readFileSync(path, 'utf8'))}`;
    if (!this.#kept.has(key)) {
      for (const other of [...this.#kept.keys()]) if (other.startsWith(`${path} `)) this.#kept.delete(other);
      this.#kept.set(key, await this.#run(path, host, say));
      mkdirSync(dirname(CACHE), { recursive: true });
      writeFileSync(CACHE, JSON.stringify(Object.fromEntries(this.#kept)));
    }
    const known = this.#kept.get(key);
    return known ? { path, ms: known.ms, executed: new Set(known.executed) } : null;
  }

  async #run(path: string, host: Host, say: (text: string) => void): Promise<Known> {
    const result = await host.run({ test: path, file: null, source: null, recorded: this.#recorded }, LONGEST_TEST_MS);
    if (typeof result === 'string' || !result.passed) {
      say(`${path} is left out: without any mutant, ${typeof result === 'string' ? result : result.failure} fails`);
      return null;
    }
    const executed = host.executed();
    return executed.length > 0 ? { ms: result.ms, executed } : null;
  }
}

function hashOf(...texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\0')).digest('base64url').slice(0, 22);
}
