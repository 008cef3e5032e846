import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Memory-backed files also survive a killed process, and syncing them takes no time. */
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export interface Directory {
  readonly path: string;
  remove(): Promise<void>;
}

/** Creates an empty directory for a store; in memory on Linux. */
export async function newDirectory(): Promise<Directory> {
  const path = await mkdtemp(join(PARENT, 'jobalyzer-graphql-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
