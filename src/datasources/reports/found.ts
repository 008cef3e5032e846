import type { Failure } from '../../errors.js';
import { chargeOf } from './charges.js';
import {
  claimOf,
  keptDoubt,
  openDoubt,
  uncertainPurchases,
  unresolvedOf,
  withoutPurchase,
  type Claimed,
  type Identified,
  type UnresolvedPurchase,
} from './doubts.js';
import type { Entry, State } from './ledger.js';
import type { Found, LedgerEventOf } from './ledger-events.js';
import { linked, linkOf } from './link-state.js';

/** What upstream's usage log does to an entry with a purchase whose outcome is unknown. Pure. */

/**
 * The purchase is in the log. Its report is given to whoever has none yet, whatever the entry has become: closed, given up, or
 * about to be bought again, which nothing is sent for any more. Where another purchase has brought the report, or is being sent,
 * only the doubt ends. Null: nothing changes.
 */
export function foundState(entry: Entry, event: LedgerEventOf<'found'>, now: number): State | null {
  const { purchaseId, found } = event;
  const doubt = unresolvedOf(entry);
  const own = doubtedIn(entry, event);
  const rest = own ? withoutPurchase(doubt, event) : doubt;
  if (found.kind === 'failed') return own ? withoutReport(entry, rest, found) : null;
  if (isFromLog(entry, event)) {
    // The link that was made of its REPORTID brought nothing.
    if (found.kind === 'link' || entry.state === 'COLLECTED') return null;
    const followed = entry.state === 'FAILED' ? entry.followed : entry.state === 'LINKED' ? entry : null;
    return delivered({ purchaseId, rest, found, claimed: claimOf(followed ?? {}) }, now);
  }
  if (entry.state === 'SENDING' || entry.state === 'LINKED' || entry.state === 'COLLECTED')
    return own ? settled(entry, rest) : null;
  return delivered({ purchaseId, rest, found, claimed: own ? claimOf(own) : chargeOf(event) }, now);
}

/** The purchase is not in the log, which has all others of its time. Only what is uncertain becomes free to be bought. */
export function absentState(entry: Entry, event: LedgerEventOf<'absent'>, now: number): State | null {
  const own = doubtedIn(entry, event);
  if (entry.state !== 'UNCERTAIN' || !own || own.closed || own.response !== null) return null;
  const rest = withoutPurchase(unresolvedOf(entry), event);
  return endedBeside(rest, event.failure, now) ?? { state: 'ABSENT', failure: event.failure };
}

/** The purchase among those of the entry whose outcome is unknown. */
export function doubtedIn(entry: Entry, { purchaseId }: Identified) {
  if (purchaseId === undefined) return undefined;
  return uncertainPurchases(unresolvedOf(entry)).find((each) => each.purchaseId === purchaseId);
}

/** Whether the entry has what the log said of this purchase. */
export function isFromLog(entry: Entry, { purchaseId }: Identified): boolean {
  const from = entry.state === 'FAILED' ? entry.followed : 'fromLog' in entry ? entry : null;
  return purchaseId !== undefined && from?.fromLog === purchaseId;
}

/**
 * What an entry is once one of its purchases has ended without a report. If a resubmission is refused or given up, the first
 * purchase is still unresolved; a third one needs a new request. What was closed is only kept, until the failure expires.
 * Null: there is no other purchase.
 */
export function endedBeside(doubt: UnresolvedPurchase | null, failure: Failure, expiresAt: number): State | null {
  const open = openDoubt(doubt);
  if (open) return { state: 'UNCERTAIN', ...open };
  return doubt && { state: 'FAILED', failure, attempt: 0, expiresAt, doubt };
}

interface Delivery {
  readonly purchaseId: string;
  readonly rest: UnresolvedPurchase | null;
  readonly found: Exclude<Found, { readonly kind: 'failed' }>;
  /** Of its claim, as far as that is known. */
  readonly claimed: Claimed;
}

function delivered({ purchaseId, rest, found, claimed }: Delivery, now: number): State {
  if (found.kind === 'link') {
    const link = linkOf({ link: found.link, fromLog: purchaseId, warnings: [] }, claimed);
    return { ...linked(link, now), ...keptDoubt(rest) };
  }
  const { rating, expiresAt, warnings } = found;
  return {
    state: 'COLLECTED',
    rating,
    warnings: [...(claimed.warnings ?? []), ...warnings],
    attempt: 0,
    expiresAt,
    fromLog: purchaseId,
    ...chargeOf(claimed),
    ...keptDoubt(rest),
  };
}

/** Upstream did not make the report. */
function withoutReport(
  entry: Entry,
  rest: UnresolvedPurchase | null,
  { failure, expiresAt }: Extract<Found, { readonly kind: 'failed' }>,
): State | null {
  if (entry.state !== 'UNCERTAIN') return settled(entry, rest);
  return endedBeside(rest, failure, expiresAt) ?? { state: 'FAILED', failure, attempt: 0, expiresAt };
}

/** The entry with another doubt, or none, beside what it is. */
function settled(entry: Entry, doubt: UnresolvedPurchase | null): State | null {
  const { reportId: _id, type: _type, version: _version, at: _at, ...state } = entry;
  switch (state.state) {
    case 'INTENT':
    case 'SENDING':
    case 'LINKED':
    case 'COLLECTED':
    case 'FAILED':
      return { ...state, doubt };
    default:
      return null;
  }
}
