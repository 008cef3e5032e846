import { entryOf } from '../ledger.js';
import type { Ledger } from '../ports.js';
import type { BilledPurchase } from './bill-rows.js';

const READ_AT_ONCE = 16;

/**
 * The same purchases, of which those that upstream accepted and did not deliver are `undelivered`: the latest purchase of a
 * report that has failed since.
 */
export async function withUndelivered(
  ledger: Pick<Ledger, 'read'>,
  purchases: readonly BilledPurchase[],
): Promise<readonly BilledPurchase[]> {
  const latest = new Map<string, BilledPurchase>();
  for (const purchase of purchases) latest.set(`${purchase.type} ${purchase.reportId}`, purchase);
  const suspects = [...latest.values()].filter(({ outcome }) => outcome === 'bought' || outcome === 'found');
  const undelivered = new Set<BilledPurchase>();
  for (let from = 0; from < suspects.length; from += READ_AT_ONCE) {
    const some = suspects.slice(from, from + READ_AT_ONCE);
    const failed = await Promise.all(some.map((purchase) => hasFailed(ledger, purchase)));
    some.forEach((purchase, index) => failed[index] && undelivered.add(purchase));
  }
  return purchases.map((purchase) =>
    undelivered.has(purchase) ? { ...purchase, outcome: 'undelivered' as const } : purchase,
  );
}

/** Whether its link was given up. A failure without a link is of another purchase, which was uncertain and closed. */
async function hasFailed(ledger: Pick<Ledger, 'read'>, { reportId, type, sentAt }: BilledPurchase): Promise<boolean> {
  const record = await ledger.read(reportId);
  const entry = record && entryOf(record.entries, reportId, type);
  return entry?.state === 'FAILED' && entry.followed !== undefined && entry.at >= sentAt;
}
