import { readFileSync } from 'node:fs';

/** How many files and sockets this process may have open (`ulimit -n`); null where the system does not say. */
export function openFilesLimit(): number | null {
  try {
    return parseOpenFilesLimit(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    // Only Linux has this file.
    return null;
  }
}

/** `limits`: the text of `/proc/self/limits`. */
export function parseOpenFilesLimit(limits: string): number | null {
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? null : Number(soft);
}
