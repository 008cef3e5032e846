import type { Backend } from '../../datasources/reports/ports.js';
import { openDatabase } from './database.js';
import { createSqliteLedger } from './sqlite-ledger.js';
import { createTimerQueue } from './timer-queue.js';

/**
 * The ports in one process. `name` keeps apart what must not be mistaken for one another: real reports and simulated ones.
 * `onListenerError` hears of a subscriber that throws.
 */
export function openEmbeddedBackend(
  directory: string,
  name: string,
  onListenerError?: (error: unknown) => void,
): Backend {
  const database = openDatabase(directory, name);
  const ledger = createSqliteLedger(database.db, onListenerError);
  const queue = createTimerQueue();
  return {
    ledger,
    queue,
    async close() {
      await queue.close();
      await ledger.close();
      database.close();
    },
  };
}
