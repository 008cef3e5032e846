import type { Backend } from '../../datasources/reports/ports.js';
import { openDatabase } from './database.js';
import { createSqliteLedger } from './ledger.js';
import { createTimerQueue } from './timer-queue.js';

/**
 * Implements the ports within one process. `name` is that of the ledger's file: real and simulated reports use different
 * ones. `onListenerError` is called when a subscriber throws.
 */
export function openEmbeddedBackend(
  directory: string,
  name: string,
  onListenerError?: (error: unknown) => void,
): Backend {
  const database = openDatabase(directory, name);
  const ledger = createSqliteLedger(database.db, onListenerError);
  return {
    queue: createTimerQueue(),
    ledger: {
      ...ledger,
      async close() {
        await ledger.close();
        database.close();
      },
    },
  };
}
