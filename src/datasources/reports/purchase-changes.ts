import type { Entry } from './ledger.js';
import type { LedgerEvent } from './ledger-events.js';
import { firstLookAt } from './reconcile/schedule.js';
import type { PurchaseChange, SentOutcome } from './sent-purchases.js';

/** What a transition says of its purchase, for the record that is kept of it. Null: nothing new, or there is no record. Pure. */
export function purchaseChangeOf(before: Entry, event: LedgerEvent, after: Entry): PurchaseChange | null {
  const purchaseId = 'purchaseId' in event ? event.purchaseId : undefined;
  if (purchaseId === undefined) return null;
  const cameTo = (outcome: SentOutcome, lookAt: number | null = null): PurchaseChange => ({
    kind: 'came-to',
    purchaseId,
    outcome,
    lookAt,
  });
  switch (event.kind) {
    case 'send': {
      const charge = (before.state === 'INTENT' && before.charge) || null;
      const { request } = event;
      return request === undefined ? null : { kind: 'sent', purchaseId, sentAt: after.at, request, charge };
    }
    case 'link':
      return cameTo('accepted');
    case 'reject':
      return cameTo('refused');
    case 'not-accepted':
      return cameTo('not-accepted');
    case 'lose':
      return cameTo('uncertain', firstLookAt(after.at));
    default:
      return null;
  }
}
