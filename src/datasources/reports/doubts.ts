import type { AnswerIssue, Failure } from '../../errors.js';
import { chargeOf, type Charge } from './charges.js';

/** Purchases whose outcome is unknown, as the entry of a report keeps them. Pure. */

/** What a purchase keeps of its claim. */
export interface Claimed {
  readonly charge?: Charge;
  /** What its report's warnings begin with, known before it was sent. Absent: nothing. */
  readonly warnings?: readonly AnswerIssue[];
}

/** A purchase that was sent, may have been accepted, and has no link. */
export interface UncertainPurchase extends Claimed {
  /** The purchase's id; absent if it was sent by a release that gave none. */
  readonly purchaseId?: string;
  readonly failure: Failure;
  /** Its raw 2xx body, in which no link could be found; null if none arrived. */
  readonly response: string | null;
  /** The cookies that came with it, for polls of its link. */
  readonly cookies?: string;
  /** Since when its outcome is unknown, epoch ms. */
  readonly since: number;
  /** A person has decided that nothing is to be expected of it. It is kept in case its response still comes. */
  readonly closed?: true;
}

/** The latest of a report's uncertain purchases, with those that it repeated. */
export interface UnresolvedPurchase extends UncertainPurchase {
  /** Newest first. Absent: none. */
  readonly earlier?: readonly UncertainPurchase[];
}

/** All of them, newest first. */
export function uncertainPurchases(doubt: UnresolvedPurchase | null | undefined): readonly UncertainPurchase[] {
  if (!doubt) return [];
  const { earlier = [], ...latest } = doubt;
  return [latest, ...earlier];
}

/** The opposite of `uncertainPurchases`; null if there are none. */
function doubtOf([latest, ...earlier]: readonly UncertainPurchase[]): UnresolvedPurchase | null {
  if (!latest) return null;
  return earlier.length > 0 ? { ...latest, earlier } : latest;
}

/** The doubt once a person has closed it: all that was known to be uncertain then. */
export function closedDoubt(doubt: UnresolvedPurchase | null): UnresolvedPurchase | null {
  return doubtOf(uncertainPurchases(doubt).map((purchase) => ({ ...purchase, closed: true })));
}

/** What clients are told of it. */
export function closedFailure(note: string): Failure {
  const message = `It is unknown whether this report was bought, and an operator has closed the purchase: ${note}`;
  return { code: 'REPORT_FAILED', message, details: { issues: [] } };
}

/** The doubt with what nobody has closed first, by which it is named; null if all of it is closed. */
export function openDoubt(doubt: UnresolvedPurchase | null): UnresolvedPurchase | null {
  const purchases = uncertainPurchases(doubt);
  const open = purchases.filter(({ closed }) => !closed);
  return open.length > 0 ? doubtOf([...open, ...purchases.filter(({ closed }) => closed)]) : null;
}

export type Identified = { readonly purchaseId?: string | undefined };

export function idOf({ purchaseId }: Identified): { purchaseId?: string } {
  return purchaseId === undefined ? {} : { purchaseId };
}

export function claimOf({ charge, warnings = [] }: Claimed): Claimed {
  return { ...chargeOf({ charge }), ...(warnings.length > 0 && { warnings }) };
}

/**
 * The purchase is in flight, or was when the process died. `response` is the raw 2xx body, null until it arrives; it and its
 * `cookies`, and `purchaseId`: as in `UncertainPurchase`.
 */
export interface SendingState extends Omit<UncertainPurchase, 'failure' | 'since'> {
  readonly state: 'SENDING';
  readonly doubt: UnresolvedPurchase | null;
}

/** The purchase in flight after its response has arrived. */
export function responded(sending: SendingState, response: StoredResponse): SendingState {
  const { doubt } = sending;
  return { state: 'SENDING', ...idOf(response), ...claimOf(sending), ...receivedOf(response), doubt };
}

function receivedOf({ body, cookies }: StoredResponse): Pick<UncertainPurchase, 'response' | 'cookies'> {
  return { response: body, ...cookiesOf({ cookies }) };
}

function cookiesOf({ cookies }: { readonly cookies?: string | null | undefined }): { cookies?: string } {
  return cookies ? { cookies } : {};
}

/** A state, as far as it keeps purchases. */
type Keeper =
  | ({ readonly state: 'UNCERTAIN' } & UnresolvedPurchase)
  | SendingState
  | {
      readonly state: 'ABSENT' | 'ALIAS' | 'INTENT' | 'LINKED' | 'COLLECTED' | 'REJECTED';
      readonly doubt?: UnresolvedPurchase | null;
    }
  | { readonly state: 'FAILED'; readonly followed?: unknown; readonly doubt?: UnresolvedPurchase | null };

/** What a state keeps of it. */
export function keptDoubt(doubt: UnresolvedPurchase | null | undefined): { doubt?: UnresolvedPurchase } {
  return doubt ? { doubt } : {};
}

/** The purchases of this report whose outcome is unknown, apart from one in flight. */
export function unresolvedOf(entry: Keeper): UnresolvedPurchase | null {
  if (entry.state !== 'UNCERTAIN') return entry.doubt ?? null;
  const { failure, response, since, earlier } = entry;
  return {
    ...idOf(entry),
    ...claimOf(entry),
    failure,
    response,
    ...cookiesOf(entry),
    since,
    ...(earlier ? { earlier } : {}),
  };
}

/** A 2xx body that is stored, of the purchase with this id. */
export interface StoredResponse extends Identified {
  readonly body: string;
  readonly cookies?: string | null | undefined;
}

/**
 * The stored responses from which a link may be taken now, newest first. While a purchase is in flight, its own response
 * is waited for. In UNCERTAIN and INTENT there may be one that came late, or that an earlier release could not read; a
 * link in it makes buying again unnecessary. So does one in FAILED that has no link, as after a doubt was closed.
 */
export function responsesOf(entry: Keeper): readonly StoredResponse[] {
  const purchases: readonly Pick<UncertainPurchase, 'purchaseId' | 'response' | 'cookies'>[] =
    entry.state === 'SENDING'
      ? [entry]
      : entry.state === 'UNCERTAIN' || entry.state === 'INTENT' || isWithoutLink(entry)
        ? uncertainPurchases(unresolvedOf(entry))
        : [];
  return purchases.flatMap(({ purchaseId, response, cookies }) =>
    response === null ? [] : { purchaseId, body: response, cookies },
  );
}

/** Whether it has failed without ever having had a link. */
export function isWithoutLink(entry: Keeper): boolean {
  return entry.state === 'FAILED' && !entry.followed;
}

/** The purchase in flight is lost, beside those that it repeated. Its time is later than theirs, whatever the clock says. */
export function lostPurchase(sending: SendingState, failure: Failure, now: number): UnresolvedPurchase {
  const { response, doubt } = sending;
  const since = Math.max(now, doubt ? doubt.since + 1 : 0);
  const earlier = uncertainPurchases(doubt);
  return {
    ...idOf(sending),
    ...claimOf(sending),
    failure,
    response,
    ...cookiesOf(sending),
    since,
    ...(earlier.length > 0 ? { earlier } : {}),
  };
}

/** The doubt without the purchase that has this id. */
export function withoutPurchase(
  doubt: UnresolvedPurchase | null,
  { purchaseId }: Identified,
): UnresolvedPurchase | null {
  return doubtOf(uncertainPurchases(doubt).filter((purchase) => purchase.purchaseId !== purchaseId));
}

/** Of a purchase that was taken for lost. */
export const NOT_ACCEPTED: Failure = {
  code: 'UPSTREAM_UNAVAILABLE',
  message: 'Jobalyzer did not accept the purchase; nothing was bought.',
};

const LATE: Failure = {
  code: 'UPSTREAM_BAD_RESPONSE',
  message: "Jobalyzer's response arrived after the purchase had been given up.",
};

/**
 * The doubt with the late response of a purchase; null if that purchase has one already. A purchase without an id may be
 * the one, declared uncertain by a release that gives none. A purchase that is not among them is added: an entry that does
 * not know it is no reason to lose what was paid for.
 */
export function withLateResponse(
  doubt: UnresolvedPurchase | null,
  late: StoredResponse,
  now: number,
): UnresolvedPurchase | null {
  const purchases = uncertainPurchases(doubt);
  const own = purchases.find(({ purchaseId }) => purchaseId === late.purchaseId);
  if (own && own.response !== null) return null;
  const awaiting = own ?? purchases.find(({ purchaseId, response }) => purchaseId === undefined && response === null);
  if (!awaiting) return doubtOf([...purchases, { ...idOf(late), failure: LATE, ...receivedOf(late), since: now }]);
  return doubtOf(purchases.map((each) => (each === awaiting ? { ...each, ...idOf(late), ...receivedOf(late) } : each)));
}
