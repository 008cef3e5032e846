import type { Backend } from '../../datasources/reports/ports.js';
import type { AccountResult } from '../shared/account.js';
import { openDatabase, type DatabaseOptions } from './database.js';
import type { DamagedRow } from './entries.js';
import { damagedOnce } from './damaged-once.js';
import { lossOf, watchLedger } from './guard.js';
import { createSqliteLedger } from './ledger.js';
import { createTimerQueue } from '../shared/timer-queue.js';
import { openThreadedWriter } from './threaded-writer.js';
import { createWriter } from './writer.js';

export interface EmbeddedOptions extends DatabaseOptions {
  /** Called when a subscriber throws. */
  readonly onListenerError?: (error: unknown) => void;
  /** Called when nothing can be bought into the ledger any more, with the reason, and with null when it can again. */
  readonly onFault?: (fault: string | null) => void;
  /** Called once for each row that cannot be read. */
  readonly onDamage?: (row: DamagedRow) => void;
  /** The program of the thread that writes, so that nothing else waits for the disk; not given: this thread does. */
  readonly thread?: string | URL;
}

export interface EmbeddedBackend extends Backend {
  /** What became of the account in the options; null if there is none. */
  readonly account: AccountResult | null;
}

/**
 * Implements the ports within one process. `name` is that of the ledger's file: real and simulated reports use different
 * ones.
 */
export function openEmbeddedBackend(directory: string, name: string, options: EmbeddedOptions = {}): EmbeddedBackend {
  const database = openDatabase(directory, name, options);
  const { db, path, place, owner } = database;
  const onDamage = damagedOnce(options.onDamage ?? (() => undefined));
  const writer = options.thread
    ? openThreadedWriter({ path, files: place.files, epoch: owner.epoch }, { thread: options.thread, onDamage })
    : createWriter(db, { fault: () => lossOf(database), answer: () => owner.answer(), onDamage });
  const guard = watchLedger(database, writer, options.onFault);
  const ledger = createSqliteLedger(db, writer, { ...options, guard, onDamage });
  return {
    account: database.account,
    queue: createTimerQueue(),
    ledger: {
      ...ledger,
      async close() {
        guard.close();
        await ledger.close();
        database.close();
      },
    },
  };
}
