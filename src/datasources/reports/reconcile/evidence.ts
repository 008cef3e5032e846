import type { UsageLogRow } from '../../../model/usage-log.js';
import type { Candidate, LogEvidence } from '../sent-purchases.js';

/** What a read of upstream's usage log says of a purchase that it does not have. Pure. */

/** A purchase of ours that is known to have been accepted. */
interface AcceptedPurchase {
  readonly sentAt: number;
  /** When its row was recorded, epoch ms. Null: it is not in the log. */
  readonly recordedAt: number | null;
}

export type EvidenceOf = (
  doubt: { readonly sentAt: number },
  candidates: readonly UsageLogRow[],
) => { readonly evidence: LogEvidence; readonly isAbsent: boolean };

interface EvidenceOptions {
  /** When the log was read, epoch ms. */
  readonly readAt: number;
  /** All that are known to have been accepted within the half hours around the doubts; there may be others. */
  readonly accepted: readonly AcceptedPurchase[];
  /** Whether those are all. */
  readonly isComplete: boolean;
  /** After so long without a row a purchase may count as absent, in milliseconds. Null: it never does. */
  readonly absentAfterMs: number | null;
}

const HALF_AN_HOUR_MS = 30 * 60_000;
const MOST_CANDIDATES = 10;
/** Later than this, a row was not recorded when its request arrived, by whatever clock. */
const PROMPT_MS = 2 * 60_000;

/**
 * A purchase is absent only if no row may be it, it is old enough, and the log has each of our purchases around it, one of which
 * was sent after it: so far the log was written when it was read. Each was recorded soon after it was sent: a log that has
 * purchases when they are delivered does not have one whose link was lost.
 */
export function evidenceIn({ readAt, accepted, isComplete, absentAfterMs }: EvidenceOptions): EvidenceOf {
  const inOrder = accepted.toSorted((a, b) => a.sentAt - b.sentAt);
  const inLogBetween = countBetween(inOrder, ({ recordedAt }) => recordedAt !== null);
  const lateBetween = countBetween(
    inOrder,
    ({ sentAt, recordedAt }) => recordedAt !== null && recordedAt - sentAt > PROMPT_MS,
  );
  const newestAt = inOrder.reduce<number | null>(
    (newest, { recordedAt }) => (recordedAt === null ? newest : Math.max(newest ?? recordedAt, recordedAt)),
    null,
  );

  return ({ sentAt }, candidates) => {
    const from = firstFrom(inOrder, sentAt - HALF_AN_HOUR_MS);
    const later = firstFrom(inOrder, sentAt + 1);
    const to = firstFrom(inOrder, sentAt + HALF_AN_HOUR_MS + 1);
    const evidence: LogEvidence = {
      readAt,
      newestAt,
      accepted: to - from,
      inLog: inLogBetween(from, to),
      candidates: candidates.slice(0, MOST_CANDIDATES).map(candidateOf),
    };
    const isOld = absentAfterMs !== null && readAt - sentAt >= absentAfterMs;
    const isWhole = isComplete && evidence.inLog === evidence.accepted && inLogBetween(later, to) > 0;
    const isPrompt = lateBetween(from, to) === 0;
    return { evidence, isAbsent: isOld && isWhole && isPrompt && candidates.length === 0 };
  };
}

/** How many are such, of those at the places from `from` until before `to`. */
function countBetween(
  inOrder: readonly AcceptedPurchase[],
  isSuch: (purchase: AcceptedPurchase) => boolean,
): (from: number, to: number) => number {
  /** Of the first so many. */
  const counts = [0];
  for (const each of inOrder) counts.push((counts.at(-1) ?? 0) + (isSuch(each) ? 1 : 0));
  return (from, to) => (counts[to] ?? 0) - (counts[from] ?? 0);
}

/** The place of the first that was sent at this time or later. */
function firstFrom(inOrder: readonly AcceptedPurchase[], time: number): number {
  let [low, high] = [0, inOrder.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((inOrder[middle]?.sentAt ?? Infinity) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function candidateOf({ upstreamReportId, recordedAt, type, successful }: UsageLogRow): Candidate {
  return { upstreamReportId, recordedAt: recordedAt?.getTime() ?? null, type, successful };
}
