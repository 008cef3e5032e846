import { explanationOf } from '../purchase/remedies.ts';
import { isAbsent, isUnderWay, type ListedReport, type PricedRow } from './listed.ts';
import type { ListPurchase, ListState } from './store.ts';

/** What has become of a row, as it is shown and as rows are chosen by it. */
export type Standing = 'looking' | 'wrong' | 'here' | 'under-way' | 'failed' | 'unknown' | 'to-buy';

/** `report`: the one that it asks for, if it asks for any. */
export function standingOf({ faults }: PricedRow, report: ListedReport | undefined): Standing {
  if (faults.length > 0) return 'wrong';
  return report ? standingOfReport(report) : 'looking';
}

function standingOfReport(report: ListedReport): Standing {
  if (report.status === null) return 'looking';
  if (report.pay) return 'here';
  if (isUnderWay(report)) return 'under-way';
  if (report.problem) return 'failed';
  return report.isUnknown ? 'unknown' : 'to-buy';
}

/** What is said of a row, besides its figures. */
export function textOf(row: PricedRow, report: ListedReport | undefined): string {
  const faults = row.faults.map(({ message }) => message);
  const problem = report?.problem ? [explanationOf(report.problem)] : [];
  const remarks = row.remarks.map(({ message }) => message);
  const same = row.sameAs === null ? [] : [`The same report as row ${row.sameAs}.`];
  return [...faults, ...problem, ...remarks, ...same].join(' ');
}

/** The report that a row asks for, if it asks for any. */
export function reportOf({ report }: PricedRow, reports: readonly ListedReport[]): ListedReport | undefined {
  return report === null ? undefined : reports[report];
}

/** How many reports there are of each standing, and how many rows are wrong. */
export function countsOf({ rows, reports }: Pick<ListState, 'rows' | 'reports'>): Readonly<Record<Standing, number>> {
  const counts: Record<Standing, number> = {
    looking: 0,
    wrong: rows.filter(({ faults }) => faults.length > 0).length,
    here: 0,
    'under-way': 0,
    failed: 0,
    unknown: 0,
    'to-buy': 0,
  };
  for (const report of reports) counts[standingOfReport(report)] += 1;
  return counts;
}

/** Which reports a purchase would buy, in the order of the list; those that are not known only if they are wanted. */
export function buyable(reports: readonly ListedReport[], alsoUnknown: boolean): number[] {
  return reports.flatMap((report, at) => (isAbsent(report) && (alsoUnknown || !report.isUnknown) ? [at] : []));
}

/** Whether a purchase goes on, or something of it is on the way. */
export function isRunning({ purchase, reports }: Pick<ListState, 'purchase' | 'reports'>): boolean {
  if (!purchase) return false;
  return !purchase.isOver || purchase.chosen.flatMap((at) => reports[at] ?? []).some(isUnderWay);
}

/** How far a purchase has come. */
export interface Progress {
  readonly total: number;
  readonly here: number;
  /** Those that did not come. */
  readonly failed: number;
  /** Milliseconds; null: it cannot be told yet. */
  readonly leftMs: number | null;
}

/** From so many on it is told how long it takes. */
const ENOUGH = 5;

export function progressOf({ chosen, since }: ListPurchase, reports: readonly ListedReport[], now: number): Progress {
  const those = chosen.flatMap((at) => reports[at] ?? []).map(standingOfReport);
  const here = those.filter((standing) => standing === 'here').length;
  const failed = those.filter((standing) => standing === 'failed').length;
  const [done, total] = [here + failed, chosen.length];
  return { total, here, failed, leftMs: done < ENOUGH ? null : ((now - since) / done) * (total - done) };
}

/** `about 3 minutes left`; empty: it is not known. */
export function timeText(leftMs: number | null): string {
  if (leftMs === null) return '';
  if (leftMs < 45_000) return 'less than a minute left';
  const minutes = Math.round(leftMs / 60_000);
  if (minutes < 90) return minutes <= 1 ? 'about a minute left' : `about ${minutes} minutes left`;
  return `about ${Math.round(minutes / 60)} hours left`;
}
