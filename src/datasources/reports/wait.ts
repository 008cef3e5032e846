import { ApiError } from '../../errors.js';
import type { ReportType } from '../../model/report.js';
import type { Entry, EntryIn } from './ledger.js';
import { unavailableReason } from './status.js';
import type { Watcher } from './watch.js';
import type { Watch } from './watched.js';

export interface Wait {
  /** The longest wait of this caller, in milliseconds. The report itself is not affected. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

export interface ReportWaiter {
  /** Resolves when the report is collected. Throws its failure, REPORT_NOT_READY on timeout, or the signal's reason. */
  collected(id: string, type: ReportType, wait: Wait): Promise<EntryIn<'COLLECTED'>>;
  /** Ends all waits, including later ones, as if they had timed out. */
  releaseAll(): void;
}

/** `retryAfterMs` reported before the report has a link. */
const PURCHASING_RETRY_MS = 1_000;
const SHORTEST_RETRY_MS = 100;

/** Callers waiting for reports. A caller may leave at any time; the report is collected anyway. */
export function createReportWaiter(watcher: Watcher): ReportWaiter {
  const ends = new Set<() => void>();
  let ending = false;

  return {
    async collected(id, type, { waitMs, signal }) {
      const { promise, resolve, reject } = Promise.withResolvers<EntryIn<'COLLECTED'>>();
      const check = (entry: Entry): void => {
        if (entry.state === 'COLLECTED') return resolve(entry);
        const failure = unavailableReason(entry, id);
        if (failure) reject(ApiError.of(failure));
      };
      const watch = await watcher.watch(id, ({ entry }) => entry.type === type && check(entry));
      if (!watch)
        throw new ApiError('STORE_UNAVAILABLE', 'The report expired while it was being read. Request it again.');

      const onEnd = (): void => reject(notReady(watch, type));
      const onAbort = (): void => reject(signal.reason as Error);
      const timer = setTimeout(onEnd, ending ? 0 : waitMs);
      ends.add(onEnd);
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
      check(watch.entry(type));
      return promise.finally(() => {
        clearTimeout(timer);
        ends.delete(onEnd);
        signal.removeEventListener('abort', onAbort);
        watch.close();
      });
    },

    releaseAll() {
      ending = true;
      for (const end of [...ends]) end();
    },
  };
}

function notReady(watch: Watch, type: ReportType): ApiError {
  const entry = watch.entry(type);
  const message =
    entry.state === 'LINKED'
      ? 'Jobalyzer is still preparing the report. Fetch it later with reportById, at no extra cost.'
      : 'The report is still being requested; Jobalyzer has not accepted it yet. Try again shortly.';
  const dueMs = entry.state === 'LINKED' ? untilNextPoll(entry) : PURCHASING_RETRY_MS;
  const failure = entry.state === 'LINKED' ? entry.failure : null;
  return new ApiError('REPORT_NOT_READY', message, {
    reportId: watch.report.id,
    type,
    retryAfterMs: Math.max(dueMs, SHORTEST_RETRY_MS),
    ...(failure && { failure: { code: failure.code, message: failure.message } }),
  });
}

/** Not longer than the pause it was scheduled with, even if the clock was set back. */
function untilNextPoll({ nextPollAt, at }: EntryIn<'LINKED'>): number {
  return nextPollAt === null ? 0 : Math.min(nextPollAt - Date.now(), nextPollAt - at);
}
