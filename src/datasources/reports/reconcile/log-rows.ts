import type { LoggedReport, UsageLog } from '../../jobalyzer/usage-log/usage-log.js';
import { isWithin, type Surroundings } from './around.js';
import { EARLIEST_MS, LATEST_MS } from './match.js';
import { mayBeOurs, type Customer } from './own-rows.js';
import type { Unexplained } from './unexplained.js';

/** The rows of the usage log that may be purchases of ours. */
export interface LogRows {
  readonly rows: readonly LoggedReport[];
  /** Those that no purchase of ours explains, as far as they may be one that is looked for. Null: too many to tell. */
  readonly unexplained: readonly Unexplained[] | null;
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
  { purchases, keys: wanted, times, from, until }: Surroundings,
  customer: Customer,
  signal: AbortSignal,
  { mostRows, mostCharacters }: Bounds = { mostRows: 500_000, mostCharacters: 64_000_000 },
): Promise<LogRows> {
  const own = new Set(purchases.map(({ requestKey }) => requestKey));
  const rows: LoggedReport[] = [];
  const unexplained: Unexplained[] = [];
  let characters = 0;
  let isTooMuch = false;
  const query = { since: from + EARLIEST_MS, until: until + LATEST_MS + 1, wanted };
  const { readAt } = await log.read(
    query,
    (row) => {
      const isOwn = row.requestKey !== null && own.has(row.requestKey);
      if (isStrange(row, isOwn) && unexplained.length <= mostRows)
        unexplained.push({ type: row.type, recordedAt: row.recordedAt?.getTime() ?? null });
      if (!isOwn) return;
      isTooMuch ||= rows.length >= mostRows;
      if (isTooMuch) return;
      characters += row.response?.length ?? 0;
      rows.push(characters <= mostCharacters ? row : { ...row, response: null });
    },
    signal,
  );
  if (isTooMuch) throw new Error(`Upstream's usage log has more than ${mostRows} rows of our requests.`);
  return { rows, unexplained: unexplained.length > mostRows ? null : unexplained, readAt: readAt.getTime() };

  function isStrange(row: LoggedReport, isOwn: boolean): boolean {
    const { requestKey, type, recordedAt } = row;
    if (!mayBeOurs(row, customer)) return false;
    if (recordedAt === null) return requestKey === null || wanted.has(requestKey);
    return (!isOwn || type === null) && isWithin(times, recordedAt.getTime(), LATEST_MS);
  }
}
