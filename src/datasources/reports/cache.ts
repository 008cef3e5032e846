import { LRUCache } from 'lru-cache';
import { ApiError } from '../../errors.js';
import { parseJson } from '../../lib/json.js';
import { decodeReport } from '../jobalyzer/decode.js';
import { limited } from '../jobalyzer/issues.js';
import type { AnswerIssue } from '../../errors.js';
import type { CollectedReport } from '../../model/report-contents.js';
import type { ReportType } from '../../model/report.js';
import type { EntryIn } from './ledger.js';
import type { Ledger } from './ports.js';

/** In-memory cache of collected reports. Each is read and decoded once, however many callers request it. */
export interface ReportCache {
  has(id: string, type: ReportType, now: number): boolean;
  get<T extends ReportType>(id: string, type: T, now: number): CollectedReport<T> | null;
  /** Throws UPSTREAM_BAD_RESPONSE if the stored report cannot be decoded; the body stays in the ledger. */
  fetch<T extends ReportType>(id: string, type: T, entry: EntryIn<'COLLECTED'>): Promise<CollectedReport<T>>;
}

interface Kept {
  readonly expiresAt: number;
  readonly report: CollectedReport<ReportType>;
  readonly size: number;
}

const LARGEST_CACHE_CHARACTERS = 64 * 1024 * 1024;

export function createReportCache(ledger: Ledger): ReportCache {
  const kept = new LRUCache<string, Kept, EntryIn<'COLLECTED'>>({
    maxSize: LARGEST_CACHE_CHARACTERS,
    sizeCalculation: ({ size }) => size,
    fetchMethod: (_key, _stale, { context: entry }) => read(entry),
  });

  async function read(entry: EntryIn<'COLLECTED'>): Promise<Kept> {
    const body = await ledger.body(entry);
    if (body === null)
      throw new ApiError('STORE_UNAVAILABLE', 'The report expired while it was being read. Request it again.');
    const report = decodeReport(entry.type, parsed(body));
    const warnings = distinct([...limited(entry.warnings), ...report.warnings]);
    return {
      expiresAt: entry.expiresAt,
      report: { ...report, warnings, collectedAt: new Date(entry.at) },
      size: body.length,
    };
  }

  function current(id: string, type: ReportType, now: number): Kept | null {
    const found = kept.get(`${id}:${type}`);
    return found && now < found.expiresAt ? found : null;
  }

  return {
    has: (id, type, now) => current(id, type, now) !== null,

    get: <T extends ReportType>(id: string, type: T, now: number) =>
      (current(id, type, now)?.report as CollectedReport<T> | undefined) ?? null,

    async fetch<T extends ReportType>(id: string, type: T, entry: EntryIn<'COLLECTED'>) {
      const forceRefresh = current(id, type, Date.now()) === null;
      const found = await kept.forceFetch(`${id}:${type}`, { context: entry, forceRefresh });
      return found.report as unknown as CollectedReport<T>;
    },
  };
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
