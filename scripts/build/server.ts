/** Builds the server: checks its types, and writes `dist`, which runs, and `build`, its modules one by one. */
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { compile } from './compile.ts';
import { buildIfChanged, filesIn } from './if-changed.ts';
import { isInstalled, requireInstalled } from './installed.ts';

/** The directories that `page.ts` and `operations.ts` build, and those where a page is being built. */
const OTHERS = /^(playground|explorer|operations)(\.\d+)?\//;

/** Everything that either of the two is made of. */
const INPUTS = ['src/**', 'scripts/build/**', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

/**
 * Builds the server unless nothing has changed; resolves to whether it was built. Rejects if there is a type error. Where the
 * compiler is not installed, since it is a development dependency, types are not checked, and there are no modules.
 */
export async function buildServer(root: string): Promise<boolean> {
  const checked = isInstalled(root, 'typescript') && (await buildModules(root));
  const bundled = await buildBundle(root);
  return checked || bundled;
}

function buildBundle(root: string): Promise<boolean> {
  return buildIfChanged({
    root,
    inputs: INPUTS,
    stamp: 'dist/.built.json',
    async build() {
      requireInstalled(root, 'rolldown');
      // The bundler takes longer to load than it takes to see that nothing has changed.
      const { bundle } = await import('./bundle.ts');
      const files = await bundle(root);
      for (const { path, content } of files) replaceFile(join(root, 'dist', path), content);
      // Where it is, the server keeps what it has compiled.
      mkdirSync(join(root, 'dist', '.compile-cache'), { recursive: true });
      return complete(root, 'dist', [...files.map(({ path }) => path), ...copyMigrations(root, 'dist')], OTHERS);
    },
  });
}

function buildModules(root: string): Promise<boolean> {
  return buildIfChanged({
    root,
    inputs: INPUTS,
    stamp: 'build/.built.json',
    async build() {
      const modules = await compile(root, 'tsconfig.build.json', 'build');
      return complete(root, 'build', [...modules, ...copyMigrations(root, 'build')]);
    },
  });
}

/** They are read while the server runs. */
function copyMigrations(root: string, to: string): readonly string[] {
  const migrations = filesIn(join(root, 'src'), ['**/*.sql']);
  for (const path of migrations) cpSync(join(root, 'src', path), join(root, to, path));
  return migrations;
}

/** A migration that was renamed or belongs to another branch would be applied: nothing else remains there. */
function complete(root: string, directory: string, files: readonly string[], except?: RegExp): readonly string[] {
  removeOthers(join(root, directory), files, except);
  return files.map((path) => `${directory}/${path}`);
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
