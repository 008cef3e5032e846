import { ApiError, retryAfterOf, type Failure } from '../../errors.js';
import type { PurchasedReport, PurchaseOutcome } from '../jobalyzer/purchase-response.js';
import { faultDelay, withJitter } from '../jobalyzer/retry.js';
import type { Entry, LedgerEvent } from './ledger.js';

/** Buying, what follows from what. Pure: no clock, no I/O. */

export type NotAccepted = Extract<PurchaseOutcome, { readonly kind: 'not-accepted' }>;

/** Attempts that were certainly not accepted are repeated for this long; then the claim is given up with the failure. */
const LONGEST_PURCHASE_MS = 15_000;
const MOST_ATTEMPTS = 5;
/** An INTENT older than this is released at startup instead of bought: nobody is likely to be waiting for it. */
const INTENT_LIFE_MS = 10 * 60_000;

const CUT_OFF: Failure = {
  code: 'UPSTREAM_UNAVAILABLE',
  message: 'The server stopped before Jobalyzer answered.',
};

/** What the client's rejection means: it rejects only if nothing was accepted. */
export function outcomeOfError(error: unknown): NotAccepted {
  if (!(error instanceof ApiError)) {
    const failure: Failure = { code: 'UPSTREAM_UNAVAILABLE', message: 'The request for this report was not sent.' };
    return { kind: 'not-accepted', failure, retryAfterMs: null, again: false };
  }
  const mayPass = ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_RATE_LIMITED'].includes(error.code);
  return { kind: 'not-accepted', failure: error.toFailure(), retryAfterMs: retryAfterOf(error), again: mayPass };
}

/** The pause before the next attempt in milliseconds; null to give up. `attempts` and `elapsedMs`: those made so far. */
export function pauseBeforeNextAttempt(
  { again, retryAfterMs }: NotAccepted,
  attempts: number,
  elapsedMs: number,
  random: number = Math.random(),
): number | null {
  if (!again || attempts >= MOST_ATTEMPTS) return null;
  const pauseMs = withJitter(faultDelay(retryAfterMs, attempts - 1), random);
  return elapsedMs + pauseMs <= LONGEST_PURCHASE_MS ? pauseMs : null;
}

/** What an outcome, or a stored response, changes. `rejectedUntil`: when a rejection is forgotten, epoch ms. */
export function purchaseEvent(outcome: PurchasedReport, rejectedUntil: number): LedgerEvent {
  switch (outcome.kind) {
    case 'linked':
      return { kind: 'link', link: outcome.link, warnings: outcome.warnings };
    case 'rejected':
      return { kind: 'reject', failure: outcome.failure, expiresAt: rejectedUntil };
    case 'uncertain':
      return { kind: 'lose', failure: outcome.failure };
  }
}

/** What to do with an entry that an earlier process left. Nothing that may have been sent is sent again. */
type Resumption =
  | { readonly kind: 'collect' | 'read-response' | 'purchase' | 'leave' }
  | { readonly kind: 'apply'; readonly event: LedgerEvent };

/** `now` in epoch ms. */
export function resumptionOf(entry: Entry, now: number): Resumption {
  switch (entry.state) {
    case 'LINKED':
      return { kind: 'collect' };
    case 'UNCERTAIN':
      return { kind: entry.response === null ? 'leave' : 'read-response' };
    case 'SENDING':
      return entry.response === null
        ? { kind: 'apply', event: { kind: 'lose', failure: CUT_OFF } }
        : { kind: 'read-response' };
    case 'INTENT':
      return now - entry.at < INTENT_LIFE_MS
        ? { kind: 'purchase' }
        : { kind: 'apply', event: { kind: 'give-up', failure: CUT_OFF } };
    default:
      return { kind: 'leave' };
  }
}
