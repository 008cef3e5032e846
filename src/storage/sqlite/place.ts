import { statSync } from 'node:fs';

/** The files of an open ledger, as they are found by their paths. */
export interface Place {
  readonly files: OpenedFiles;
  /** What is wrong with the place, as the end of a sentence about the ledger; null if the files are still those that were opened. */
  fault(): string | null;
}

/** The files of a ledger that were opened: their paths, and what each of them was. Null: it could not be looked at. */
export type OpenedFiles = readonly { readonly file: string; readonly identity: string | null }[];

const SUFFIXES = ['', '-wal', '-shm'] as const;

/** Remembers the files of the ledger at `path`, which must be open and have been written to. */
export function rememberPlace(path: string): Place {
  return placeOf(SUFFIXES.map((suffix) => ({ file: path + suffix, identity: identityOf(path + suffix) })));
}

/** An open file can be written after it was deleted, moved or replaced, and is then lost, or is not the one that is opened next time. */
export function placeOf(files: OpenedFiles): Place {
  return {
    files,
    fault() {
      for (const { file, identity } of files) {
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
