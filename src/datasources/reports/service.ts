import type { Logger } from 'pino';
import { ApiError, type Failure } from '../../errors.js';
import { deadline, timedOut } from '../../lib/deadline.js';
import type { JobalyzerClient } from '../jobalyzer/client.js';
import type { Lookups } from '../jobalyzer/lookups.js';
import { REPORT_TYPES, type ReportsRequest, type ReportType } from '../jobalyzer/types.js';
import { canonicalAnswers, type GivenAnswers } from './answers.js';
import { createCollector } from './collector.js';
import { createShelf, type Collected } from './shelf.js';
import { reportId } from './identity.js';
import { absent, next, statusOf, type Entry, type EntryIn, type ReportStatus } from './ledger.js';
import type { Backend, ReportKey, Transition, UsageCounts } from './ports.js';
import { createSubmissions } from './submission.js';
import { createWatcher, type Watch } from './watch.js';

export interface ReportSettings {
  readonly apiUrl: string;
  readonly reportTtlMs: number;
  readonly rejectedTtlMs: number;
}

export interface Wait {
  /** The longest wait, in milliseconds: of this asker, not of the report. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
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
/** What an asker is told to wait who gave up before the report had a link. */
const SUBMITTING_RETRY_MS = 1_000;
const SHORTEST_RETRY_MS = 100;

export function createReportService({ backend, client, lookups, settings, log }: Dependencies): ReportService {
  const { ledger, queue } = backend;
  const watcher = createWatcher(ledger);
  const shelf = createShelf(ledger);
  const submissions = createSubmissions({ ledger, queue, client, lookups, settings, log });
  const collect = createCollector({ ledger, client, settings, log });
  let pruning: NodeJS.Timeout | undefined;

  function prune(): void {
    ledger
      .prune(Date.now())
      .catch((error: unknown) => log.error({ err: error }, 'expired reports could not be pruned'));
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
      const status = (type: ReportType): ReportStatus => statusOf(record?.entries[type] ?? absent(id, type), now);
      return { PAY: status('PAY'), YOE: status('YOE') };
    },

    async ensure(report, types, resubmitUncertain = false) {
      const now = Date.now();
      const wanted = types.filter((type) => !shelf.has(report.id, type, now));
      if (wanted.length === 0) return [];
      const record = await ledger.read(report.id);
      const transitions = wanted.flatMap((type): Transition[] => {
        const before: Entry = record?.entries[type] ?? absent(report.id, type);
        const after = next(before, { kind: 'claim', resubmitUncertain }, now);
        return after ? [{ before, after }] : [];
      });
      if (transitions.length === 0) return [];
      const claimed = (await ledger.commit(report, transitions)).filter(({ won }) => won).map(({ entry }) => entry);
      if (claimed.length > 0) submissions.start(report, claimed);
      return claimed.map(({ type }) => type);
    },

    async obtain(report, type, wait) {
      const kept = shelf.get(report.id, type, Date.now());
      if (kept) return kept;
      const entry = await settled(report.id, type, wait);
      return shelf.fetch(report.id, type, entry);
    },

    countSaved: () => ledger.countSaved(1),

    usage: (since, until) => ledger.usage(since, until),

    async start() {
      queue.start(collect);
      const unsettled = await ledger.unsettled();
      for (const record of unsettled) {
        await submissions.resume(
          record,
          REPORT_TYPES.map((type) => record.entries[type]),
        );
      }
      if (unsettled.length > 0) log.info({ reports: unsettled.length }, 'took up reports left unfinished');
      prune();
      pruning = setInterval(prune, PRUNE_EVERY_MS).unref();
    },

    ping: () => ledger.ping(),

    async close(graceMs) {
      clearInterval(pruning);
      await submissions.close(graceMs);
    },
  };

  /** Waits until the report is collected, or throws why it will not be. */
  async function settled(id: string, type: ReportType, { waitMs, signal }: Wait): Promise<EntryIn<'COLLECTED'>> {
    const ends = deadline(waitMs, signal);
    let onChange = (): void => undefined;
    const watch = await watcher.watch(id, () => onChange());
    if (!watch) throw new ApiError('STORE_UNAVAILABLE', 'The ledger does not hold this report any more.');
    try {
      for (;;) {
        const entry = watch.entry(type);
        if (entry.state === 'COLLECTED') return entry;
        const failure = failureOf(entry);
        if (failure) throw ApiError.of(failure);
        await new Promise<void>((resolve, reject) => {
          if (ends.aborted) return reject(ends.reason as Error);
          const onEnd = (): void => reject(ends.reason as Error);
          ends.addEventListener('abort', onEnd, { once: true });
          onChange = () => {
            ends.removeEventListener('abort', onEnd);
            resolve();
          };
        });
      }
    } catch (error) {
      throw ends.aborted && timedOut(ends) && !signal.aborted ? notReady(watch, type) : error;
    } finally {
      watch.close();
    }
  }
}

/** Why there will be no report, as the asker is told; null while it is coming or here. */
export function failureOf(entry: Entry): Failure | null {
  switch (entry.state) {
    case 'REJECTED':
    case 'FAILED':
      return entry.failure;
    case 'ABSENT':
      return entry.failure ?? { code: 'UPSTREAM_UNAVAILABLE', message: 'This report was not bought.' };
    case 'UNCERTAIN':
      return {
        code: 'SUBMISSION_UNCERTAIN',
        message:
          `This report may have been bought, but its link is lost: ${entry.failure.message} ` +
          'It is not bought again unless requestReport is called with resubmitUncertain: true.',
        details: { reportId: entry.reportId, since: new Date(entry.at).toISOString() },
      };
    default:
      return null;
  }
}

function notReady(watch: Watch, type: ReportType): ApiError {
  const entry = watch.entry(type);
  const dueMs = entry.state === 'LINKED' ? (entry.nextPollAt ?? 0) - Date.now() : SUBMITTING_RETRY_MS;
  return new ApiError(
    'REPORT_NOT_READY',
    'The report is still being made. It will be collected; ask for it again by reportById, at no cost.',
    { reportId: watch.record.id, type, retryAfterMs: Math.max(dueMs, SHORTEST_RETRY_MS) },
  );
}
