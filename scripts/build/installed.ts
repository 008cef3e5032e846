import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A package that something is built with is not installed, as where development dependencies are left out. */
export class NotInstalled extends Error {
  override readonly name = 'NotInstalled';
}

/** Throws NotInstalled unless the package is installed in `root`. */
export function requireInstalled(root: string, name: string): void {
  if (!existsSync(join(root, 'node_modules', name))) throw new NotInstalled(`${name} is not installed.`);
}
