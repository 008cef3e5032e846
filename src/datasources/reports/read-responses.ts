import type { JobalyzerClient } from '../jobalyzer/client.js';
import type { Commit } from './commit.js';
import { transition, type Entry } from './ledger.js';
import type { ReportKey } from '../../model/report.js';
import type { CollectionQueue } from './ports.js';
import { purchaseEvent } from './purchase-decisions.js';

export interface ResponseSettings {
  /** How long a rejection is remembered, in milliseconds. */
  readonly rejectedTtlMs: number;
}

/**
 * Reads the responses that are stored in these entries: from there to links, whose collection is scheduled, or to the
 * reason why there is none. An UNCERTAIN entry without a link in its response stays as it is.
 */
export type ReadResponses = (report: ReportKey, entries: readonly Entry[]) => Promise<void>;

export function createReadResponses(
  client: JobalyzerClient,
  commit: Commit,
  queue: CollectionQueue,
  settings: ResponseSettings,
): ReadResponses {
  return async (report, entries) => {
    const now = Date.now();
    const steps = entries.map((entry) => {
      const response = 'response' in entry ? entry.response : null;
      const outcome = response === null ? undefined : client.readPurchase(response, [entry.type]).get(entry.type);
      return outcome ? transition(entry, purchaseEvent(outcome, now + settings.rejectedTtlMs), now) : null;
    });
    const stored = await commit.untilStored(
      report,
      steps.filter((step) => step !== null),
    );
    for (const { state, type } of stored) if (state === 'LINKED') queue.schedule({ id: report.id, type }, 0);
  };
}
