import { hash } from 'node:crypto';
import { assignRows, compareText, type BilledPurchase, type BilledRow, type BillOutcome } from './bill-rows.js';

/** What only one side has, or what they differ in. */
export interface BillDifference {
  /** When the row was recorded or, without one, when the purchase was sent; epoch ms. */
  readonly at: number;
  /** Names it among those of the same time, whenever the two sides are compared. */
  readonly name: string;
  readonly row: BilledRow | null;
  readonly purchase: BilledPurchase | null;
  readonly reason: string;
}

export interface BillComparison {
  /** Rows that upstream bills. */
  readonly theirs: number;
  /** Purchases that it should bill, as far as this server knows. */
  readonly ours: number;
  /** In order of time. If there is none, `theirs` and `ours` are equal. */
  readonly differences: readonly BillDifference[];
}

/** Epoch ms. */
export interface BillPeriod {
  readonly from: number;
  /** Not part of it. */
  readonly until: number;
  /** When the log was read: it says nothing of what was sent later. */
  readonly readAt: number;
}

const ONLY_THEIRS = 'Upstream bills it, and no purchase of this server can be it.';
const UNREADABLE = 'Upstream bills it, and what was asked for cannot be read in the row.';
const ONLY_OURS = 'This server bought it, and it is not in the log, or not yet.';
const NOT_BILLED = 'This server bought it, and upstream has it as not successful, which is not billed.';
const BILLED_OTHERWISE: Readonly<Partial<Record<BillOutcome, string>>> = {
  undelivered: 'Upstream bills it, and did not deliver it to this server.',
  refused: 'Upstream bills it, and refused the purchase when it was sent.',
  uncertain: 'Upstream bills it, and here its outcome is not known; it may be this purchase.',
};

/**
 * Compares what upstream bills for a period with what this server bought. To be given more than the period on both sides:
 * a purchase is sent before its row is recorded, and each is only compared with what was near it in time. What has a row
 * counts at the row's time, what has none when it was sent. Pure.
 */
export function compareBill(
  { from, until, readAt }: BillPeriod,
  rows: readonly BilledRow[],
  purchases: readonly BilledPurchase[],
): BillComparison {
  const isWithin = (time: number): boolean => time >= from && time < until;
  const assigned = assignRows(rows, purchases);
  const taken = new Set(assigned.values());
  const differences: Omit<BillDifference, 'name'>[] = [];
  let ours = 0;

  for (const purchase of purchases) {
    const row = assigned.get(purchase) ?? null;
    const at = row ? row.recordedAt.getTime() : purchase.sentAt;
    if (!isWithin(at) || (!row && at >= readAt)) continue;
    if (isOurs(purchase, row)) ours += 1;
    const reason = reasonOf(purchase, row);
    if (reason !== null) differences.push({ at, row, purchase, reason });
  }
  const billed = rows.filter(
    (row) => row.successful === true && isWithin(row.recordedAt.getTime()) && (!row.isForeign || taken.has(row)),
  );
  for (const row of billed) {
    if (taken.has(row)) continue;
    const reason = row.requestKey === null ? UNREADABLE : ONLY_THEIRS;
    differences.push({ at: row.recordedAt.getTime(), row, purchase: null, reason });
  }
  return { theirs: billed.length, ours, differences: inOrder(differences) };
}

/** Whether this server expects it on the bill. */
function isOurs({ outcome }: BilledPurchase, row: BilledRow | null): boolean {
  if (outcome === 'found') return !row || row.successful === true;
  return outcome === 'bought' && !(row && isWorthless(row));
}

/** A report without any data is documented as not charged, also where this server has collected it. */
function isWorthless({ rating, successful }: BilledRow): boolean {
  return rating === 0 && successful !== true;
}

/** How the two sides differ. Null: they do not, or what is not known here is not billed. */
function reasonOf(purchase: BilledPurchase, row: BilledRow | null): string | null {
  if (row?.successful === true) return BILLED_OTHERWISE[purchase.outcome] ?? null;
  if (!isOurs(purchase, row)) return null;
  return row ? NOT_BILLED : ONLY_OURS;
}

function inOrder(differences: readonly Omit<BillDifference, 'name'>[]): readonly BillDifference[] {
  const named = differences.map((each) => ({ ...each, name: nameOf(each) }));
  named.sort((a, b) => a.at - b.at || compareText(a.name, b.name));
  // Rows that are equal in everything are told apart by their number.
  let previous = '';
  let equal = 0;
  return named.map((each) => {
    const place = `${each.at} ${each.name}`;
    equal = place === previous ? equal + 1 : 0;
    previous = place;
    return equal === 0 ? each : { ...each, name: `${each.name} ${String(equal).padStart(6, '0')}` };
  });
}

/** A digest, since upstream's ids may be of any length. */
function nameOf({ row, purchase }: Pick<BillDifference, 'row' | 'purchase'>): string {
  const type = row?.type ?? purchase?.type ?? null;
  const parts = JSON.stringify([type, purchase?.purchaseId ?? null, row?.upstreamReportId ?? null]);
  return hash('sha256', parts, 'base64url').slice(0, 22);
}
