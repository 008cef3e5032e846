import { isFromLog } from './found.js';
import type { Entry } from './ledger.js';
import type { LedgerEvent, LedgerEventOf } from './ledger-events.js';
import { firstLookAt } from './reconcile/schedule.js';
import type { PurchaseChange, SentOutcome } from './sent-purchases.js';

/** What a transition says of its purchase, for the record that is kept of it. Null: nothing new, or there is no record. Pure. */
export function purchaseChangeOf(before: Entry, event: LedgerEvent, after: Entry): PurchaseChange | null {
  const purchaseId = purchaseOf(before, event);
  if (purchaseId === undefined) return null;
  const cameTo = (outcome: SentOutcome, look: { lookAt?: number | null } = { lookAt: null }): PurchaseChange => ({
    kind: 'came-to',
    purchaseId,
    outcome,
    ...look,
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
      return cameTo('uncertain', { lookAt: firstLookAt(after.at) });
    case 'absent':
      // Its row may only be late.
      return cameTo('absent', {});
    case 'found':
      // The log is read again where a link that was made brings nothing, and where the report may still be made.
      return cameTo('found', isLookedForFurther(event, after) ? {} : { lookAt: null });
    case 'collect':
      return cameTo('found');
    default:
      return null;
  }
}

function isLookedForFurther(event: LedgerEventOf<'found'>, after: Entry): boolean {
  return event.found.kind === 'failed' || (after.state === 'LINKED' && isFromLog(after, event));
}

/** Of what is collected: the purchase that the log has. */
function purchaseOf(before: Entry, event: LedgerEvent): string | undefined {
  if (event.kind === 'collect') return before.state === 'LINKED' ? before.fromLog : undefined;
  return 'purchaseId' in event ? event.purchaseId : undefined;
}
