import type { Logger } from 'pino';
import type { Backend } from '../datasources/reports/ports.js';
import type { Secret } from '../lib/secret.js';
import { VERSION } from '../lib/version.js';
import type { PostgresBackend } from './postgres/backend.js';
import type { Account, AccountResult } from './shared/account.js';
import { openEmbeddedBackend, type EmbeddedOptions } from './sqlite/backend.js';
import { WRITER_THREAD } from './sqlite/threaded-writer.js';

export interface StorageSettings {
  /** The directory of the embedded ledger, which is used if there is no database. */
  readonly dataDir: string;
  readonly database: DatabaseSettings | null;
  /** See `claimAccount`. */
  readonly ledgerAdopt: boolean;
}

interface DatabaseSettings {
  readonly url: Secret;
  readonly listenUrl: Secret | null;
  readonly passwordFile: string | null;
  readonly schema: string;
  readonly connections: number;
  readonly leaseMs: number;
}

export interface StorageOptions {
  readonly account: Account;
  /** Simulated and real reports must never be confused: each kind has its own ledger. */
  readonly simulated: boolean;
  /** Whether the embedded ledger is written on a thread of its own. */
  readonly thread: boolean;
  readonly log: Logger;
  /** Called when the database cannot be reached, before it is tried again. What it throws ends the attempts. */
  readonly onAway: (reason: string) => Promise<void>;
}

export interface Storage {
  readonly backend: Backend;
  readonly account: AccountResult | null;
  /** What an operator has to look at if it cannot be used, beginning with the setting. */
  readonly place: string;
  /** How many rows could not be read so far. */
  rowsSetAside(): number;
}

/** Opens the ledger that the settings name, however long its database is away. What it reports is logged. */
export async function openStorage(settings: StorageSettings, options: StorageOptions): Promise<Storage> {
  const { account, log } = options;
  const { database, dataDir, ledgerAdopt: adopt } = settings;
  let rowsSetAside = 0;
  const onListenerError = (error: unknown): void => log.error({ err: error }, 'a report listener threw');
  const onUnreadable = (row: object): void => {
    rowsSetAside += 1;
    const more = database === null ? '; the command verify checks all of them' : '';
    log.error({ ...row }, `a damaged row of the ledger is left aside${more}`);
  };
  if (database === null) {
    const embedded = openEmbeddedBackend(dataDir, options.simulated ? 'simulated' : 'ledger', {
      ...{ account, adopt, onListenerError, onDamage: onUnreadable, onFault: faultLog(log) },
      ...(options.thread && { thread: WRITER_THREAD }),
    });
    return {
      backend: embedded,
      account: embedded.account,
      place: `DATA_DIR: the ledger in ${dataDir}`,
      rowsSetAside: () => rowsSetAside,
    };
  }
  // Loaded only here: an embedded ledger needs no driver.
  const { openPostgresBackend } = await import('./postgres/backend.js');
  const { DatabaseAway } = await import('./postgres/failures.js');
  const where = { ...database, url: database.url.reveal(), listenUrl: database.listenUrl?.reveal() ?? null };
  const open = (): Promise<PostgresBackend> =>
    openPostgresBackend(where, {
      ...{ account, adopt, onListenerError, onUnreadable },
      release: VERSION,
      onWarning: (warning) => log.warn(warning),
      onRefused: (refusal) => log.fatal({ err: refusal }, 'this server is too old for the ledger, and has to be ended'),
      onLost: () => log.error('this server was taken for dead: others go on with what it was buying and polling'),
    });
  let shared: PostgresBackend | null = null;
  while (!shared) {
    shared = await open().catch(async (error: unknown) => {
      if (!(error instanceof DatabaseAway)) throw error;
      await options.onAway(error.message);
      return null;
    });
  }
  return {
    backend: shared,
    account: shared.account,
    place: `DATABASE_URL: the ledger in the schema ${database.schema}`,
    rowsSetAside: () => rowsSetAside,
  };
}

function faultLog(log: Logger): NonNullable<EmbeddedOptions['onFault']> {
  return (fault) =>
    fault === null
      ? log.info('the ledger is in its place again')
      : log.error({ fault }, 'nothing is bought any more, because of the ledger; the server must be restarted');
}
