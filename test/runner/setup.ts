import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import 'reflect-metadata';
import { expect } from 'vitest';
import { passMidnight } from './midnight.ts';

// Each file of tests loads the same packages in a process of its own, an eighth of whose time compiling them would be.
enableCompileCache(join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'compiled'));

const { testPath } = expect.getState();
if (testPath && /\bfc\b/.test(readFileSync(testPath, 'utf8'))) {
  const { configureGlobal } = await import('fast-check');
  configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED']) });
}

await passMidnight();
