import type { CollectedReport } from '../../model/report-contents.js';
import {
  ReportType,
  type ReportKey,
  type ReportsRequest,
  type ReportStatus,
  type TypeFailure,
} from '../../model/report.js';
import type { Lookups } from '../jobalyzer/lookups.js';
import type { Kept, Place, ReportCache } from './cache.js';
import type { Expiry } from './expiry.js';
import { absent, hasExpired, type Entry, type EntryIn } from './ledger.js';
import type { Ledger } from './ports.js';
import { seenEntry, seeThrough } from './see-through.js';
import { failingSince, statusOf, unavailableReason } from './status.js';
import { withSuggestions } from './suggestions.js';
import type { ReportWaiter, Wait } from './wait.js';

/** A consistent view of a report at one moment: a type is READY exactly if it has been collected. */
export interface ReportSnapshot {
  readonly statuses: Readonly<Record<ReportType, ReportStatus>>;
  /** Why it has FAILED, for each type that has. */
  failures(): readonly TypeFailure[];
  /** Until when this type is served without a purchase; null unless it has been collected. */
  expiresAt(type: ReportType): Date | null;
  /** The report if it had been collected, otherwise null. */
  collected<T extends ReportType>(type: T): Promise<CollectedReport<T> | null>;
}

/** Reading what is stored or on its way. Nothing here buys. */
export interface ReportReading {
  /** The report with this id; null if it was never requested. */
  find(id: string): Promise<ReportKey | null>;
  /** The current state of a report; NOT_REQUESTED for an unknown id. Does not wait. */
  snapshot(id: string): Promise<ReportSnapshot>;
  /** Those of the types that are stored, under way or have failed: what can be obtained, or not, without a purchase. */
  requested(id: string, types: readonly ReportType[]): Promise<readonly ReportType[]>;
  /** Waits for the collected report; call `ensure` first. Throws its failure, or REPORT_NOT_READY on timeout. */
  obtain<T extends ReportType>(report: ReportKey, type: T, wait: Wait): Promise<CollectedReport<T>>;
  /** The report if it is in memory and has not expired: `obtain` would return it, and nothing would be bought. No I/O. */
  inMemory<T extends ReportType>(id: string, type: T): Kept<T> | null;
  /** Whether `inMemory` would return the very report that was in this place. */
  isInMemory(place: Place): boolean;
}

const TYPES = Object.values(ReportType);

interface Dependencies {
  readonly ledger: Ledger;
  readonly cache: ReportCache;
  readonly waiter: ReportWaiter;
  readonly expiry: Expiry;
  readonly lookups: Lookups;
}

export function createReading({ ledger, cache, waiter, expiry, lookups }: Dependencies): ReportReading {
  /** The request that it was bought with: another one if the id of the report stands for that. */
  async function boughtWith(report: ReportKey, { reportId }: Entry): Promise<ReportsRequest> {
    const bought = reportId === report.id ? null : await ledger.read(reportId);
    return bought?.request ?? report.request;
  }

  const reading: ReportReading = {
    async find(id) {
      const record = await ledger.read(id);
      return record && { id, request: record.request };
    },

    async snapshot(id) {
      const seen = await seeThrough(ledger, id);
      const entry = (type: ReportType): Entry => (seen ? seenEntry(seen, type) : absent(id, type));
      const status = (type: ReportType): ReportStatus => statusOf(entry(type), expiry.timeFor(entry(type)));
      const statuses = { PAY: status('PAY'), YOE: status('YOE') };
      const collected = (type: ReportType): EntryIn<'COLLECTED'> | null => {
        const present = entry(type);
        return present.state === 'COLLECTED' && !hasExpired(present, expiry.time()) ? present : null;
      };
      return {
        statuses,
        failures: () =>
          TYPES.filter((type) => statuses[type] === 'FAILED').flatMap((type) => failureOf(entry(type), id) ?? []),
        expiresAt(type) {
          const present = collected(type);
          return present && new Date(present.expiresAt);
        },
        async collected(type) {
          const present = collected(type);
          return seen && present
            ? cache.fetch(seen.report, type, present, await boughtWith(seen.report, present))
            : null;
        },
      };
    },

    async requested(id, types) {
      const { statuses } = await reading.snapshot(id);
      return types.filter((type) => statuses[type] !== 'NOT_REQUESTED');
    },

    async obtain(report, type, wait) {
      const kept = cache.get(report.id, type, expiry.time());
      if (kept) return kept.report;
      const entry = await waiter.collected(report.id, type, wait).catch(async (error: unknown) => {
        throw await withSuggestions(report.request.answers, error, lookups);
      });
      return cache.fetch(report, type, entry, await boughtWith(report, entry));
    },

    inMemory: (id, type) => cache.get(id, type, expiry.time()),

    isInMemory: (place) => cache.isCurrent(place, expiry.time()),
  };
  return reading;
}

function failureOf(entry: Entry, reportId: string): TypeFailure | null {
  const failure = unavailableReason(entry, reportId);
  const since = failingSince(entry);
  return failure && { type: entry.type, failure, since: since === null ? null : new Date(since) };
}
