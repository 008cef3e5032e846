import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The release that is running. The same file is found from `src` and from `dist`. */
export const VERSION = versionOf(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'));

function versionOf(text: string): string {
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
