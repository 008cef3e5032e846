import type { Logger } from 'pino';
import type { Proxy } from '../../../lib/proxy.js';
import type { UpstreamObserver } from '../call-log.js';
import { openConnections } from '../connection-pool.js';
import type { TokenSource } from '../token.js';
import { download } from './download.js';
import { parseUsageLog } from './parse.js';
import { rowReader, type RowReader } from './rows.js';
import { UsageLogUnreadable, type UsageLog } from './usage-log.js';

export interface UsageLogOptions {
  /** Of the service, to which `/usage` is added, or of the log itself. */
  readonly url: string;
  /** Null: it is reached directly. */
  readonly proxy: Proxy | null;
  /** Whose log it is. */
  readonly customerId: string;
  readonly tokens: Pick<TokenSource, 'get' | 'renew'>;
  /** For reading it once, in milliseconds. */
  readonly deadlineMs: number;
  readonly log: Logger;
  readonly observer?: Pick<UpstreamObserver, 'called'> | undefined;
}

export interface OpenUsageLog extends UsageLog {
  close(): Promise<void>;
}

/** The usage log of this account. Why it cannot be read is logged once, until the reason is another one. */
export function openUsageLog(options: UsageLogOptions): OpenUsageLog {
  const { url, proxy, customerId, tokens, deadlineMs, log, observer } = options;
  const { origin, pathname } = new URL(url);
  const given = pathname.replace(/\/+$/, '');
  const path = given.endsWith('/usage') ? given : `${given}/usage`;
  const pool = openConnections(origin, { connections: 2, keepAlive: false, proxy });
  let fault: string | null = null;

  const read: UsageLog['read'] = async ({ since = -Infinity, until = Infinity, wanted }, each, signal) => {
    const readAt = new Date();
    const startedAt = performance.now();
    let reader: RowReader | null = null;
    let rows = 0;
    let status: number | null = null;
    const onStatus = (given: number | null): void => void (status = given);
    const onRow = (cells: readonly string[]): void => {
      if (!reader) return void (reader = rowReader(cells, { customerId, ...(wanted && { wanted }) }));
      rows += 1;
      const time = reader.timeOf(cells);
      if (time === null || (time >= since && time < until)) each(reader.read(cells, time));
    };
    try {
      const parse = (bytes: Parameters<typeof parseUsageLog>[0], within: AbortSignal) =>
        parseUsageLog(bytes, onRow, within);
      await download({ pool, path, tokens, deadlineMs, onStatus }, parse, signal);
    } finally {
      observer?.called({ call: 'usage', status, ms: performance.now() - startedAt });
    }
    log.debug({ call: 'usage', ms: Math.round(performance.now() - startedAt), rows }, 'upstream');
    return { readAt };
  };

  return {
    async read(...args) {
      try {
        const found = await read(...args);
        if (fault !== null) log.info('the usage log can be read again');
        fault = null;
        return found;
      } catch (error) {
        if (error instanceof UsageLogUnreadable && error.message !== fault) {
          fault = error.message;
          log.warn({ reason: fault }, "Jobalyzer's usage log cannot be read, so that doubts about purchases stay");
        }
        throw error;
      }
    },
    close: () => pool.destroy(),
  };
}
