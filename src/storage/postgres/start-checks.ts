import type { PoolClient } from 'pg';
import { LedgerUnusable } from './failures.js';

interface ServerRow {
  readonly version: number;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  readonly encoding: string;
  readonly isolation: string;
  /** Milliseconds; 0: none. */
  readonly statement_timeout: number;
  readonly in_recovery: boolean;
  readonly standbys: number;
  readonly synchronous_standbys: string;
}

const OLDEST_VERSION = 15;
/** In which each statement sees what was committed before it: locks are taken to look at what others have stored. */
const ISOLATION = /^read (un)?committed$/;
/** As long as any statement is waited for. */
const LONGEST_STATEMENT_MS = 60_000;
/** Settings without which the database forgets what it has acknowledged. */
const DURABILITY = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;

/**
 * Throws `LedgerUnusable` if the server would forget purchases, or cannot store any. Resolves to what an operator should know: a
 * standby may be without the latest purchases, so that they are made again once it is promoted.
 */
export async function checkServer(client: PoolClient): Promise<readonly string[]> {
  const { rows } = await client.query<ServerRow>(`
    SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('fsync') AS fsync,
      current_setting('full_page_writes') AS full_page_writes, current_setting('synchronous_commit') AS synchronous_commit,
      current_setting('server_encoding') AS encoding, current_setting('default_transaction_isolation') AS isolation,
      (SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout') AS statement_timeout,
      pg_is_in_recovery() AS in_recovery, (SELECT count(*)::int FROM pg_stat_replication) AS standbys,
      current_setting('synchronous_standby_names') AS synchronous_standbys`);
  const server = rows[0];
  if (!server) throw new LedgerUnusable('the server does not say how it is set up.');
  if (server.version < OLDEST_VERSION) {
    throw new LedgerUnusable(`the server is PostgreSQL ${server.version}; ${OLDEST_VERSION} or later is needed.`);
  }
  if (server.in_recovery)
    throw new LedgerUnusable('the server is in recovery (a standby?), so nothing can be stored in it.');
  for (const name of DURABILITY) {
    if (server[name] === 'off') {
      throw new LedgerUnusable(`${name} is off, so that a crash of the database would forget what was bought.`);
    }
  }
  if (server.encoding !== 'UTF8') {
    throw new LedgerUnusable(
      `the encoding of the database is ${server.encoding}, which lacks characters that answers may have: what was bought could not be stored. Create it with ENCODING 'UTF8'.`,
    );
  }
  if (!ISOLATION.test(server.isolation)) {
    throw new LedgerUnusable(
      `default_transaction_isolation is ${server.isolation}, in which a purchase would not see that purchases were stopped meanwhile; ALTER ROLE … SET default_transaction_isolation = 'read committed'.`,
    );
  }
  return [...standbyWarnings(server), ...timeoutWarnings(server)];
}

function standbyWarnings({ standbys, synchronous_standbys: synchronous }: ServerRow): readonly string[] {
  if (standbys === 0 || synchronous !== '') return [];
  return [
    `the database has ${standbys} standby servers and none of them is synchronous: one that is promoted may have forgotten the latest purchases, which are then made again`,
  ];
}

function timeoutWarnings({ statement_timeout: timeoutMs }: ServerRow): readonly string[] {
  if (timeoutMs === 0 || timeoutMs >= LONGEST_STATEMENT_MS) return [];
  return [
    `statement_timeout is ${timeoutMs} ms for this role: what takes longer is cancelled, such as the usage of a long period; a minute or more is enough`,
  ];
}
