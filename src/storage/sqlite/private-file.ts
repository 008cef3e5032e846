import { chmodSync, closeSync, existsSync, openSync, statSync } from 'node:fs';

/** For its owner only: a ledger has what was paid for, and what clients asked. */
const PRIVATE = 0o600;

/**
 * Creates the file, empty, unless it exists, and takes it away from everybody but its owner, whatever the umask. SQLite
 * gives the files beside a database the mode of the database.
 */
export function makePrivate(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', PRIVATE));
  keepPrivate(path);
}

/** The same for a file that may not exist. A file of another user stays as it is. */
export function keepPrivate(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || (found.mode & 0o777) === PRIVATE) return;
  try {
    chmodSync(path, PRIVATE);
  } catch (error) {
    // Of another user, or on a file system without modes: it can still be a ledger.
    if (!['EPERM', 'ENOTSUP'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}
