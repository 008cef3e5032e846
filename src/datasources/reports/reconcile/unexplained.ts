import type { ReportType } from '../../../model/report.js';
import { isWithin } from './around.js';
import { EARLIEST_MS, LATEST_MS, type MatchableRow, type Matches, type SentPurchase } from './match.js';

/**
 * A row of upstream's usage log that no purchase of ours explains, as one whose request is written in another way or cannot be
 * read. It decides nothing, but a purchase that it may be is not absent. Pure.
 */
export interface Unexplained {
  /** Null: it is not known. */
  readonly type: ReportType | null;
  /** Epoch ms; null: it is not known. */
  readonly recordedAt: number | null;
}

/** So much a clock of ours may have been ahead when a purchase was sent, and have been set right since. */
export const AHEAD_MS = 15 * 60_000;

/** Tells whether one of these rows may be a purchase. */
export function mayBeAmong(
  rows: readonly Unexplained[],
): (purchase: { readonly type: ReportType; readonly sentAt: number }) => boolean {
  const ofAnyTime = new Set(rows.filter(({ recordedAt }) => recordedAt === null).map(({ type }) => type));
  const ofTypes = Map.groupBy(rows, ({ type }) => type);
  const timesOf = new Map(
    [...ofTypes].map(([type, some]) => [
      type,
      some.flatMap(({ recordedAt }) => recordedAt ?? []).toSorted((a, b) => a - b),
    ]),
  );
  const middle = (EARLIEST_MS + LATEST_MS) / 2;
  return ({ type, sentAt }) =>
    [type, null].some(
      (each) => ofAnyTime.has(each) || isWithin(timesOf.get(each) ?? [], sentAt + middle, LATEST_MS - middle),
    );
}

/**
 * Tells which rows ask for the same as a purchase, after it was sent or not long before, and are no purchase's. They may be its
 * own, whose report took long or whose time is wrong, which is shown to a person.
 */
export function leftOver<P extends SentPurchase, R extends MatchableRow>(
  rows: readonly R[],
  { assigned }: Matches<P, R>,
): (purchase: P) => readonly R[] {
  const taken = new Set([...assigned.values()].map(({ type, upstreamReportId }) => `${type} ${upstreamReportId}`));
  const free = rows.filter(({ type, upstreamReportId }) => !taken.has(`${type} ${upstreamReportId}`));
  const ofRequests = Map.groupBy(free, ({ type, requestKey }) => `${type} ${requestKey}`);
  return ({ type, requestKey, sentAt }) =>
    (ofRequests.get(`${type} ${requestKey}`) ?? []).filter(
      ({ recordedAt }) => recordedAt !== null && recordedAt.getTime() >= sentAt - AHEAD_MS,
    );
}
