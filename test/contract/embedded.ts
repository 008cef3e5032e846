import type { Backend } from '../../src/datasources/reports/ports.js';
import { openEmbeddedBackend, type EmbeddedOptions } from '../../src/storage/sqlite/backend.js';
import { newDirectory } from '../fixtures/directory.js';
import type { OpenBackend } from './steps.js';

/** Opens a backend in a directory of its own, which is removed with it. */
export function inNewDirectory(options: EmbeddedOptions = {}): OpenBackend {
  return async () => {
    const directory = await newDirectory();
    const first = openEmbeddedBackend(directory.path, 'ledger', options);
    let current = first;
    return {
      backend: first,
      async reopen() {
        await close(current);
        current = openEmbeddedBackend(directory.path, 'ledger', options);
        return current;
      },
      async close() {
        await close(current);
        await directory.remove();
      },
    };
  };
}

async function close({ ledger, queue }: Backend): Promise<void> {
  await queue.close();
  await ledger.close();
}
