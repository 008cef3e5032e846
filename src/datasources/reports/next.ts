import { chargeOf } from './charges.js';
import {
  claimOf,
  closedDoubt,
  closedFailure,
  idOf,
  isWithoutLink,
  keptDoubt,
  lostPurchase,
  NOT_ACCEPTED,
  responded,
  responsesOf,
  uncertainPurchases,
  unresolvedOf,
  withLateResponse,
  withoutPurchase,
  type Identified,
  type UnresolvedPurchase,
} from './doubts.js';
import type { Failure } from '../../errors.js';
import { absentState, endedBeside, foundState, isFromLog } from './found.js';
import { hasExpired, isDoubtUntil, type Entry, type EntryIn, type State } from './ledger.js';
import type { LedgerEvent, PurchaseEventOf } from './ledger-events.js';
import { followedOf, linked, linkOf, type LinkedState } from './link-state.js';

/** The transitions of one (report, type): decided only here, and pure. `docs/architecture.md` has the diagram. */

/** The entry after the event, or null if the event is not allowed in this state. `now` in epoch ms. */
export function next(entry: Entry, event: LedgerEvent, now: number): Entry | null {
  const state = nextState(entry, event, now);
  return state && { reportId: entry.reportId, type: entry.type, version: entry.version + 1, at: now, ...state };
}

function nextState(entry: Entry, event: LedgerEvent, now: number): State | null {
  switch (event.kind) {
    case 'stand-for':
      return isClaimable(entry, null, now) && !unresolvedOf(entry)
        ? { state: 'ALIAS', standsFor: event.standsFor }
        : null;
    case 'stand-alone':
      return entry.state === 'ALIAS' ? { state: 'ABSENT', failure: null } : null;
    case 'claim':
      return isClaimable(entry, event.doubtsUntil, now)
        ? { state: 'INTENT', ...claimOf(event), doubt: unresolvedOf(entry) }
        : null;
    case 'send':
      return entry.state === 'INTENT'
        ? { state: 'SENDING', ...idOf(event), ...claimOf(entry), response: null, doubt: entry.doubt }
        : null;
    case 'give-up':
      return entry.state === 'INTENT' ? givenUp(entry.doubt, event.failure, now) : null;
    case 'not-accepted':
      if (awaitsResponse(entry, event)) return { state: 'INTENT', ...claimOf(entry), doubt: entry.doubt };
      return notAcceptedLate(entry, event, now);
    case 'response':
      return awaitsResponse(entry, event) ? responded(entry, event) : respondedLate(entry, event, now);
    case 'link':
      return hasResponse(entry, event) ? linkedBy(entry, event, now) : null;
    case 'reject':
      if (!isBeing(entry, event)) return rejectedLate(entry, event);
      return refused(entry.doubt, event);
    case 'lose':
      return isBeing(entry, event) ? { state: 'UNCERTAIN', ...lostPurchase(entry, event.failure, now) } : null;
    case 'collect':
      return entry.state === 'LINKED'
        ? {
            state: 'COLLECTED',
            rating: event.rating,
            warnings: [...entry.warnings, ...(event.warnings ?? [])],
            attempt: entry.attempt + 1,
            expiresAt: event.expiresAt,
            link: entry.link,
            ...(entry.fromLog !== undefined && { fromLog: entry.fromLog }),
            ...chargeOf(entry),
            ...keptDoubt(entry.doubt),
          }
        : null;
    case 'set-aside':
      return entry.state === 'LINKED' ? { ...event.polled, unusable: { digest: event.digest, at: now } } : null;
    case 'end':
      return entry.state === 'LINKED'
        ? {
            state: 'FAILED',
            failure: event.failure,
            attempt: entry.attempt + 1,
            // Asking again does not put off the day on which it may be bought anew.
            expiresAt: entry.reopened?.expiresAt ?? event.expiresAt,
            followed: followedOf(entry),
            timesReopened: entry.reopened?.times ?? 0,
            ...keptDoubt(entry.doubt),
          }
        : null;
    case 'reopen':
      return entry.state === 'FAILED' && entry.followed
        ? {
            ...linked(entry.followed, now),
            ...keptDoubt(entry.doubt),
            attempt: entry.attempt,
            failure: entry.failure,
            reopened: { expiresAt: entry.expiresAt, times: (entry.timesReopened ?? 0) + 1 },
          }
        : null;
    case 'found':
      return foundState(entry, event, now);
    case 'absent':
      return absentState(entry, event, now);
    case 'close':
      return isDoubtUntil(entry, event.doubtsUntil)
        ? {
            state: 'FAILED',
            failure: closedFailure(event.note),
            attempt: 0,
            expiresAt: event.expiresAt,
            ...keptDoubt(closedDoubt(unresolvedOf(entry))),
          }
        : null;
  }
}

/** A report can be claimed if it is absent, expired, or uncertain and explicitly resubmitted. */
function isClaimable(entry: Entry, doubtsUntil: number | null, now: number): boolean {
  return (
    entry.state === 'ABSENT' || hasExpired(entry, now) || (doubtsUntil !== null && isDoubtUntil(entry, doubtsUntil))
  );
}

function givenUp(doubt: UnresolvedPurchase | null, failure: Failure, now: number): State {
  return endedBeside(doubt, failure, now) ?? { state: 'ABSENT', failure };
}

function refused(doubt: UnresolvedPurchase | null, { failure, expiresAt }: PurchaseEventOf<'reject'>): State {
  return endedBeside(doubt, failure, expiresAt) ?? { state: 'REJECTED', failure, expiresAt };
}

/** A response that arrives after the entry was changed, by a restart or by another process. */
function respondedLate(entry: Entry, event: PurchaseEventOf<'response'>, now: number): State | null {
  if (isBeing(entry, event) || isFromLog(entry, event)) return null;
  const doubt = withLateResponse(unresolvedOf(entry), event, now);
  if (!doubt) return null;
  return withDoubt(entry, doubt);
}

/** The state with this doubt, which it has beside a report, a link or a purchase in progress, or is. */
function withDoubt(entry: Entry, doubt: UnresolvedPurchase): State {
  const { reportId: _id, type: _type, version: _version, at: _at, ...state } = entry;
  switch (state.state) {
    case 'ABSENT':
    case 'ALIAS':
    case 'REJECTED':
    case 'UNCERTAIN':
      return { state: 'UNCERTAIN', ...doubt };
    default:
      return { ...state, doubt };
  }
}

/** A refusal that names an answer is upstream's own, and as certain when it is late. Any other may be a proxy's. */
function rejectedLate(entry: Entry, event: PurchaseEventOf<'reject'>): State | null {
  const { purchaseId, failure } = event;
  const doubt = unresolvedOf(entry);
  const own = uncertainPurchases(doubt).find((each) => each.purchaseId === purchaseId && each.response === null);
  if (entry.state !== 'UNCERTAIN' && !isWithoutLink(entry)) return null;
  if (purchaseId === undefined || !own || failure.code !== 'UNCONFIRMED_ANSWER') return null;
  const rest = withoutPurchase(doubt, { purchaseId });
  return rest && entry.state === 'FAILED' ? withDoubt(entry, rest) : refused(rest, event);
}

/** Another process took the purchase for lost, whose own process knows that it was not accepted, or not even sent. */
function notAcceptedLate(entry: Entry, { purchaseId }: Identified, now: number): State | null {
  const doubt = unresolvedOf(entry);
  const own = uncertainPurchases(doubt).find((each) => each.purchaseId === purchaseId && each.response === null);
  if (entry.state !== 'UNCERTAIN' || purchaseId === undefined || !own) return null;
  const rest = withoutPurchase(doubt, { purchaseId });
  return givenUp(rest, NOT_ACCEPTED, now);
}

/** Whether the entry is SENDING this very purchase. */
function isBeing(entry: Entry, { purchaseId }: Identified): entry is EntryIn<'SENDING'> {
  return entry.state === 'SENDING' && entry.purchaseId === purchaseId;
}

/** Once a 2xx body is stored, "not accepted" is impossible, and a second body would overwrite the first. */
function awaitsResponse(entry: Entry, event: Identified): entry is EntryIn<'SENDING'> {
  return isBeing(entry, event) && entry.response === null;
}

/** A link is only ever read from a stored body. */
function hasResponse(entry: Entry, { purchaseId }: Identified): boolean {
  return responsesOf(entry).some((stored) => stored.purchaseId === purchaseId);
}

function linkedBy(entry: Entry, event: PurchaseEventOf<'link'>, now: number): LinkedState {
  if (entry.state === 'SENDING') return { ...linked(linkOf(event, entry), now), ...keptDoubt(entry.doubt) };
  const doubt = unresolvedOf(entry);
  const found = uncertainPurchases(doubt).find(({ purchaseId }) => purchaseId === event.purchaseId);
  return { ...linked(linkOf(event, found), now), ...keptDoubt(withoutPurchase(doubt, event)) };
}
