import type { ReportType } from '../../../model/report.js';
import type { UsageLogRow } from '../../../model/usage-log.js';

/** A purchase of this server, of one type, that was sent to upstream. */
export interface SentPurchase {
  readonly purchaseId: string;
  readonly type: ReportType;
  /** What was asked: the same for the same request. */
  readonly requestKey: string;
  /** Epoch ms. */
  readonly sentAt: number;
  /** Its REPORTID, once it is known. */
  readonly upstreamReportId: string | null;
  /**
   * `accepted`: certainly bought. `unknown`: it may have been, as of a doubt, or of one in flight. `refused`: certainly not
   * bought, though the log may have it as not successful. `not-accepted`: upstream did not even look at it.
   */
  readonly outcome: 'accepted' | 'unknown' | 'refused' | 'not-accepted';
}

/** A row of upstream's usage log, with the key of its request; null: it cannot be read. */
export interface MatchableRow extends UsageLogRow {
  readonly requestKey: string | null;
}

export interface Matches<P, R> {
  /** The row of each purchase that has one for certain, also of those that had it before. */
  readonly assigned: ReadonlyMap<P, R>;
  /** The rows that may be a purchase's, oldest first, of those that may have one of several, so that nothing is decided. */
  readonly ambiguous: ReadonlyMap<P, readonly R[]>;
}

/** Upstream's clock may be behind ours. */
export const EARLIEST_MS = -60_000;
/** So long may a request be on its way, and wait to be recorded. */
export const LATEST_MS = 15 * 60_000;

/**
 * Which row is which purchase. `purchases`: all of this server around the time in question, not the doubts alone, since each
 * of them may be what a row is. A row can only be a purchase of the same request and type, that was sent at about its time,
 * and its REPORTID must be no other purchase's. Where there are as many such rows as purchases, they are matched one to one
 * in order of time. Otherwise nothing is decided of them, nor where two are of the same moment, or a row has no REPORTID of
 * its own.
 */
export function matchPurchases<P extends SentPurchase, R extends MatchableRow>(
  purchases: readonly P[],
  rows: readonly R[],
): Matches<P, R> {
  const assigned = new Map<P, R>();
  const ambiguous = new Map<P, readonly R[]>();
  const owners = new Map(
    purchases.flatMap((purchase) => (isKnown(purchase) ? [[identityOf(purchase), purchase]] : [])),
  );
  const candidates: R[] = [];
  const all = distinct(rows);
  const repeated = repeatedIdentities(all);
  for (const row of all) {
    const identity = identityOf(row);
    const owner = owners.get(identity);
    if (owner) assigned.set(owner, row);
    // What several rows have does not tell reports apart: each of them may be any purchase.
    if (!owner || repeated.has(identity)) candidates.push(row);
  }
  for (const { of, rows: range } of neighbourhoods(
    purchases.filter((each) => !isKnown(each)),
    candidates,
  )) {
    const certain = range.every((row) => row.upstreamReportId !== null && !repeated.has(identityOf(row)));
    if (certain && isInOrder(of, range)) of.forEach(({ purchase }, index) => assigned.set(purchase, range[index] as R));
    else for (const { purchase, rows: own } of of) ambiguous.set(purchase, own);
  }
  return { assigned, ambiguous };
}

function isKnown({ upstreamReportId }: SentPurchase): boolean {
  return upstreamReportId !== null;
}

/** Of a report, as upstream names it. */
function identityOf({ upstreamReportId, type }: Pick<UsageLogRow, 'upstreamReportId' | 'type'>): string {
  return JSON.stringify([upstreamReportId, type]);
}

/** Without rows that only repeat another one. */
function distinct<R extends MatchableRow>(rows: readonly R[]): readonly R[] {
  return [...new Map(rows.map((row, index) => [contentOf(row) ?? index, row] as const)).values()];
}

/** The same for rows of which one only repeats the other. Null: it has no REPORTID, and repeats none. */
export function contentOf({ upstreamReportId, type, requestKey, recordedAt, successful }: MatchableRow): string | null {
  return upstreamReportId === null
    ? null
    : JSON.stringify([upstreamReportId, type, requestKey, recordedAt, successful]);
}

/** Those that several rows claim to be. */
function repeatedIdentities(rows: readonly MatchableRow[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const row of rows) {
    const identity = identityOf(row);
    if (seen.has(identity)) repeated.add(identity);
    seen.add(identity);
  }
  return repeated;
}

/** A purchase with the rows that it may have. */
interface Suitor<P, R> {
  readonly purchase: P;
  readonly rows: readonly R[];
}

/** Purchases and rows that have to do with one another, and with no others; both in order of time. */
interface Neighbourhood<P, R> {
  readonly of: Suitor<P, R>[];
  readonly rows: readonly R[];
}

function neighbourhoods<P extends SentPurchase, R extends MatchableRow>(
  purchases: readonly P[],
  rows: readonly R[],
): readonly Neighbourhood<P, R>[] {
  const rowsOf = Map.groupBy(rows.filter(isComplete), subjectOf);
  const groups = Map.groupBy(purchases, subjectOf);
  return [...groups].flatMap(([subject, group]) => neighbourhoodsIn(group, rowsOf.get(subject) ?? []));
}

/** Of purchases and rows of one request and type. */
function neighbourhoodsIn<P extends SentPurchase, R extends MatchableRow>(
  purchases: readonly P[],
  rows: readonly R[],
): readonly Neighbourhood<P, R>[] {
  const inOrder = rows.toSorted((a, b) => timeOf(a) - timeOf(b));
  const found: { of: Suitor<P, R>[]; rows: R[] }[] = [];
  for (const purchase of purchases.toSorted((a, b) => a.sentAt - b.sentAt)) {
    const around = inOrder.filter((row) => isAtTimeOf(purchase, row));
    const own = around.filter((row) => mayComeOf(purchase, row));
    const [first] = around;
    if (!first || own.length === 0) continue;
    const suitor = { purchase, rows: own };
    const latest = found.at(-1);
    // Each waits as long as the others, so that what it shares with any of them, it shares with the latest.
    const shared = latest?.rows.at(-1);
    if (latest && shared && timeOf(first) <= timeOf(shared)) {
      latest.of.push(suitor);
      for (const row of around) if (timeOf(row) > timeOf(shared)) latest.rows.push(row);
    } else {
      found.push({ of: [suitor], rows: around });
    }
  }
  return found;
}

function isComplete({ requestKey, type, recordedAt }: MatchableRow): boolean {
  return requestKey !== null && type !== null && recordedAt !== null;
}

/** What tells a request from others, for one type. */
export function subjectOf({ requestKey, type }: Pick<MatchableRow, 'requestKey' | 'type'>): string {
  return JSON.stringify([requestKey, type]);
}

function timeOf({ recordedAt }: MatchableRow): number {
  return recordedAt?.getTime() ?? Number.NaN;
}

function isAtTimeOf({ sentAt }: SentPurchase, row: MatchableRow): boolean {
  const after = timeOf(row) - sentAt;
  return after >= EARLIEST_MS && after <= LATEST_MS;
}

function mayComeOf({ outcome }: SentPurchase, { successful }: MatchableRow): boolean {
  return outcome !== 'not-accepted' && (outcome !== 'refused' || successful === false);
}

/** Whether there is one row for each, in the same order of time. */
function isInOrder<P extends SentPurchase, R extends MatchableRow>(
  of: readonly Suitor<P, R>[],
  rows: readonly R[],
): boolean {
  return (
    of.length === rows.length &&
    isIncreasing(of.map(({ purchase }) => purchase.sentAt)) &&
    isIncreasing(rows.map(timeOf)) &&
    of.every(({ rows: own }, index) => own.includes(rows[index] as R))
  );
}

function isIncreasing(times: readonly number[]): boolean {
  return times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0));
}
