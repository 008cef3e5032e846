import type { LoggedReport } from '../../jobalyzer/usage-log/usage-log.js';
import type { LogEvidence, PurchaseRecord } from '../sent-purchases.js';
import { byPurchase, purchaseKey, type AskedPurchase, type Surroundings } from './around.js';
import { evidenceIn } from './evidence.js';
import type { LogRows } from './log-rows.js';
import { matchPurchases, subjectOf } from './match.js';
import { leftOver, mayBeAmong } from './unexplained.js';

/** What one read of the usage log says of the purchases around those that are looked for. */
export interface Reading {
  /** The row of each that has one for certain. */
  readonly assigned: ReadonlyMap<AskedPurchase, LoggedReport>;
  /** Of one that is looked for: what is seen of it, and whether it counts as not made. */
  of(record: PurchaseRecord): { readonly evidence: LogEvidence; readonly isAbsent: boolean };
}

interface Read extends LogRows {
  /** What was known to be sent before the log was read, all of which may be expected in it. */
  readonly before: Surroundings;
  /** With what was sent while it was read: that may be in it as well, and its row must not be taken for another one's. */
  readonly around: Surroundings;
}

/** `absentAfterMs`: after so long a purchase may count as not made, in milliseconds; null: it never does. Pure. */
export function readingOf(
  { before, around, rows, crowded, unexplained, readAt }: Read,
  absentAfterMs: number | null,
): Reading {
  const { assigned: matched, ambiguous } = matchPurchases(around.purchases, rows);
  const assigned = new Map([...matched].filter(([purchase]) => !crowded.has(subjectOf(purchase))));
  const rowOf = byPurchase(assigned);
  const askedOf = new Map(around.purchases.map((each) => [purchaseKey(each), each]));
  const leftOverFor = leftOver(rows, { assigned, ambiguous });
  const mayBeUnexplained = unexplained && mayBeAmong(unexplained);
  /** Those of which upstream has received the request, as far as can be told: whatever was asked for in it, it was bought. */
  const crowdedPurchases = around.purchases.filter((purchase) => crowded.has(subjectOf(purchase)));
  const received = new Set(
    [...assigned.keys(), ...ambiguous.keys(), ...crowdedPurchases].map(({ purchaseId }) => purchaseId),
  );
  const accepted = before.purchases
    .filter(({ outcome }) => outcome === 'accepted')
    .map((purchase) => ({
      sentAt: purchase.sentAt,
      recordedAt: rowOf.get(purchaseKey(purchase))?.recordedAt?.getTime() ?? null,
    }));
  const evidenceOf = evidenceIn({ readAt, accepted, isComplete: before.isComplete, absentAfterMs });

  function candidatesOf(record: PurchaseRecord): readonly LoggedReport[] {
    const row = rowOf.get(purchaseKey(record));
    if (row) return [row];
    const asked = askedOf.get(purchaseKey(record));
    return asked ? (ambiguous.get(asked) ?? leftOverFor(asked)) : [];
  }

  return {
    assigned,
    of(record) {
      const { evidence, isAbsent } = evidenceOf(record, candidatesOf(record));
      const mayBeThere = received.has(record.purchaseId) || mayBeUnexplained?.(record) !== false;
      return { evidence, isAbsent: isAbsent && !mayBeThere };
    },
  };
}
