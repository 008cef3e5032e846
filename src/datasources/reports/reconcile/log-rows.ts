import type { LoggedReport, UsageLog } from '../../jobalyzer/usage-log/usage-log.js';
import type { Surroundings } from './around.js';
import { EARLIEST_MS, LATEST_MS } from './match.js';

/** The rows of the usage log that may be purchases of ours. */
export interface LogRows {
  readonly rows: readonly LoggedReport[];
  /** When its reading began, epoch ms. */
  readonly readAt: number;
}

interface Bounds {
  /** More rows of our own requests than there can be purchases: what they are is not decided. */
  readonly mostRows: number;
  /** Of reports that are kept in memory. The others are taken from the log when it is read again. */
  readonly mostCharacters: number;
}

/** Reads the log once, in memory that is bounded. Throws what reading it throws, or an Error if it has too many rows. */
export async function readRows(
  log: UsageLog,
  { purchases, keys: wanted, from, until }: Surroundings,
  signal: AbortSignal,
  { mostRows, mostCharacters }: Bounds = { mostRows: 500_000, mostCharacters: 64_000_000 },
): Promise<LogRows> {
  const own = new Set(purchases.map(({ requestKey }) => requestKey));
  const rows: LoggedReport[] = [];
  let characters = 0;
  let isTooMuch = false;
  const query = { since: from + EARLIEST_MS, until: until + LATEST_MS + 1, wanted };
  const { readAt } = await log.read(
    query,
    (row) => {
      if (row.requestKey === null || !own.has(row.requestKey)) return;
      isTooMuch ||= rows.length >= mostRows;
      if (isTooMuch) return;
      characters += row.response?.length ?? 0;
      rows.push(characters <= mostCharacters ? row : { ...row, response: null });
    },
    signal,
  );
  if (isTooMuch) throw new Error(`Upstream's usage log has more than ${mostRows} rows of our requests.`);
  return { rows, readAt: readAt.getTime() };
}
