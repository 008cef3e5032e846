import type { ReportKey } from '../../model/report.js';
import type { Commit } from './commit.js';
import type { Entry } from './ledger.js';
import type { CollectionQueue, ReportRecord } from './ports.js';
import { resumptionOf } from './purchase-decisions.js';
import type { ReadResponses } from './read-responses.js';

interface Dependencies {
  readonly commit: Commit;
  readonly queue: CollectionQueue;
  readonly readResponses: ReadResponses;
  readonly start: (report: ReportKey, claimed: readonly Entry[]) => void;
}

/** Polls resumed at startup are spread over a while, and start after a typical retry hint: the last hint is not stored. */
const RESUME_FROM_MS = 250;
const RESUME_SPREAD_MS = 500;

/** Continues a report from where an earlier process left it. */
export function createResume({ commit, queue, readResponses, start }: Dependencies) {
  return async (report: ReportRecord): Promise<void> => {
    const claimed: Entry[] = [];
    for (const left of report.entries) {
      const { type } = left;
      if (left.state === 'LINKED') {
        queue.schedule({ id: report.id, type }, RESUME_FROM_MS + Math.random() * RESUME_SPREAD_MS);
        continue;
      }
      // First, whatever was received: a link in it may make the rest unnecessary.
      const [entry] = await readResponses(report, [type]);
      const resumption = entry && resumptionOf(entry, Date.now());
      if (resumption?.kind === 'apply') await commit(report, [type], () => resumption.event);
      if (resumption?.kind === 'apply') await readResponses(report, [type]);
      if (entry && resumption?.kind === 'purchase') claimed.push(entry);
    }
    if (claimed.length > 0) start(report, claimed);
  };
}
