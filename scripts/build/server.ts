/** Builds the server: checks its types, and writes `dist`, which runs, and `build`, its modules one by one. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { bundle } from './bundle.ts';
import { buildIfChanged, filesIn } from './if-changed.ts';

/** Built by `page.ts`. */
const OTHERS = /^(playground|explorer)\b/;

/** Builds the server unless nothing has changed; resolves to whether it was built. Rejects if there is a type error. */
export function buildServer(root: string): Promise<boolean> {
  return buildIfChanged({
    root,
    inputs: ['src/**', 'scripts/build/**', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
    stamp: 'dist/.built.json',
    async build() {
      const [modules, files] = await Promise.all([compile(root), bundle(root)]);
      for (const { path, content } of files) replaceFile(join(root, 'dist', path), content);
      const migrations = filesIn(join(root, 'src'), ['**/*.sql']);
      const dist = [...files.map(({ path }) => path), ...migrations];
      const build = [...modules, ...migrations];
      for (const path of migrations) {
        for (const to of ['dist', 'build']) cpSync(join(root, 'src', path), join(root, to, path));
      }
      // A migration that was renamed or belongs to another branch would be applied.
      removeOthers(join(root, 'dist'), dist, OTHERS);
      removeOthers(join(root, 'build'), build);
      return [...dist.map((path) => `dist/${path}`), ...build.map((path) => `build/${path}`)];
    },
  });
}

/** Compiles `src` to `build`; resolves to the files there. */
async function compile(root: string): Promise<readonly string[]> {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const child = spawn(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--listEmittedFiles'], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(output);
  return [...output.matchAll(/^TSFILE: (.+)$/gm)].map(([, path = '']) =>
    relative(join(root, 'build'), resolve(root, path.trim())).replaceAll('\\', '/'),
  );
}

/** At once, so that a program that is being started never reads half of it. */
function replaceFile(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const complete = `${path}.${process.pid}`;
  writeFileSync(complete, content);
  renameSync(complete, path);
}

function removeOthers(directory: string, files: readonly string[], except?: RegExp): void {
  const kept = new Set(files);
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(directory, path).replaceAll('\\', '/');
    if (entry.isFile() && !kept.has(name) && !except?.test(name)) rmSync(path, { force: true });
  }
}
