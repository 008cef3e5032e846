import type { Logger } from 'pino';
import { endedQueue } from '../../lib/push-queue.js';
import type { JobalyzerClient } from '../jobalyzer/client.js';
import type { Lookups } from '../jobalyzer/lookups.js';
import type { ReportsRequest, ReportType } from '../jobalyzer/types.js';
import { canonicalAnswers, type GivenAnswers } from './answers.js';
import { createCollector } from './collector.js';
import { followReport, type StatusEvent } from './follow.js';
import { createShelf, type Collected } from './shelf.js';
import { reportId } from './identity.js';
import { entryOf, hasExpired, statusOf, transition, type ReportStatus } from './ledger.js';
import type { Backend, ReportKey, UsageCounts } from './ports.js';
import { createSubmissions } from './submission.js';
import { withSuggestions } from './suggestions.js';
import { createWaits, type Wait } from './waits.js';
import { createWatcher } from './watch.js';

export interface ReportSettings {
  readonly apiUrl: string;
  readonly reportTtlMs: number;
  readonly rejectedTtlMs: number;
}

/** The life of a report: claimed once, bought once, collected, kept, told to whoever asks. */
export interface ReportService {
  /** What these answers ask for. No I/O; throws BAD_USER_INPUT naming the argument below `path`. */
  identify(answers: GivenAnswers, autoResolveJobTitle: boolean, path: string): ReportKey;
  /** The report under an id, where anything was ever asked for under it. */
  find(id: string): Promise<ReportKey | null>;
  statuses(id: string): Promise<Record<ReportType, ReportStatus>>;
  /**
   * Buys whichever of the types are neither here nor under way, in one POST, and returns those without waiting for them.
   * Throws STORE_UNAVAILABLE when the claim cannot be made durable: then nothing is bought.
   */
  ensure(report: ReportKey, types: readonly ReportType[], resubmitUncertain?: boolean): Promise<readonly ReportType[]>;
  /** The collected report, awaited; `ensure` comes first. Throws why there is none, or REPORT_NOT_READY when the wait is over. */
  obtain<T extends ReportType>(report: ReportKey, type: T, wait: Wait): Promise<Collected<T>>;
  /** What has been collected by now, or null: neither waits nor buys. */
  collected<T extends ReportType>(id: string, type: T): Promise<Collected<T> | null>;
  /**
   * Where each type stands, then every change until each is READY or FAILED. Buys what is not here yet; like `ensure`,
   * throws STORE_UNAVAILABLE where it cannot.
   */
  follow(report: ReportKey, types: readonly ReportType[]): Promise<AsyncIterableIterator<StatusEvent>>;
  /** The same for a report that is known; buys nothing. Throws NOT_FOUND for an id nothing was ever asked under. */
  followKnown(id: string, types: readonly ReportType[]): Promise<AsyncIterableIterator<StatusEvent>>;
  /** Counts one report that was served without a purchase. */
  countSaved(): void;
  usage(since: number, until: number): Promise<UsageCounts>;
  readonly since: number;
  /** Takes up what a former process left unfinished; then collects. */
  start(): Promise<void>;
  /** Resolves if reports can be claimed. */
  ping(): Promise<void>;
  /** Lets POSTs in flight finish and be stored, for `graceMs` at most. The backend is closed by whoever opened it. */
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
/** At the end, whoever waits for a report still gets it if it comes within this time. */
const LAST_WAIT_MS = 3_000;

export function createReportService({ backend, client, lookups, settings, log }: Dependencies): ReportService {
  const { ledger, queue } = backend;
  const watcher = createWatcher(ledger, (error) => log.error({ err: error }, 'a follower of a report threw'));
  const waits = createWaits(watcher);
  const shelf = createShelf(ledger);
  const submissions = createSubmissions({ ledger, queue, client, settings, log });
  const collect = createCollector({ ledger, client, settings, log });
  let pruning: NodeJS.Timeout | undefined;

  function prune(): void {
    ledger
      .prune(Date.now())
      .catch((error: unknown) => log.error({ err: error }, 'expired reports could not be pruned'));
  }

  async function ensure(
    report: ReportKey,
    types: readonly ReportType[],
    resubmitUncertain = false,
  ): Promise<readonly ReportType[]> {
    const now = Date.now();
    const wanted = types.filter((type) => !shelf.has(report.id, type, now));
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
    // Lost to nobody who would buy it: it was pruned, or given up, between the read and the claim.
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

    async statuses(id) {
      const record = await ledger.read(id);
      const now = Date.now();
      const status = (type: ReportType): ReportStatus => statusOf(entryOf(record?.entries ?? [], id, type), now);
      return { PAY: status('PAY'), YOE: status('YOE') };
    },

    ensure,

    async obtain(report, type, wait) {
      const kept = shelf.get(report.id, type, Date.now());
      if (kept) return kept;
      const entry = await waits.collected(report.id, type, wait).catch(async (error: unknown) => {
        throw await withSuggestions(report.request.answers, error, lookups);
      });
      return shelf.fetch(report.id, type, entry);
    },

    async collected(id, type) {
      const now = Date.now();
      const kept = shelf.get(id, type, now);
      if (kept) return kept;
      const entry = entryOf((await ledger.read(id))?.entries ?? [], id, type);
      return entry.state === 'COLLECTED' && !hasExpired(entry, now) ? shelf.fetch(id, type, entry) : null;
    },

    async follow(report, types) {
      const bought = await ensure(report, types);
      // Nothing was asked of it, so the ledger need not know it.
      if (types.length === 0) return endedQueue();
      return followReport(watcher, report.id, types, true, (type) => ledger.countSaved(bought.includes(type) ? 0 : 1));
    },

    followKnown: (id, types) => followReport(watcher, id, types, false, () => ledger.countSaved(1)),

    countSaved: () => ledger.countSaved(1),

    usage: (since, until) => ledger.usage(since, until),

    async start() {
      queue.start(collect);
      const unsettled = await ledger.unsettled();
      await Promise.all(unsettled.map((record) => submissions.resume(record, record.entries)));
      if (unsettled.length > 0) log.info({ reports: unsettled.length }, 'took up reports left unfinished');
      prune();
      pruning = setInterval(prune, PRUNE_EVERY_MS).unref();
    },

    ping: () => ledger.ping(),

    async close(graceMs) {
      clearInterval(pruning);
      setTimeout(() => waits.endAll(), Math.min(LAST_WAIT_MS, graceMs)).unref();
      await submissions.close(graceMs);
    },
  };
}
