import { readdirSync } from 'node:fs';
import { posix } from 'node:path';

/** The TypeScript files in these folders and below, in a fixed order. */
export function filesIn(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
      .filter((path) => path.endsWith('.ts'))
      .sort(),
  );
}
