import type { PoolClient } from 'pg';
import { LedgerUnusable } from './failures.js';

interface ServerRow {
  readonly version: number;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  readonly in_recovery: boolean;
  readonly standbys: number;
  readonly synchronous_standbys: string;
}

const OLDEST_VERSION = 15;
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
  if (server.standbys === 0 || server.synchronous_standbys !== '') return [];
  return [
    `the database has ${server.standbys} standby servers and none of them is synchronous: one that is promoted may have forgotten the latest purchases, which are then made again`,
  ];
}
