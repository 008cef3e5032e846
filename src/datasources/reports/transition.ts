import type { Charge, LimitedCharge } from './charges.js';
import { uncertainPurchases, unresolvedOf, type Identified, type UncertainPurchase } from './doubts.js';
import type { Entry, State } from './ledger.js';
import type { FollowedLink } from './link-state.js';
import { next } from './next.js';
import { doubtedIn, isFromLog } from './found.js';
import type { LedgerEvent, LedgerEventOf } from './ledger-events.js';
import { purchaseChangeOf } from './purchase-changes.js';
import type { PurchaseChange } from './sent-purchases.js';

/** A change of one entry: applied only if `before` is still the current version, with everything in it or not at all. */
export interface Transition {
  readonly before: Entry;
  readonly after: Entry;
  /** What it adds to `usage`. */
  readonly journal: readonly JournalKind[];
  /** The client whose purchase the journal is told about. Null: not known, or nothing is told. */
  readonly client: string | null;
  /** What a claim takes from a budget. Null: it is no claim. */
  readonly charge: LimitedCharge | null;
  /** What a person decided about a doubt. Null: nothing. */
  readonly settlement: Settlement | null;
  /** What is given back: the purchase was not made. Null: nothing is. */
  readonly refund: Charge | null;
  /** What is kept of its purchase for longer than the entry is. Null: nothing changes. */
  readonly purchase: PurchaseChange | null;
  /** The raw report, or a raw response without a usable one, which is stored separately. Null: nothing to store. */
  readonly body: string | null;
}

/** The transition for a backend to store; null if the event is not allowed in this state. `now` in epoch ms. */
export function transition(before: Entry, event: LedgerEvent, now: number): Transition | null {
  const after = next(before, event, now);
  return (
    after && {
      before,
      after,
      journal: journal(before, event, after),
      client: buyerOf(before, event)?.client ?? null,
      charge: event.kind === 'claim' ? event.charge : null,
      settlement: settlementOf(before, event),
      refund: refundOf(before, event) ?? null,
      purchase: purchaseChangeOf(before, event, after),
      body: bodyOf(before, event, after),
    }
  );
}

function bodyOf(before: Entry, event: LedgerEvent, after: Entry): string | null {
  if (event.kind === 'collect' || event.kind === 'set-aside') return event.body;
  // Where only a doubt ends, the report that is there stays.
  const isDelivered = before.state !== 'COLLECTED' && after.state === 'COLLECTED';
  return event.kind === 'found' && event.found.kind === 'report' && isDelivered ? event.found.body : null;
}

/** The decision of a person, of which the journal keeps who made it. */
export interface Settlement {
  readonly kind: 'BOUGHT_AGAIN' | 'CLOSED';
  readonly client: string;
  /** Null: none was asked for. */
  readonly note: string | null;
}

function settlementOf(before: Entry, event: LedgerEvent): Settlement | null {
  if (event.kind === 'close') return { kind: 'CLOSED', client: event.client, note: event.note };
  return event.kind === 'claim' && before.state === 'UNCERTAIN'
    ? { kind: 'BOUGHT_AGAIN', client: event.charge.client, note: null }
    : null;
}

/** The same for several entries. Throws if the event is not allowed in one of them. */
export function transitionAll(entries: readonly Entry[], event: LedgerEvent, now: number): Transition[] {
  return entries.map((entry) => {
    const step = transition(entry, event, now);
    if (!step) throw new Error(`Event "${event.kind}" is not allowed in state ${entry.state}.`);
    return step;
  });
}

/** Whether a POST follows once this is stored. */
export function leadsToPurchase({ before, after, charge }: Transition): boolean {
  return charge !== null || (before.state === 'INTENT' && after.state === 'SENDING');
}

/**
 * What `usage` counts: appended and never undone. RECOVERED takes back the FAILED right before it, or the UNCERTAIN that an earlier
 * release left there, and a COLLECTED after it is a recovery. RESOLVED takes back the first UNCERTAIN of its report that still
 * counts, wherever it is.
 */
export type JournalKind = 'SUBMITTED' | 'COLLECTED' | 'BILLABLE' | 'FAILED' | 'UNCERTAIN' | 'RECOVERED' | 'RESOLVED';

/** What a transition adds to `usage`. Attempts that were certainly not accepted are not counted, unless they were before. */
export function journal(before: Entry, event: LedgerEvent, after: Entry): readonly JournalKind[] {
  switch (event.kind) {
    case 'link':
      // Any other state that a link is found in was counted as uncertain.
      return before.state === 'SENDING' ? ['SUBMITTED'] : RESUMED;
    case 'reopen':
      return ['RECOVERED'];
    case 'reject':
      return before.state === 'SENDING' ? ['SUBMITTED', 'FAILED'] : [...RESUMED, 'FAILED'];
    case 'not-accepted':
      return before.state === 'SENDING' ? [] : [...RESUMED, 'FAILED'];
    case 'lose':
      return ['SUBMITTED', 'UNCERTAIN'];
    case 'response':
      if (countOf(after) <= countOf(before)) return [];
      // The late response of a purchase that the entry did not know.
      return [event.isCounted === true ? 'RECOVERED' : 'SUBMITTED', 'UNCERTAIN'];
    case 'collect':
      return collected(event.rating);
    case 'absent':
      return [...RESUMED, 'FAILED'];
    case 'found':
      return journalOfFound(before, event, after);
    case 'end':
      return ['FAILED'];
    default:
      return [];
  }
}

/** Of a purchase that was uncertain: it is in progress again. */
const RESUMED = ['RESOLVED', 'RECOVERED'] as const;

function collected(rating: number | null): readonly JournalKind[] {
  return rating !== null && rating > 0 ? ['COLLECTED', 'BILLABLE'] : ['COLLECTED'];
}

function journalOfFound(before: Entry, event: LedgerEventOf<'found'>, after: Entry): readonly JournalKind[] {
  const { found } = event;
  const isDoubted = doubtedIn(before, event) !== undefined;
  const resumed = isDoubted ? RESUMED : (['RECOVERED'] as const);
  switch (before.state) {
    case 'LINKED':
      if (!isDoubted) return after.state === 'COLLECTED' && found.kind === 'report' ? collected(found.rating) : [];
      return ['RESOLVED'];
    case 'SENDING':
    case 'COLLECTED':
      // Another purchase has brought the report, or is being sent.
      return isDoubted ? ['RESOLVED'] : [];
    default:
      if (found.kind === 'failed') return [...resumed, 'FAILED'];
      return found.kind === 'report' ? [...resumed, ...collected(found.rating)] : resumed;
  }
}

function countOf(entry: Entry): number {
  return uncertainPurchases(unresolvedOf(entry)).length;
}

/**
 * Given up before it was sent, refused by upstream, or made unnecessary by the link of the purchase that it was to repeat.
 * Whatever may have been bought stays charged, and so does an attempt that was not accepted, for the next one.
 */
function refundOf(before: Entry, event: LedgerEvent): Charge | undefined {
  switch (event.kind) {
    case 'give-up':
    case 'link':
      return before.state === 'INTENT' ? before.charge : undefined;
    case 'found':
      return before.state === 'INTENT' && event.found.kind !== 'failed' ? before.charge : undefined;
    case 'reject':
    case 'absent':
      return purchaseOf(before, event)?.charge;
    case 'not-accepted':
      return before.state === 'SENDING' ? undefined : purchaseOf(before, event)?.charge;
    default:
      return undefined;
  }
}

function buyerOf(before: Entry, event: LedgerEvent): Charge | undefined {
  switch (event.kind) {
    case 'link':
    case 'reject':
    case 'not-accepted':
    case 'lose':
      return purchaseOf(before, event)?.charge;
    case 'found':
    case 'absent':
      return (
        doubtedIn(before, event)?.charge ?? (isFromLog(before, event) ? followedOf(before)?.charge : chargeIn(event))
      );
    case 'collect':
    case 'end':
    case 'reopen':
      return followedOf(before)?.charge;
    default:
      return undefined;
  }
}

function chargeIn(event: LedgerEventOf<'found' | 'absent'>): Charge | undefined {
  return event.kind === 'found' ? event.charge : undefined;
}

/** The link by which it is polled, or was. */
function followedOf(entry: Entry): FollowedLink | undefined {
  if (entry.state === 'FAILED') return entry.followed;
  return entry.state === 'LINKED' ? entry : undefined;
}

/** What the purchases that a state keeps are charged to. */
export function chargesOf(state: State): readonly Charge[] {
  const own =
    state.state === 'FAILED' ? state.followed : 'charge' in state && state.state !== 'UNCERTAIN' ? state : null;
  return [own, ...uncertainPurchases(unresolvedOf(state))].flatMap((each) => each?.charge ?? []);
}

/** The purchase that an event is about: the one in flight, or one in doubt. */
function purchaseOf(entry: Entry, { purchaseId }: Identified): Pick<UncertainPurchase, 'charge'> | undefined {
  if (entry.state === 'SENDING') return entry;
  return uncertainPurchases(unresolvedOf(entry)).find((each) => each.purchaseId === purchaseId);
}
