import { statSync } from 'node:fs';

/** The files of an open ledger, as they are found by their paths. */
export interface Place {
  /** What is wrong with the place, as the end of a sentence about the ledger; null if the files are still those that were opened. */
  fault(): string | null;
}

const SUFFIXES = ['', '-wal', '-shm'] as const;

/**
 * An open file can be written after it was deleted, moved or replaced, and is then lost, or is not the one that is opened
 * next time. Remembers the files of the ledger at `path`, which must be open and have been written to.
 */
export function rememberPlace(path: string): Place {
  const opened = SUFFIXES.map((suffix) => ({ file: path + suffix, identity: identityOf(path + suffix) }));
  return {
    fault() {
      for (const { file, identity } of opened) {
        const found = identityOf(file);
        if (found === null) return `${file} was deleted or moved while the server was running.`;
        if (found !== identity) return `${file} was replaced while the server was running.`;
      }
      return null;
    },
  };
}

/** Null if there is no such file, or none that can be looked at. */
function identityOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}
