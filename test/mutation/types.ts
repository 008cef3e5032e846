import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const COPY = 'coverage/mutation-types';
const LONGEST_CHECK_MS = 120_000;

/** The type checker, for a copy of the sources in which one file at a time is changed. */
export class TypeChecker {
  #ready = false;
  #turn: Promise<unknown> = Promise.resolve();

  /** Whether the checker refuses this source, as `npm run check` would; unused names do not count. */
  refuses(file: string, source: string): Promise<boolean> {
    const refused = this.#turn.then(() => this.#check(file, source));
    this.#turn = refused.catch(() => undefined);
    return refused;
  }

  async #check(file: string, source: string): Promise<boolean> {
    if (!this.#ready) copySources();
    this.#ready = true;
    writeFileSync(join(COPY, file), source);
    try {
      return /error TS\d+/.test(await output('node_modules/.bin/tsc', ['-p', COPY]));
    } finally {
      writeFileSync(join(COPY, file), readFileSync(file));
    }
  }
}

function copySources(): void {
  mkdirSync(COPY, { recursive: true });
  cpSync('src', join(COPY, 'src'), { recursive: true, force: true });
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false, allowUnreachableCode: true };
  writeFileSync(
    join(COPY, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['src'] }),
  );
}

/** What a program writes, also if it fails. */
function output(program: string, options: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, options, { timeout: LONGEST_CHECK_MS }, (_error, stdout) => resolve(stdout));
  });
}
