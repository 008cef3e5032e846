import { globSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

/** What an image may be built from: the paths that `.dockerignore` lets through, which here excludes everything else first. */
export function contextOf(root: string, ignore: string): readonly string[] {
  const [first, ...rules] = ignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (first !== '*') throw new Error('.dockerignore must begin with *.');
  return rules.flatMap((rule) => {
    if (!rule.startsWith('!')) throw new Error(`.dockerignore: ${rule} must begin with !.`);
    const found = globSync(rule.slice(1), { cwd: root });
    if (found.length === 0) throw new Error(`.dockerignore: ${rule} lets nothing through.`);
    return found;
  });
}

/** Copies these paths of the context, or all of them for `.`, into the directory. */
export async function copyFromContext(
  root: string,
  context: readonly string[],
  paths: readonly string[],
  directory: string,
): Promise<void> {
  for (const path of paths.flatMap((named) => (named === '.' ? context : [named]))) {
    if (!context.includes(path)) throw new Error(`${path} is not in the context.`);
    await cp(join(root, path), join(directory, path), { recursive: true, preserveTimestamps: true });
  }
}
