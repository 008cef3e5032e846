import type { Logger } from 'pino';
import { endedQueue } from '../../lib/push-queue.js';
import type { JobalyzerClient } from '../jobalyzer/client.js';
import type { Lookups } from '../jobalyzer/lookups.js';
import type { CollectedReport } from '../../model/report-contents.js';
import type { ReportKey, ReportsRequest, ReportStatus, ReportType, StatusEvent } from '../../model/report.js';
import type { UsageCounts } from '../../model/usage.js';
import { canonicalAnswers, type GivenAnswers } from '../../model/answers.js';
import { createCollector } from './collect.js';
import { followReport } from './follow.js';
import { createReportCache } from './cache.js';
import { reportId } from '../../model/report-id.js';
import { entryOf, hasExpired, transition, type Entry } from './ledger.js';
import type { Backend } from './ports.js';
import { createSubmissions } from './purchase.js';
import { statusOf } from './status.js';
import { withSuggestions } from './suggestions.js';
import { createReportWaiter, type Wait } from './wait.js';
import { createWatcher } from './watch.js';

export interface ReportSettings {
  readonly reportTtlMs: number;
  readonly rejectedTtlMs: number;
}

/** A consistent view of a report at one moment: a type is READY exactly if it has been collected. */
export interface ReportSnapshot {
  readonly statuses: Readonly<Record<ReportType, ReportStatus>>;
  /** The report if it had been collected, otherwise null. */
  collected<T extends ReportType>(type: T): Promise<CollectedReport<T> | null>;
}

/** The life of a report: claimed once, bought once, collected, stored and served. */
export interface ReportService {
  /** The report for these answers. No I/O. Throws BAD_USER_INPUT naming the argument below `path`. */
  identify(answers: GivenAnswers, autoResolveJobTitle: boolean, path: string): ReportKey;
  /** The report with this id; null if it was never requested. */
  find(id: string): Promise<ReportKey | null>;
  /** The current state of a report; NOT_REQUESTED for an unknown id. Neither waits nor buys. */
  snapshot(id: string): Promise<ReportSnapshot>;
  /**
   * Buys those of the types that are neither stored nor pending, in one POST, and returns them without waiting.
   * Throws STORE_UNAVAILABLE if the claim cannot be stored; nothing is bought then.
   */
  ensure(report: ReportKey, types: readonly ReportType[], resubmitUncertain?: boolean): Promise<readonly ReportType[]>;
  /** Waits for the collected report; call `ensure` first. Throws its failure, or REPORT_NOT_READY on timeout. */
  obtain<T extends ReportType>(report: ReportKey, type: T, wait: Wait): Promise<CollectedReport<T>>;
  /**
   * The current status of each type, then every change until each is READY or FAILED. Buys what is not stored yet; like
   * `ensure`, throws STORE_UNAVAILABLE if it cannot.
   */
  follow(report: ReportKey, types: readonly ReportType[]): Promise<AsyncIterableIterator<StatusEvent>>;
  /** The same for a known report; buys nothing. Throws NOT_FOUND for an id that was never requested. */
  followKnown(id: string, types: readonly ReportType[]): Promise<AsyncIterableIterator<StatusEvent>>;
  /** Counts one report that was served without a purchase. */
  countSaved(): void;
  /** Counts from `since` to `until`, both inclusive, epoch ms. */
  usage(since: number, until: number): Promise<UsageCounts>;
  /** When counting started, epoch ms. */
  readonly since: number;
  /** Resumes what an earlier process left unfinished, then collects. */
  start(): Promise<void>;
  /** Resolves if reports can be claimed. */
  ping(): Promise<void>;
  /** Lets POSTs in flight finish and be stored, for at most `graceMs` milliseconds. The caller closes the backend. */
  close(graceMs: number): Promise<void>;
}

interface Dependencies {
  readonly backend: Backend;
  readonly client: JobalyzerClient;
  readonly lookups: Lookups;
  readonly settings: ReportSettings;
  readonly log: Logger;
}

const PRUNE_EVERY_MS = 60 * 60_000;
/** During shutdown, waiting callers still get a report that arrives within this time. */
const LAST_WAIT_MS = 3_000;

export function createReportService({ backend, client, lookups, settings, log }: Dependencies): ReportService {
  const { ledger, queue } = backend;
  const watcher = createWatcher(ledger, (error) => log.error({ err: error }, 'a report listener threw'));
  const waiter = createReportWaiter(watcher);
  const cache = createReportCache(ledger);
  const submissions = createSubmissions({ ledger, queue, client, settings, log });
  const collect = createCollector({ ledger, client, settings, log });
  let pruning: NodeJS.Timeout | undefined;

  function prune(): void {
    ledger.prune(Date.now()).catch((error: unknown) => log.error({ err: error }, 'failed to prune expired reports'));
  }

  async function ensure(
    report: ReportKey,
    types: readonly ReportType[],
    resubmitUncertain = false,
  ): Promise<readonly ReportType[]> {
    const now = Date.now();
    const wanted = types.filter((type) => !cache.has(report.id, type, now));
    if (wanted.length === 0) return [];
    const record = await ledger.read(report.id);
    const transitions = wanted
      .map((type) => entryOf(record?.entries ?? [], report.id, type))
      .map((entry) => transition(entry, { kind: 'claim', resubmitUncertain }, now))
      .filter((claim) => claim !== null);
    if (transitions.length === 0) return [];

    const committed = await ledger.commit(report, transitions);
    for (const { entry } of committed) watcher.observe(entry);
    const claimed = committed.filter(({ won }) => won).map(({ entry }) => entry);
    if (claimed.length > 0) submissions.start(report, claimed);
    // Lost, but nobody else is buying it: it was pruned or given up between the read and the claim. Claim it again.
    const unclaimed = committed
      .filter(({ won, entry }) => !won && entry.state === 'ABSENT')
      .map(({ entry }) => entry.type);
    return [...claimed.map(({ type }) => type), ...(await ensure(report, unclaimed, resubmitUncertain))];
  }

  return {
    since: ledger.since,

    identify(answers, autoResolveJobTitle, path) {
      const request: ReportsRequest = { answers: canonicalAnswers(answers, path), autoResolveJobTitle };
      return { id: reportId(request), request };
    },

    find: (id) => ledger.read(id),

    async snapshot(id) {
      const record = await ledger.read(id);
      const now = Date.now();
      const entry = (type: ReportType): Entry => entryOf(record?.entries ?? [], id, type);
      return {
        statuses: { PAY: statusOf(entry('PAY'), now), YOE: statusOf(entry('YOE'), now) },
        async collected(type) {
          const present = entry(type);
          return present.state === 'COLLECTED' && !hasExpired(present, now) ? cache.fetch(id, type, present) : null;
        },
      };
    },

    ensure,

    async obtain(report, type, wait) {
      const kept = cache.get(report.id, type, Date.now());
      if (kept) return kept;
      const entry = await waiter.collected(report.id, type, wait).catch(async (error: unknown) => {
        throw await withSuggestions(report.request.answers, error, lookups);
      });
      return cache.fetch(report.id, type, entry);
    },

    async follow(report, types) {
      const bought = await ensure(report, types);
      // No types requested, so the ledger need not have an entry.
      if (types.length === 0) return endedQueue();
      return followReport(watcher, report.id, types, true, (type) => ledger.countSaved(bought.includes(type) ? 0 : 1));
    },

    followKnown: (id, types) => followReport(watcher, id, types, false, () => ledger.countSaved(1)),

    countSaved: () => ledger.countSaved(1),

    usage: (since, until) => ledger.usage(since, until),

    async start() {
      queue.start(collect);
      const unfinished = await ledger.unfinished();
      await Promise.all(unfinished.map((record) => submissions.resume(record, record.entries)));
      if (unfinished.length > 0) log.info({ reports: unfinished.length }, 'resumed unfinished reports');
      prune();
      pruning = setInterval(prune, PRUNE_EVERY_MS).unref();
    },

    ping: () => ledger.ping(),

    async close(graceMs) {
      clearInterval(pruning);
      setTimeout(() => waiter.releaseAll(), Math.min(LAST_WAIT_MS, graceMs)).unref();
      await submissions.close(graceMs);
    },
  };
}
