import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Executed blocks, as `file:block`. Written when the test file ends, to a file that the next run of `run.ts` reads. */
const executed = new Set<string>();
const directory = process.env['MUTATION_RECORDS'];

if (directory !== undefined) {
  Object.assign(globalThis, { __executed: (file: string, block: number) => void executed.add(`${file}:${block}`) });
  afterAll(() => writeFileSync(join(directory, 'executed.json'), JSON.stringify([...executed])));
}
