import type { Commit } from './commit.js';
import { transitionAll, type Entry } from './ledger.js';
import type { ReportKey } from '../../model/report.js';
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
    for (const entry of report.entries) {
      const resumption = resumptionOf(entry, Date.now());
      switch (resumption.kind) {
        case 'collect':
          queue.schedule({ id: report.id, type: entry.type }, RESUME_FROM_MS + Math.random() * RESUME_SPREAD_MS);
          break;
        case 'read-response':
          await readResponses(report, [entry]);
          break;
        case 'apply':
          await commit.once(report, transitionAll([entry], resumption.event, Date.now()));
          break;
        case 'purchase':
          claimed.push(entry);
          break;
        case 'leave':
      }
    }
    if (claimed.length > 0) start(report, claimed);
  };
}
