import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A killed process loses nothing of what it wrote to memory-backed files either, and they are not waited for. */
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export interface Directory {
  readonly path: string;
  remove(): Promise<void>;
}

/** A new, empty directory for a store; on Linux in memory. */
export async function newDirectory(): Promise<Directory> {
  const path = await mkdtemp(join(PARENT, 'jobalyzer-graphql-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
