import { canonicalAnswers, completeAnswers } from '../../model/answers.js';
import { reportId } from '../../model/report-id.js';
import { ReportType, type ReportKey, type ReportsRequest } from '../../model/report.js';
import { entryOf, hasExpired, type Entry } from './ledger.js';
import type { ReportRecord } from './ports.js';

/** Stored reports that are one report. */
export interface SameReport {
  /** As it is requested now: the id is that of the canonical answers. */
  readonly report: ReportKey;
  /** Of each type, the stored report whose entry counts. */
  readonly stored: Readonly<Record<ReportType, string>>;
}

/** By each id that stands for it, the present one included. Reports that are stored under their own id only are absent. */
export type FormerIds = ReadonlyMap<string, SameReport>;

/**
 * The report as it is requested now. The canonical form of answers becomes wider with releases: what an earlier one stored
 * as two reports may be one. A request that this release would refuse stays as it was stored.
 */
export function presentReport({ id, request }: ReportKey): ReportKey {
  try {
    const answers = canonicalAnswers(completeAnswers(request.answers), 'answers');
    const present: ReportsRequest = { ...request, answers };
    return { id: reportId(present), request: present };
  } catch {
    return { id, request };
  }
}

/** Which of the stored reports are one report: `records` are all whose present id is `report.id`. `now` in epoch ms. */
export function sameReport(report: ReportKey, records: readonly ReportRecord[], now: number): SameReport {
  const storedFor = (type: ReportType): string => {
    const entries = records.map(({ id, entries }) => entryOf(entries, id, type));
    return entries.sort((a, b) => rankOf(a, now) - rankOf(b, now) || b.at - a.at)[0]?.reportId ?? report.id;
  };
  return { report, stored: { PAY: storedFor(ReportType.PAY), YOE: storedFor(ReportType.YOE) } };
}

const FIRST = ['COLLECTED', 'LINKED', 'UNCERTAIN', 'SENDING'];

/** What is nearer to a report, or has cost something, comes first; of the rest the newer. */
function rankOf(entry: Entry, now: number): number {
  const rank = FIRST.indexOf(entry.state);
  return rank < 0 || hasExpired(entry, now) ? FIRST.length : rank;
}
