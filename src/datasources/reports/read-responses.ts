import type { ReportKey, ReportType } from '../../model/report.js';
import type { JobalyzerClient } from '../jobalyzer/client.js';
import type { Commit } from './commit.js';
import { responsesOf } from './doubts.js';
import type { Entry } from './ledger.js';
import type { LedgerEvent } from './ledger-events.js';
import type { CollectionQueue } from './ports.js';
import { purchaseEvent } from './purchase-decisions.js';
import type { SharedLinks } from './shared-links.js';

export interface ResponseSettings {
  /** How long a rejection is remembered, in milliseconds. */
  readonly rejectedTtlMs: number;
}

/**
 * Reads the responses that are stored in the entries of these types: from there to links, whose collection is scheduled,
 * or to the reason why there is none. A doubt, or its repeat that is not sent yet, ends with the first link that is found
 * in any response; otherwise it stays as it is. Resolves to the entries afterwards. `known`: see `Commit`.
 */
export type ReadResponses = (
  report: ReportKey,
  types: readonly ReportType[],
  known?: readonly Entry[] | null,
) => Promise<readonly Entry[]>;

export function createReadResponses(
  client: JobalyzerClient,
  commit: Commit,
  queue: CollectionQueue,
  sharedLinks: SharedLinks,
  settings: ResponseSettings,
): ReadResponses {
  async function eventOf(entry: Entry): Promise<LedgerEvent | null> {
    for (const { purchaseId, body, cookies } of responsesOf(entry)) {
      const outcome = client.readPurchase(body, [entry.type]).get(entry.type);
      if (!outcome || (outcome.kind !== 'linked' && entry.state !== 'SENDING')) continue;
      const event = purchaseEvent(outcome, purchaseId, Date.now() + settings.rejectedTtlMs, cookies);
      if (event.kind !== 'link') return event;
      return { ...event, warnings: [...event.warnings, ...(await sharedLinks(entry, event.link))] };
    }
    return null;
  }

  return async (report, types, known) => {
    const entries = await commit(report, types, eventOf, known);
    for (const { state, type } of entries) if (state === 'LINKED') queue.schedule({ id: report.id, type }, 0);
    return entries;
  };
}
