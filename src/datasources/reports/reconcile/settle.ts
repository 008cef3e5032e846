import type { Logger } from 'pino';
import type { Failure } from '../../../errors.js';
import { reportId } from '../../../model/report-id.js';
import type { ReportKey } from '../../../model/report.js';
import type { JobalyzerClient } from '../../jobalyzer/client.js';
import { readReport } from '../../jobalyzer/poll-response.js';
import { readSentRequest } from '../../jobalyzer/sent-request.js';
import type { LoggedReport } from '../../jobalyzer/usage-log/usage-log.js';
import { otherJobTitle } from '../collect-decisions.js';
import type { Commit } from '../commit.js';
import { isFromLog } from '../found.js';
import type { Entry } from '../ledger.js';
import type { Found, LedgerEvent } from '../ledger-events.js';
import type { CollectionQueue, Ledger } from '../ports.js';
import type { PurchaseRecord } from '../sent-purchases.js';
import { transition } from '../transition.js';
import type { Watcher } from '../watch.js';
import type { LinkTemplate } from './link-template.js';

export interface Settle {
  /** The purchase has this row. `template`: of links of its type; null: none is known. Resolves to when to look again. */
  found(record: PurchaseRecord, row: LoggedReport, template: LinkTemplate | null): Promise<Again>;
  /** The purchase has none. */
  absent(record: PurchaseRecord): Promise<void>;
}

/**
 * When the log is to be read again for a purchase: `never`, if nothing is left that its row could change, `later`, as for any
 * other, or at a time, epoch ms, if a link was made that has until then to bring the report.
 */
type Again = 'never' | 'later' | number;

interface Dependencies {
  readonly ledger: Pick<Ledger, 'read'>;
  readonly client: Pick<JobalyzerClient, 'followable'>;
  readonly commit: Commit;
  readonly queue: Pick<CollectionQueue, 'schedule'>;
  readonly watcher: Pick<Watcher, 'notice'>;
  /** When what is stored at this moment expires, epoch ms. */
  readonly expiresAt: () => number;
  readonly log: Logger;
}

/** So long a link that was made is polled before the report is taken from the log. */
const LINK_TRIED_MS = 2 * 60_000;

const NOT_MADE: Failure = {
  code: 'REPORT_FAILED',
  message: 'Jobalyzer did not make this report: its usage log has the request as not successful.',
  details: { issues: [] },
};
const ABSENT: Failure = {
  code: 'UPSTREAM_UNAVAILABLE',
  message: "Jobalyzer's usage log does not have this purchase; nothing was bought, as far as that tells.",
};

export function createSettle({ ledger, client, commit, queue, watcher, expiresAt, log }: Dependencies): Settle {
  /** What the row makes of the entry; null: nothing yet. */
  function eventFor(
    { purchaseId, type, outcome, charge }: PurchaseRecord,
    row: LoggedReport,
    template: LinkTemplate | null,
    report: ReportKey,
    entry: Entry,
  ): LedgerEvent | null {
    // What counted as absent was given back.
    const charged = outcome === 'absent' || charge === null ? {} : { charge };
    const event = (found: Found): LedgerEvent => ({ kind: 'found', purchaseId, found, ...charged });
    if (row.successful === false) return event({ kind: 'failed', failure: NOT_MADE, expiresAt: expiresAt() });
    const wasLinked = isFromLog(entry, { purchaseId });
    // If a repeat that is on its way comes to nothing, this is the report.
    if (entry.state === 'SENDING' || (entry.state === 'LINKED' && !wasLinked)) return null;
    if (linkTriedUntil(entry, purchaseId) > Date.now()) return null;
    const made = wasLinked || row.upstreamReportId === null ? null : (template?.(row.upstreamReportId) ?? null);
    const link = made === null ? null : client.followable(made);
    if (link !== null && link === made) return event({ kind: 'link', link });
    const poll = row.response === null ? null : readReport(row.response, type, null);
    if (poll?.kind !== 'ready') return null;
    const { body, rating, submittedJobTitle } = poll;
    const warnings = otherJobTitle(report.request.answers.jobTitle, submittedJobTitle);
    return event({ kind: 'report', body, rating, warnings, expiresAt: expiresAt() });
  }

  /** Applies the event to whatever the entry is by now. Resolves to false if it changes nothing. */
  async function apply(
    record: PurchaseRecord,
    eventOf: (report: ReportKey, entry: Entry) => LedgerEvent | null,
  ): Promise<boolean> {
    const { reportId: id, type, purchaseId } = record;
    const report = (await ledger.read(id)) ?? forgotten(record);
    if (!report) return false;
    let applied = false;
    let refused = false;
    const [entry] = await commit(report, [type], (present) => {
      const event = eventOf(report, present);
      const isAllowed = event !== null && transition(present, event, Date.now()) !== null;
      applied ||= isAllowed;
      refused = event !== null && !isAllowed;
      return event;
    });
    if (!applied || !entry) return !refused;
    watcher.notice(entry);
    if (entry.state === 'LINKED') queue.schedule({ id, type }, 0);
    log.info({ reportId: id, type, purchaseId, state: entry.state }, "a doubt was resolved by Jobalyzer's usage log");
    return true;
  }

  return {
    async found(record, row, template) {
      let triedUntil = -Infinity;
      const changed = await apply(record, (report, entry) => {
        triedUntil = linkTriedUntil(entry, record.purchaseId);
        return eventFor(record, row, template, report, entry);
      });
      if (triedUntil > Date.now()) return triedUntil;
      // What was not made may still be.
      return changed || row.successful === false ? 'later' : 'never';
    },
    async absent(record) {
      await apply(record, () => ({ kind: 'absent', purchaseId: record.purchaseId, failure: ABSENT }));
    },
  };
}

/** The report that the ledger has no more, as what was sent tells it. Null: that is another one, or cannot be read. */
function forgotten({ reportId: id, request: sent }: PurchaseRecord): ReportKey | null {
  const request = readSentRequest(sent);
  return request && reportId(request) === id ? { id, request } : null;
}

/** Until when the report is expected of the link that was made for this purchase, epoch ms; -Infinity: there is none. */
function linkTriedUntil(entry: Entry, purchaseId: string): number {
  if (entry.state !== 'LINKED' || !isFromLog(entry, { purchaseId })) return -Infinity;
  return Math.ceil((entry.since ?? entry.at) + LINK_TRIED_MS);
}
