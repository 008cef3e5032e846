import type { PricedJob } from '../../src/model/job-list/figures.ts';
import type { Problem } from '../api/problem.ts';
import { explanationOf, remedyOf, type Remedy } from '../purchase/remedies.ts';
import { REPORT_NAMES } from '../purchase/report-names.ts';
import type { Remark } from './known.ts';
import { isAbsent, isHere, isUnderWay, keyOf, type ListedReport, type PricedRow, type Reports } from './listed.ts';
import type { ListPurchase, ListState } from './store.ts';

/** What has become of a row or a report. Of a row with several reports, the first of these that is true of one. */
const STANDINGS = ['wrong', 'looking', 'under-way', 'queued', 'failed', 'unknown', 'to-buy', 'here'] as const;
export type Standing = (typeof STANDINGS)[number];

export const STANDING_NAMES: Readonly<Record<Standing, string>> = {
  looking: 'Being looked up',
  wrong: 'Wrong',
  here: 'Stored',
  'under-way': 'On the way',
  queued: 'Will be bought',
  failed: 'Did not come',
  unknown: 'Not known',
  'to-buy': 'To buy',
};

/** `own`: the reports that it asks for. */
export function standingOf({ faults }: PricedRow, own: readonly ListedReport[]): Standing {
  if (faults.length > 0) return 'wrong';
  const standings = own.map(standingOfReport);
  return STANDINGS.find((standing) => standings.includes(standing)) ?? 'looking';
}

function standingOfReport(report: ListedReport): Standing {
  if (isHere(report)) return 'here';
  if (report.isQueued) return 'queued';
  if (isUnderWay(report)) return 'under-way';
  if (report.problem) return 'failed';
  if (report.status === null) return 'looking';
  return report.isUnknown ? 'unknown' : 'to-buy';
}

/** What is said of a row, besides its figures. */
export function textOf(row: PricedRow, own: readonly ListedReport[]): string {
  const remarks = row.remarks.map((remark) => [remark.message, perhaps(remark)].filter(Boolean).join(' '));
  return [...faultsOf(row, own), ...remarks, ...notesOn(row, own)].join(' ');
}

/** What is wrong with a row, and with its reports. */
export function faultsOf(row: PricedRow, own: readonly ListedReport[]): readonly string[] {
  const problems = own.flatMap(({ type, problem }) => (problem ? [{ type, text: explanationOf(problem) }] : []));
  const isTrueOfAll = problems.length === own.length && new Set(problems.map(({ text }) => text)).size === 1;
  const texts = problems.map(({ type, text }) => (isTrueOfAll ? text : `${REPORT_NAMES[type]}: ${text}`));
  return [...row.faults.map(({ message }) => message), ...new Set(texts)];
}

/** What else is to be said of it. */
export function notesOn({ sameAs }: PricedRow, own: readonly ListedReport[]): readonly string[] {
  const isBare = own.some(
    ({ pay }) =>
      pay && [pay.basePay, pay.hourlyPay].every((each) => each?.percentile50 == null && each?.average == null),
  );
  return [
    ...(isBare ? ['The service has no figures for this job and place.'] : []),
    ...(sameAs === null ? [] : [`The same as row ${sameAs}.`]),
  ];
}

function perhaps({ suggestions }: Remark): string {
  return suggestions.length === 0 ? '' : `Perhaps ${suggestions.map((value) => `“${value}”`).join(' or ')}?`;
}

/** The reports that a row asks for; empty: none. */
export function reportsOf({ job }: PricedRow, reports: Reports): readonly ListedReport[] {
  return job === null ? [] : (['PAY', 'YOE'] as const).flatMap((type) => reports.get(keyOf(job, type)) ?? []);
}

/** Their figures. */
export function jobOf(own: readonly ListedReport[]): PricedJob {
  const of = <F extends 'pay' | 'yoe'>(field: F): ListedReport[F] | null =>
    own.find((report) => report[field] !== null)?.[field] ?? null;
  return { pay: of('pay'), yoe: of('yoe') };
}

/** What can be done about a report by itself; null: nothing. `look-again`: nothing is known of it. */
export function remedyFor({ status, problem }: ListedReport): Remedy | 'look-again' | null {
  if (!problem) return null;
  if (status === null) return 'look-again';
  return status === 'FAILED' ? remedyOf(problem) : null;
}

/** How many reports there are of each standing, and how many rows are wrong. */
export function countsOf({ rows, reports }: Pick<ListState, 'rows' | 'reports'>): Readonly<Record<Standing, number>> {
  const counts = Object.fromEntries(STANDINGS.map((standing) => [standing, 0])) as Record<Standing, number>;
  counts.wrong = rows.filter(({ faults }) => faults.length > 0).length;
  for (const report of reports.values()) counts[standingOfReport(report)] += 1;
  return counts;
}

/** Which reports a purchase would buy, in the order of the list; those that are not known only if they are wanted. */
export function buyable(reports: Reports, alsoUnknown: boolean): string[] {
  return keysOf(reports, (report) => isAbsent(report) && (alsoUnknown || !report.isUnknown));
}

/** Which of them have failed so that asking again costs nothing. */
export function askable(reports: Reports): string[] {
  return keysOf(reports, (report) => remedyFor(report) === 'ask-again');
}

function keysOf(reports: Reports, isWanted: (report: ListedReport) => boolean): string[] {
  return [...reports].flatMap(([key, report]) => (isWanted(report) ? [key] : []));
}

/** Whether a purchase goes on, or something of it is on the way. */
export function isRunning({ purchase, reports }: Pick<ListState, 'purchase' | 'reports'>): boolean {
  if (!purchase) return false;
  return !purchase.isOver || purchase.chosen.flatMap((key) => reports.get(key) ?? []).some(isUnderWay);
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

/** It is told how long it takes when so many have come since the first, and so long after that: before, it is mostly waiting. */
const ENOUGH = 4;
const ENOUGH_MS = 2_000;

export function progressOf(
  { chosen, first }: Pick<ListPurchase, 'chosen' | 'first'>,
  reports: Reports,
  now: number,
): Progress {
  const those = chosen.flatMap((key) => reports.get(key) ?? []).map(standingOfReport);
  const here = those.filter((standing) => standing === 'here').length;
  const failed = those.filter((standing) => standing === 'failed').length;
  const [done, total] = [here + failed, chosen.length];
  const [come, took] = first ? [done - first.done, now - first.at] : [0, 0];
  const isTold = come >= ENOUGH && took >= ENOUGH_MS;
  return { total, here, failed, leftMs: isTold ? (took / come) * (total - done) : null };
}

/** `about 3 minutes left`; empty: it is not known. */
export function timeText(leftMs: number | null): string {
  if (leftMs === null) return '';
  if (leftMs < 45_000) return 'less than a minute left';
  const minutes = Math.round(leftMs / 60_000);
  if (minutes < 90) return minutes <= 1 ? 'about a minute left' : `about ${minutes} minutes left`;
  return `about ${Math.round(minutes / 60)} hours left`;
}

/** What is said where one was given up before it was bought. */
export const GIVEN_UP: Problem = {
  code: 'UPSTREAM_UNAVAILABLE',
  message: 'It was given up before it was bought: the service cannot be reached at the moment.',
};
