import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** Whether there is a compiler: it is a development dependency. */
export function canCompile(root: string): boolean {
  return existsSync(compilerOf(root));
}

/**
 * Compiles what this `tsconfig` file names; resolves to the files that were written, relative to `directory` in `root`, with `/`. Rejects
 * if there is a type error.
 */
export async function compile(root: string, tsconfig: string, directory: string): Promise<readonly string[]> {
  const child = spawn(process.execPath, [compilerOf(root), '-p', tsconfig, '--listEmittedFiles'], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(output);
  return [...output.matchAll(/^TSFILE: (.+)$/gm)].map(([, path = '']) =>
    relative(join(root, directory), resolve(root, path.trim())).replaceAll('\\', '/'),
  );
}

function compilerOf(root: string): string {
  return join(root, 'node_modules', 'typescript', 'bin', 'tsc');
}
