import { UsageLogUnreadable, type LoggedReport, type UsageLog } from '../../jobalyzer/usage-log/usage-log.js';
import { isWithin, type Surroundings } from './around.js';
import { contentOf, EARLIEST_MS, LATEST_MS, subjectOf } from './match.js';
import { mayBeOurs, type Customer } from './own-rows.js';
import type { Unexplained } from './unexplained.js';

/** The rows of the usage log that may be purchases of ours. */
export interface LogRows {
  readonly rows: readonly LoggedReport[];
  /** Requests of which there are more rows than these. Of their purchases nothing can be decided. */
  readonly crowded: ReadonlySet<string>;
  /** Those that no purchase of ours explains, as far as they may be one that is looked for. Null: too many to tell. */
  readonly unexplained: readonly Unexplained[] | null;
  /** When its reading began, epoch ms. */
  readonly readAt: number;
}

interface Bounds {
  /** More rows of our own requests than there can be purchases: the log is of no use. */
  readonly mostRows: number;
  /** The same of one request and type. The others are decided. */
  readonly mostOfOne: number;
  /** Of reports that are kept in memory. The others are taken from the log when it is read again. */
  readonly mostCharacters: number;
}

const BOUNDS: Bounds = { mostRows: 500_000, mostOfOne: 1_000, mostCharacters: 64_000_000 };

/** Reads the log once, in memory that is bounded. Throws what reading it throws, and UsageLogUnreadable if it has too many rows. */
export async function readRows(
  log: UsageLog,
  { purchases, keys: wanted, times, from, until }: Surroundings,
  customer: Customer,
  signal: AbortSignal,
  bounds: Bounds = BOUNDS,
): Promise<LogRows> {
  const { mostRows } = bounds;
  const own = new Set(purchases.map(({ requestKey }) => requestKey));
  const { rows, crowded, keep } = createKeeper(bounds);
  const unexplained: Unexplained[] = [];
  const query = { since: from + EARLIEST_MS, until: until + LATEST_MS + 1, wanted };
  const { readAt } = await log.read(
    query,
    (row) => {
      const isOwn = row.requestKey !== null && own.has(row.requestKey);
      if (isStrange(row, isOwn) && unexplained.length <= mostRows)
        unexplained.push({ type: row.type, recordedAt: row.recordedAt?.getTime() ?? null });
      if (isOwn) keep(row);
    },
    signal,
  );
  return { rows, crowded, unexplained: unexplained.length > mostRows ? null : unexplained, readAt: readAt.getTime() };

  function isStrange(row: LoggedReport, isOwn: boolean): boolean {
    const { requestKey, type, recordedAt } = row;
    if (!mayBeOurs(row, customer)) return false;
    if (recordedAt === null) return requestKey === null || wanted.has(requestKey);
    return (!isOwn || type === null) && isWithin(times, recordedAt.getTime(), LATEST_MS);
  }
}

/** Keeps rows within these bounds, of those that only repeat one another the last. `keep` throws UsageLogUnreadable if there are too many. */
function createKeeper({ mostRows, mostOfOne, mostCharacters }: Bounds) {
  const rows: LoggedReport[] = [];
  const crowded = new Set<string>();
  /** Where the rows of each request and type are, by their content. */
  const places = new Map<string, Map<string | number, number>>();
  let characters = 0;

  function keep(row: LoggedReport): void {
    const subject = subjectOf(row);
    if (crowded.has(subject)) return;
    const kept = places.get(subject) ?? new Map<string | number, number>();
    places.set(subject, kept);
    const content = contentOf(row) ?? kept.size;
    const place = kept.get(content) ?? rows.length;
    const isNew = place === rows.length;
    if (isNew && kept.size >= mostOfOne) return void crowded.add(subject);
    if (place >= mostRows)
      throw new UsageLogUnreadable(`It has more than ${mostRows} rows of requests of this server.`);
    kept.set(content, place);
    characters += (row.response?.length ?? 0) - (rows[place]?.response?.length ?? 0);
    if (characters <= mostCharacters) rows[place] = row;
    else if (isNew) rows[place] = { ...row, response: null };
  }

  return { rows, crowded, keep };
}
