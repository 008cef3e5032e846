import { setTimeout as pause } from 'node:timers/promises';
import type { Entry } from '../../datasources/reports/ledger.js';
import type { Backend } from '../../datasources/reports/ports.js';
import type { Account, AccountResult } from '../shared/account.js';
import { createPollingProgress } from '../shared/polling-progress.js';
import { createSubscribers } from '../shared/subscribers.js';
import { createTimerQueue, type TimerQueue } from '../shared/timer-queue.js';
import { claimAccount } from './account.js';
import { createAdopt } from './adoption.js';
import { BUYING, createBuyingSwitch } from './buying-switch.js';
import { openConnections, type Database } from './connections.js';
import { DatabaseAway, LedgerUnusable, openError } from './failures.js';
import { createRowReader, type EntryRow, type UnreadableRow } from './entry-rows.js';
import { createPostgresLedger } from './ledger.js';
import { joinMembers } from './membership.js';
import { migrate } from './migrate.js';
import { openNotifications, type Message } from './notifications.js';
import { createOwned, NOBODY } from './owned.js';
import { createReads } from './reads.js';
import { checkServer } from './start-checks.js';
import { readTimes } from './times.js';
import { createWatching } from './watching.js';
import { createWriter } from './writer.js';

export interface PostgresSettings {
  readonly url: string;
  /** Where notifications are received, if a pooler at `url` swallows them. Null: at `url`. */
  readonly listenUrl: string | null;
  /** Where the password of both is, if it is not in the URLs. */
  readonly passwordFile?: string | null;
  readonly schema: string;
  readonly connections: number;
  /** After so long without a sign of life a process is dead for the others. */
  readonly leaseMs: number;
}

export interface PostgresOptions {
  /** The version of this server. */
  readonly release: string;
  /** How long a database that is away is waited for. @default 0 */
  readonly patienceMs?: number;
  /** Whose reports they are; not checked if it is not given. */
  readonly account?: Account;
  /** See `claimAccount`. */
  readonly adopt?: boolean;
  /** Called with what an operator should know about the database. */
  readonly onWarning?: (warning: string) => void;
  /** Called when a subscriber throws. */
  readonly onListenerError?: (error: unknown) => void;
  /** Called once for each row that cannot be read. */
  readonly onUnreadable?: (row: UnreadableRow) => void;
  /** Called when others took this process for dead. What it was buying and polling is theirs. */
  readonly onLost?: () => void;
  /** Called when this process cannot go on, because what others have stored meanwhile is newer than it can read. */
  readonly onRefused?: (refusal: Error) => void;
}

export interface PostgresBackend extends Backend {
  /** What became of the account in the options; null if there is none. */
  readonly account: AccountResult | null;
}

const LONGEST_PROBE_MS = 5_000;
const LONGEST_CHECK_MS = 5_000;
/** Of a large ledger: it may have to be read as a whole. */
const LONGEST_MIGRATION_MS = 3_600_000;
const TRY_AGAIN_MS = 500;

/**
 * Implements the ports for processes that share one database. Throws an Error that names DATABASE_URL: `DatabaseAway`, or
 * `LedgerUnusable` if waiting would not help.
 */
export async function openPostgresBackend(
  settings: PostgresSettings,
  options: PostgresOptions,
): Promise<PostgresBackend> {
  const until = performance.now() + (options.patienceMs ?? 0);
  for (;;) {
    try {
      return await open(settings, options);
    } catch (error) {
      if (!(error instanceof DatabaseAway) || performance.now() > until) throw error;
      await pause(TRY_AGAIN_MS);
    }
  }
}

async function open(settings: PostgresSettings, options: PostgresOptions): Promise<PostgresBackend> {
  const database = openConnections(settings);
  const closers: (() => Promise<void> | void)[] = [() => database.close()];
  try {
    const account = await prepare(database, options);
    return { account, ...(await connect(database, settings, options, closers)) };
  } catch (error) {
    for (const close of closers.toReversed()) await close();
    throw openError(error);
  }
}

async function prepare(database: Database, options: PostgresOptions): Promise<AccountResult | null> {
  const { account, adopt = false, onWarning = () => undefined } = options;
  for (const warning of await database.withClient(LONGEST_CHECK_MS, checkServer)) onWarning(warning);
  return database.withClient(LONGEST_MIGRATION_MS, async (client) => {
    await migrate(client, database.schemaName);
    return account ? claimAccount(client, database.schema, account, adopt) : null;
  });
}

/** `closers`: for what was opened, if the rest fails. */
async function connect(
  database: Database,
  settings: PostgresSettings,
  options: PostgresOptions,
  closers: (() => Promise<void> | void)[],
): Promise<Backend> {
  const { onListenerError = (error) => process.emitWarning(String(error)) } = options;
  const { onUnreadable = () => undefined, onLost = () => undefined, onRefused = () => undefined } = options;
  const owned = createOwned();
  const polling = createPollingProgress();
  const reader = createRowReader(onUnreadable);
  const readEntry = (row: EntryRow): Entry => polling.current(reader.entry(row));
  const reads = createReads(database, { entryOf: readEntry, requestOf: (id, text) => reader.request(id, text) });
  const watching = createWatching({
    database,
    subscribers: createSubscribers(onListenerError),
    read: (id) => reads.one(id),
    readEntry,
  });
  closers.push(() => watching.close());
  let heardOfBuying = (_message: Message): void => undefined;
  const notifications = openNotifications({
    database,
    listenUrl: settings.listenUrl ?? settings.url,
    passwordFile: settings.passwordFile ?? null,
    onMessage: (message) => (message[0] === BUYING ? heardOfBuying(message) : watching.heard(message)),
    onConnected: () => watching.catchUp(),
  });
  closers.push(() => notifications.close());
  if (!(await notifications.probe(LONGEST_PROBE_MS))) {
    if (notifications.sendingFailure() !== null) throw notifications.sendingFailure();
    const failure = notifications.failure() ?? new LedgerUnusable(NOT_HEARD);
    throw settings.listenUrl === null ? failure : openError(failure, 'DATABASE_LISTEN_URL');
  }

  let queue: TimerQueue | null = null;
  const member = await joinMembers(database, {
    leaseMs: settings.leaseMs,
    release: options.release,
    onLost() {
      owned.clear();
      queue?.clear();
      onLost();
    },
    onRefused,
  });
  closers.push(() => member.leave());
  queue = createTimerQueue((key) => (!owned.isPolled(key) ? 'never' : member.isValid() ? 'now' : 'later'));
  const buying = createBuyingSwitch(database, member, notifications);
  closers.push(() => buying.close());
  heardOfBuying = (message) => buying.heard(message);
  await buying.look();

  const writer = createWriter({
    database,
    ownerOf: ({ state }) => (owned.isHandedOver() && state !== 'SENDING' ? NOBODY : member.id),
    reader,
  });
  const ledger = createPostgresLedger({
    ...{ database, member, owned, buying, notifications, polling, reads, watching, writer },
    ...(await readTimes(database)),
    adopt: createAdopt(database, member, owned, reads),
    onHandOver: () => queue.clear(),
  });
  return { ledger, queue };
}

const NOT_HEARD =
  'notifications are sent and not received, as behind a pooler that keeps no connection. DATABASE_LISTEN_URL must lead to the database itself.';
