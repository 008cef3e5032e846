import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is built of some files. Paths are relative to `root`, with `/`. */
export interface Product {
  readonly root: string;
  /** Patterns of the files that it is built from. */
  readonly inputs: readonly string[];
  /** The file that remembers what it was last built from. */
  readonly stamp: string;
  /** Builds it and resolves to the files it consists of. */
  readonly build: () => Promise<readonly string[]>;
}

interface Stamp {
  readonly inputs: string;
  /** The size in bytes of each file that was built. */
  readonly outputs: Readonly<Record<string, number>>;
}

/**
 * Builds the product, unless all of it is still there and was built from the same inputs. Resolves to whether it was built.
 * Contents are compared, since times of modification mean nothing after a checkout.
 */
export async function buildIfChanged({ root, inputs, stamp, build }: Product): Promise<boolean> {
  // Before it is built: what is changed meanwhile is built next time.
  const current = hashOf(root, inputs);
  if (isBuiltFrom(current, root, stamp)) return false;
  // However the build ends, nobody takes a part of it for the whole.
  await rm(join(root, stamp), { force: true });
  const outputs = Object.fromEntries((await build()).map((path) => [path, sizeOf(join(root, path)) ?? 0]));
  await writeFile(join(root, stamp), JSON.stringify({ inputs: current, outputs } satisfies Stamp));
  return true;
}

function hashOf(root: string, patterns: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of filesIn(root, patterns)) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** The files below `root` that match one of the patterns, in a fixed order. */
export function filesIn(root: string, patterns: readonly string[]): string[] {
  return globSync(patterns, { cwd: root })
    .filter((path) => statSync(join(root, path)).isFile())
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

function isBuiltFrom(inputs: string, root: string, stamp: string): boolean {
  let built: Stamp;
  try {
    built = JSON.parse(readFileSync(join(root, stamp), 'utf8')) as Stamp;
  } catch {
    // Not built yet, or the build was interrupted.
    return false;
  }
  if (built.inputs !== inputs) return false;
  return Object.entries(built.outputs).every(([path, bytes]) => sizeOf(join(root, path)) === bytes);
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
