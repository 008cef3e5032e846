import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Stage } from './stage.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** Builds the server as it was at a commit, with the dependencies of today; returns its entry. */
export async function buildBase(stage: Stage, commit: string): Promise<string> {
  const directory = await stage.directory();
  const archive = join(directory, 'source.tar');
  const source = join(directory, 'source');
  await mkdir(source);
  await run('git', ['archive', '--output', archive, commit], { cwd: ROOT });
  await run('tar', ['-xf', archive, '-C', source]);
  await symlink(join(ROOT, 'node_modules'), join(source, 'node_modules'));
  await run('npm', ['run', '--silent', 'build:server'], { cwd: source });
  return join(source, 'dist', 'main.js');
}
