import { ApiError, retryAfterOf, type Failure } from '../../errors.js';
import type { PurchasedReport, PurchaseOutcome } from '../jobalyzer/purchase-response.js';
import { faultDelay, withJitter } from '../jobalyzer/retry.js';
import { TokenError } from '../jobalyzer/token-failures.js';
import { idOf } from './doubts.js';
import type { Entry } from './ledger.js';
import type { LedgerEvent } from './ledger-events.js';
import { PurchasesPaused, type PurchaseResult } from './purchase-breaker.js';

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

/** Part of what was to be bought is not claimed any more; the rest is tried again. */
export class ClaimChanged extends Error {}

/** What the client's rejection means: it rejects only if nothing was accepted. */
export function outcomeOfError(error: unknown): NotAccepted {
  const notAccepted = { kind: 'not-accepted', retryAfterMs: null, withoutToken: false } as const;
  if (error instanceof PurchasesPaused) return { ...notAccepted, failure: error.refusal.toFailure(), again: false };
  if (!(error instanceof ApiError)) {
    const failure: Failure = { code: 'UPSTREAM_UNAVAILABLE', message: 'The request for this report was not sent.' };
    return { ...notAccepted, failure, again: error instanceof ClaimChanged };
  }
  const withoutToken = error instanceof TokenError;
  const mayPass = withoutToken
    ? error.again
    : ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_RATE_LIMITED'].includes(error.code);
  const retryAfterMs = retryAfterOf(error);
  return { ...notAccepted, failure: error.toFailure(), retryAfterMs, again: mayPass, withoutToken };
}

/**
 * The pause before the next attempt in milliseconds; null to give up. `attempts`: how many have been sent so far; waiting for
 * a token is none. `elapsedMs`: since the first.
 */
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

/**
 * What an outcome, or a stored response, changes. `rejectedUntil`: when a rejection is forgotten, epoch ms. `cookies`: those
 * that came with the response.
 */
export function purchaseEvent(
  outcome: PurchasedReport,
  purchaseId: string | undefined,
  rejectedUntil: number,
  cookies: string | null = null,
): LedgerEvent {
  switch (outcome.kind) {
    case 'linked':
      return { kind: 'link', purchaseId, link: outcome.link, warnings: outcome.warnings, cookies };
    case 'rejected':
      return { kind: 'reject', purchaseId, failure: outcome.failure, expiresAt: rejectedUntil };
    case 'uncertain':
      return { kind: 'lose', purchaseId, failure: outcome.failure };
  }
}

/** What an attempt that was not accepted says about buying. `givenUp`: there is no further one. */
export function resultWithoutPurchase({ again, withoutToken, failure }: NotAccepted, givenUp: boolean): PurchaseResult {
  // Neither says anything about upstream.
  if (withoutToken || failure.code === 'BUYING_STOPPED') return 'delayed';
  if (!again) return 'neutral';
  return givenUp ? 'failed' : 'delayed';
}

/** What a purchase that was sent came to, by the entries after it: lost, as soon as one of its reports is. */
export function resultOf(entries: readonly Entry[], purchaseId: string): PurchaseResult {
  if (entries.some((entry) => entry.state === 'UNCERTAIN' && entry.purchaseId === purchaseId)) return 'failed';
  return entries.some(({ state }) => state === 'LINKED' || state === 'COLLECTED') ? 'succeeded' : 'neutral';
}

/** What to do with an entry that an earlier process left. Nothing that may have been sent is sent again. */
type Resumption = { readonly kind: 'purchase' | 'leave' } | { readonly kind: 'apply'; readonly event: LedgerEvent };

/** Of an entry whose stored responses have been read. `now` in epoch ms. */
export function resumptionOf(entry: Entry, now: number): Resumption {
  switch (entry.state) {
    case 'SENDING':
      return { kind: 'apply', event: { kind: 'lose', ...idOf(entry), failure: CUT_OFF } };
    case 'INTENT':
      // Also one of the future: the clock was set back, so nobody knows how old it is.
      return Math.abs(now - entry.at) < INTENT_LIFE_MS
        ? { kind: 'purchase' }
        : { kind: 'apply', event: { kind: 'give-up', failure: CUT_OFF } };
    default:
      return { kind: 'leave' };
  }
}
