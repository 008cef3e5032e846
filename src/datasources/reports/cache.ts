import { LRUCache } from 'lru-cache';
import { ApiError } from '../../errors.js';
import { parseJson } from '../../lib/json.js';
import { correctionWarnings } from '../answers/remarks.js';
import { decodeReport } from '../jobalyzer/decode.js';
import { limited } from '../jobalyzer/issues.js';
import type { AnswerIssue } from '../../errors.js';
import type { CollectedReport, ReportContents } from '../../model/report-contents.js';
import type { ReportKey, ReportsRequest, ReportType } from '../../model/report.js';
import type { Entry, EntryIn } from './ledger.js';
import type { Ledger } from './ports.js';

/**
 * Where one report is in memory. It never changes, but expires (epoch ms), or leaves the memory before: another one in the
 * same place has another object.
 */
export interface Place {
  readonly key: string;
  readonly expiresAt: number;
}

/** A report in memory. */
export interface Kept<T extends ReportType = ReportType> {
  readonly place: Place;
  readonly report: CollectedReport<T>;
  /** In characters of what it was decoded from. */
  readonly size: number;
}

/** In-memory cache of collected reports. Each is read and decoded once, however many callers request it. */
export interface ReportCache {
  has(id: string, type: ReportType, now: number): boolean;
  /** The report if it is in memory and has not expired. */
  get<T extends ReportType>(id: string, type: T, now: number): Kept<T> | null;
  /** Whether the report that was in this place still is, and `get` would return it. Counts as a use of it. */
  isCurrent(place: Place, now: number): boolean;
  /**
   * Decodes what is just being stored as this entry, while the disk is waited for. `fetch` needs nothing else if it is given
   * the same object, which it gets only from a ledger that has stored it. `bought`: the request it was bought with.
   */
  readAhead(bought: ReportsRequest, entry: EntryIn<'COLLECTED'>, body: string): void;
  /**
   * `bought`: the request it was bought with, if that is spelled otherwise than the report was asked for. Throws
   * UPSTREAM_BAD_RESPONSE if the stored report cannot be decoded; the body stays in the ledger.
   */
  fetch<T extends ReportType>(
    report: ReportKey,
    type: T,
    entry: EntryIn<'COLLECTED'>,
    bought?: ReportsRequest,
  ): Promise<CollectedReport<T>>;
}

/** What a report is read from. */
interface Source {
  readonly asked: ReportsRequest;
  readonly bought: ReportsRequest;
  readonly entry: EntryIn<'COLLECTED'>;
}

/** What was read from a body, and what that depends on besides it. */
interface Decoded {
  readonly report: ReportContents[ReportType];
  readonly country: string;
  /** Of the body, in characters. */
  readonly size: number;
}

const LARGEST_CACHE_CHARACTERS = 64 * 1024 * 1024;

export function createReportCache(ledger: Ledger, most = LARGEST_CACHE_CHARACTERS): ReportCache {
  const kept = new LRUCache<string, Kept, Source>({
    maxSize: most,
    sizeCalculation: ({ size }) => size,
    fetchMethod: (key, _stale, { context }) => read(key, context),
  });

  const ahead = new WeakMap<Entry, Decoded>();

  async function readAndDecode({ bought, entry }: Source): Promise<Decoded> {
    const body = await ledger.body(entry);
    if (body === null)
      throw new ApiError('STORE_UNAVAILABLE', 'The report expired while it was being read. Request it again.');
    return decoded(bought, entry, body);
  }

  async function read(key: string, source: Source): Promise<Kept> {
    const { asked, bought, entry } = source;
    const present = ahead.get(entry);
    const usable = present?.country === bought.answers.country ? present : null;
    const { report, size } = usable ?? (await readAndDecode(source));
    const stored = distinct([...limited(entry.warnings), ...report.warnings]);
    const warnings = [...correctionWarnings(asked, bought), ...stored];
    return {
      place: { key, expiresAt: entry.expiresAt },
      report: { ...report, warnings, collectedAt: new Date(entry.at) },
      size,
    };
  }

  function get<T extends ReportType>(id: string, type: T, now: number): Kept<T> | null {
    const found = kept.get(`${id}:${type}`) as Kept<T> | undefined;
    return found && now < found.place.expiresAt ? found : null;
  }

  return {
    has: (id, type, now) => get(id, type, now) !== null,
    get,

    isCurrent: (place, now) => now < place.expiresAt && kept.get(place.key)?.place === place,

    readAhead(bought, entry, body) {
      try {
        ahead.set(entry, decoded(bought, entry, body));
      } catch {
        // Whoever fetches it is told.
      }
    },

    async fetch<T extends ReportType>(
      { id, request: asked }: ReportKey,
      type: T,
      entry: EntryIn<'COLLECTED'>,
      bought: ReportsRequest = asked,
    ) {
      const forceRefresh = get(id, type, Date.now()) === null;
      const found = await kept.forceFetch(`${id}:${type}`, { context: { asked, bought, entry }, forceRefresh });
      return found.report as unknown as CollectedReport<T>;
    },
  };
}

function decoded({ answers }: ReportsRequest, { type }: Entry, body: string): Decoded {
  const { country } = answers;
  return { report: decodeReport(type, parsed(body), { country }), country, size: body.length };
}

/** Throws STORE_UNAVAILABLE: the body was JSON when it was stored. */
function parsed(body: string): unknown {
  try {
    return parseJson(body);
  } catch (error) {
    const message = 'What this server had stored of the report is damaged. It is not bought again before it expires.';
    throw new ApiError('STORE_UNAVAILABLE', message, {}, { cause: error });
  }
}

/** Upstream may repeat the warnings from the purchase in the report. */
function distinct(issues: readonly AnswerIssue[]): AnswerIssue[] {
  return [...new Map(issues.map((issue) => [JSON.stringify(issue), issue])).values()];
}
