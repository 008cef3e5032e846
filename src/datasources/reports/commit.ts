import type { Logger } from 'pino';
import { ApiError } from '../../errors.js';
import { delay } from '../../lib/delay.js';
import { backoff } from '../jobalyzer/retry.js';
import type { Entry, Transition } from './ledger.js';
import type { ReportKey } from '../../model/report.js';
import type { Ledger } from './ports.js';

/** Storing what happens to a purchase. Throws if another process has changed an entry: the caller must stop then. */
export interface Commit {
  /** Throws STORE_UNAVAILABLE if it cannot be stored. */
  once(report: ReportKey, transitions: readonly Transition[]): Promise<readonly Entry[]>;
  /** For what has happened already: tries until it is stored. Throws the reason of the signal. */
  untilStored(report: ReportKey, transitions: readonly Transition[]): Promise<readonly Entry[]>;
}

/** `abandoned` ends the attempts to store: the ledger is about to be closed. */
export function createCommit(ledger: Ledger, abandoned: AbortSignal, log: Logger): Commit {
  async function once(report: ReportKey, transitions: readonly Transition[]): Promise<readonly Entry[]> {
    if (transitions.length === 0) return [];
    const committed = await ledger.commit(report, transitions);
    const lost = committed.find(({ won }) => !won);
    if (lost)
      throw new Error(
        `The ledger entry of ${lost.entry.type} was changed by another process (now ${lost.entry.state}).`,
      );
    return committed.map(({ entry }) => entry);
  }

  async function untilStored(report: ReportKey, transitions: readonly Transition[]): Promise<readonly Entry[]> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(report, transitions);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        log.error({ err: error, reportId: report.id, attempt }, 'failed to store a purchase outcome; retrying');
        await delay(backoff(attempt), abandoned);
      }
    }
  }

  return { once, untilStored };
}
