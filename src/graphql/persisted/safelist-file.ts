import { setImmediate as turn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { watchFile, type WatchedFile } from '../../lib/watched-file.js';
import type { Documents } from '../documents.js';
import { parseManifest, type ListedOperation } from './manifest.js';
import { createSafelist, type Safelist } from './safelist.js';

export interface SafelistFileOptions {
  readonly documents: Documents;
  /** Texts of the server's own pages. */
  readonly own: readonly string[];
  readonly log: Logger;
}

/** Manifests of large applications have a few. */
const LARGEST_BYTES = 16 * 1024 * 1024;

export interface OpenSafelist {
  /** The list that holds now; null: clients may send any operation. */
  readonly current: (() => Safelist) | null;
  close(): void;
}

/**
 * The safelist in a manifest, which follows the file; a version that cannot be used changes nothing. Rejects with an Error that
 * names the setting, and says what is wrong: the file, or an operation that this server could not execute.
 */
export async function openSafelist(file: string | null, options: SafelistFileOptions): Promise<OpenSafelist> {
  if (file === null) return { current: null, close: () => undefined };
  const watched = await watchSafelist(file, options).catch((error: Error) => {
    throw new Error(`SAFELIST_FILE: ${file} ${error.message}`, { cause: error });
  });
  return { current: () => watched.current(), close: () => watched.close() };
}

function watchSafelist(file: string, { documents, own, log }: SafelistFileOptions): Promise<WatchedFile<Safelist>> {
  return watchFile<Safelist>(file, {
    largestBytes: LARGEST_BYTES,
    async parse(json) {
      const operations = parseManifest(json);
      await validateAll(operations, documents);
      return createSafelist(operations, own);
    },
    onChange: () => log.info({ file }, 'the safelist has changed'),
    onFault: (fault) =>
      fault === null
        ? log.info({ file }, 'the file of the safelist can be used again')
        : log.error({ file, fault: fault.message }, 'the file of the safelist cannot be used; the last list is'),
  });
}

/** One in each turn of the event loop, so that a new list delays nobody. */
async function validateAll(operations: readonly ListedOperation[], documents: Documents): Promise<void> {
  for (const { name, text } of operations) {
    try {
      documents.admit(text);
      documents.read(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`has an operation that this server cannot execute, ${JSON.stringify(name)}: ${reason}`, {
        cause: error,
      });
    }
    await turn();
  }
}
