import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A package that something is built with is not installed, as where development dependencies are left out. */
export class NotInstalled extends Error {
  override readonly name = 'NotInstalled';
}

export function isInstalled(root: string, name: string): boolean {
  return existsSync(join(root, 'node_modules', name));
}

/** Throws NotInstalled unless the package is installed in `root`. */
export function requireInstalled(root: string, name: string): void {
  if (!isInstalled(root, name)) throw new NotInstalled(`${name} is not installed.`);
}
