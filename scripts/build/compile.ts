import { spawn } from 'node:child_process';
import { join, relative, resolve } from 'node:path';

/**
 * Compiles what this `tsconfig` file names; resolves to the files that were written, relative to `directory` in `root`, with `/`. Rejects
 * if there is a type error.
 */
export async function compile(root: string, tsconfig: string, directory: string): Promise<readonly string[]> {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const child = spawn(process.execPath, [tsc, '-p', tsconfig, '--listEmittedFiles'], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(output.replaceAll(/^TSFILE: .*\n/gm, '').trimEnd());
  return [...output.matchAll(/^TSFILE: (.+)$/gm)].map(([, path = '']) =>
    relative(join(root, directory), resolve(root, path.trim())).replaceAll('\\', '/'),
  );
}
