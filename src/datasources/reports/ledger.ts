import type { AnswerIssue, Failure } from '../../errors.js';
import type { ReportType } from '../../model/report.js';
import type { AliasState } from './alias-state.js';
import { chargeOf, type Charge } from './charges.js';
import {
  claimOf,
  closedDoubt,
  closedFailure,
  idOf,
  isWithoutLink,
  keptDoubt,
  lostPurchase,
  NOT_ACCEPTED,
  openDoubt,
  responded,
  responsesOf,
  uncertainPurchases,
  unresolvedOf,
  withLateResponse,
  withoutPurchase,
  type Identified,
  type Claimed,
  type SendingState,
  type UnresolvedPurchase,
} from './doubts.js';
import type { LedgerEvent, PurchaseEventOf } from './ledger-events.js';
import { followedOf, linked, linkOf, type FollowedLink, type LinkedState } from './link-state.js';

/**
 * The states of one (report, type) and the allowed transitions. Pure: transitions are decided only here; a backend stores
 * the result. `docs/architecture.md` has the diagram. Storages keep the fields of a state as JSON under names of their own,
 * which must not change: an older release has to read what a newer one wrote. Optional fields are those that older
 * releases did not store.
 */
export type State =
  /** Never requested, expired, or given up before anything was bought; `failure` says why it was given up. */
  | { readonly state: 'ABSENT'; readonly failure: Failure | null }
  | AliasState
  /** Claimed: one process is about to buy it. Nothing was sent, or it was certainly not accepted. */
  | (Claimed & { readonly state: 'INTENT'; readonly doubt: UnresolvedPurchase | null })
  | SendingState
  | LinkedState
  /** Collected; its body is stored separately. Upstream documents a `rating` above 0 as billable. */
  | {
      readonly state: 'COLLECTED';
      readonly rating: number | null;
      readonly warnings: readonly AnswerIssue[];
      /** Number of polls it took. */
      readonly attempt: number;
      readonly expiresAt: number;
      /** The link it was collected from. */
      readonly link?: string;
      readonly charge?: Charge;
      readonly doubt?: UnresolvedPurchase | null;
    }
  /** Upstream refused the request; nothing was bought. Kept for a short while. */
  | { readonly state: 'REJECTED'; readonly failure: Failure; readonly expiresAt: number }
  /**
   * May have been bought, but its link is lost. Left by a resubmission, when a person closes it, or if a response has a link
   * after all.
   */
  | ({ readonly state: 'UNCERTAIN' } & UnresolvedPurchase)
  /** Bought, but upstream did not produce a report. It is polled again when somebody asks for it. Or a doubt that was closed. */
  | {
      readonly state: 'FAILED';
      readonly failure: Failure;
      readonly attempt: number;
      readonly expiresAt: number;
      /** What it is polled again with. Absent: it never had a link. */
      readonly followed?: FollowedLink;
      /** How often it was polled again in vain. */
      readonly timesReopened?: number;
      readonly doubt?: UnresolvedPurchase | null;
    };

export type Entry = State & {
  readonly reportId: string;
  readonly type: ReportType;
  /** Incremented by each transition. A transition is only applied to the version it was made from. */
  readonly version: number;
  /** When it entered this state or was last polled, epoch ms. */
  readonly at: number;
};

export type EntryIn<S extends State['state']> = Extract<Entry, { readonly state: S }>;

export function absent(reportId: string, type: ReportType): EntryIn<'ABSENT'> {
  return { reportId, type, version: 0, at: 0, state: 'ABSENT', failure: null };
}

/** What an expired entry becomes when it is pruned. Its version is new, so that a transition made from the old one fails. */
export function pruned(expired: Pick<Entry, 'reportId' | 'type' | 'version'>, now: number): EntryIn<'ABSENT'> {
  return { ...absent(expired.reportId, expired.type), version: expired.version + 1, at: now };
}

/** The entry of the given type; ABSENT if there is none. */
export function entryOf(entries: readonly Entry[], reportId: string, type: ReportType): Entry {
  return entries.find((entry) => entry.type === type) ?? absent(reportId, type);
}

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

/** Whether the outcome of the latest purchase is unknown, since `until` (epoch ms) or earlier. */
export function isDoubtUntil(entry: Entry, until: number): boolean {
  return entry.state === 'UNCERTAIN' && entry.since <= until;
}

function givenUp(doubt: UnresolvedPurchase | null, failure: Failure, now: number): State {
  return endedBeside(doubt, failure, now) ?? { state: 'ABSENT', failure };
}

function refused(doubt: UnresolvedPurchase | null, { failure, expiresAt }: PurchaseEventOf<'reject'>): State {
  return endedBeside(doubt, failure, expiresAt) ?? { state: 'REJECTED', failure, expiresAt };
}

/**
 * If a resubmission is refused or given up, the first purchase is still unresolved; a third one needs a new request. What was
 * closed is only kept, until the failure expires. Null: there is no other purchase.
 */
function endedBeside(doubt: UnresolvedPurchase | null, failure: Failure, expiresAt: number): State | null {
  const open = openDoubt(doubt);
  if (open) return { state: 'UNCERTAIN', ...open };
  return doubt && { state: 'FAILED', failure, attempt: 0, expiresAt, doubt };
}

/** A response that arrives after the entry was changed, by a restart or by another process. */
function respondedLate(entry: Entry, event: PurchaseEventOf<'response'>, now: number): State | null {
  if (isBeing(entry, event)) return null;
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

/** How far in the future a rejection may lie: clocks are set a little now and then. */
const CLOCK_SLACK_MS = 60_000;

/**
 * Whether the entry's expiry has passed; always false in states without one. `now` in epoch ms; -Infinity, while the time is
 * in doubt: nothing has expired. A rejection of the future is from before the clock was set back, and is over: otherwise it
 * would be remembered for as long as that.
 */
export function hasExpired(entry: Entry, now: number): boolean {
  if (!('expiresAt' in entry)) return false;
  const ofTheFuture = Number.isFinite(now) && now < entry.at - CLOCK_SLACK_MS;
  return now >= entry.expiresAt || (entry.state === 'REJECTED' && ofTheFuture);
}

/** Whether `other` is newer than `seen`: a later state, or the same state after another poll. */
export function isNewer(seen: Entry, other: Entry): boolean {
  if (other.version !== seen.version) return other.version > seen.version;
  return seen.state === 'LINKED' && other.state === 'LINKED' && other.attempt > seen.attempt;
}
