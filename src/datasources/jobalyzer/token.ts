import { abortable } from '../../lib/abortable.js';
import type { HttpOutcome } from './http.js';
import { createTokenFailures, TokenError } from './token-failures.js';
import { readToken, type TokenFault } from './token-response.js';

/** After this share of its lifetime a token is refreshed in the background while it is still used. */
const REFRESH_AT = 0.8;
/** After this many tokens in a row were rejected, the next one is requested only after a pause, at first of a second. */
const REJECTIONS_BEFORE_PAUSE = 4;
const SHORTEST_PAUSE_MS = 1_000;
/** So many rejections in a row are believed: nobody waits for the next token any more. */
const REJECTIONS_BELIEVED = 7;
/** The pause doubles each time, up to this. */
const LONGEST_PAUSE_MS = 30_000;
const EARLY_REFRESH_PAUSE_MS = 2_000;

export interface AccessToken {
  readonly value: string;
  /** Incremented with each token obtained. */
  readonly generation: number;
}

export interface TokenSource {
  /** A token that should be valid. Throws a TokenError, another ApiError with an UPSTREAM_… code, or the signal's reason. */
  get(signal: AbortSignal): Promise<AccessToken>;
  /** Upstream answered 401 to this token: the next `get` returns a newer one. One refresh per generation. */
  markRejected(token: AccessToken): void;
  /**
   * A newer token than this one, which is kept until then, for a host of upstream that does not accept it though its API may.
   * Throws like `get`.
   */
  renew(token: AccessToken, signal: AbortSignal): Promise<AccessToken>;
  /** Upstream accepted this token. */
  markAccepted(token: AccessToken): void;
  /** What has failed so far says nothing about the next request, which is made when a token is needed. */
  forgetFailures(): void;
  /** What is known of the credentials. */
  condition(): TokenCondition;
}

export interface TokenCondition {
  /** 'pending': no request for a token was answered yet. 'rejected': tokens are issued, but the API accepts none. */
  readonly state: 'pending' | 'granted' | 'rejected' | TokenFault;
  /** For how long the credentials have been refused, in milliseconds; null if they are not. */
  readonly refusedForMs: number | null;
  /** Whether they ever were accepted. */
  readonly everGranted: boolean;
}

interface HeldToken extends AccessToken {
  readonly refreshAt: number;
  readonly expiresAt: number;
}

export interface TokenSourceOptions {
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
  /** Called with what came of each request for a token. */
  readonly onRefresh?: (outcome: 'obtained' | 'failed') => void;
}

/**
 * One token for the process, obtained when first needed and shared by all callers. `request` performs the
 * client-credentials request and has its own timeout.
 */
export function createTokenSource(
  request: () => Promise<HttpOutcome>,
  { now = () => performance.now(), onRefresh = () => undefined }: TokenSourceOptions = {},
): TokenSource {
  let held: HeldToken | null = null;
  let generation = 0;
  let inFlight: Promise<HeldToken> | null = null;
  const failures = createTokenFailures(now);
  /** Issued tokens are useless: until when none is requested. */
  let pausedUntil = 0;
  let lastAccepted = 0;
  let consecutiveRejections = 0;
  let noEarlyRefreshBefore = 0;
  let refusedSince: number | null = null;

  async function obtain(): Promise<HeldToken> {
    if (now() < pausedUntil) {
      throw tokensRejected(consecutiveRejections < REJECTIONS_BELIEVED, Math.ceil(pausedUntil - now()));
    }
    failures.throwIfRemembered();
    const startedAt = now();
    const response = readToken(await request(), Date.now());
    onRefresh(response.kind === 'failed' ? 'failed' : 'obtained');
    if (response.kind === 'failed') {
      if (response.fault === 'refused') refusedSince ??= now();
      throw failures.remember(response);
    }
    failures.forget();
    refusedSince = null;
    const { value, lifeMs } = response;
    generation += 1;
    held = { value, generation, refreshAt: startedAt + lifeMs * REFRESH_AT, expiresAt: startedAt + lifeMs };
    return held;
  }

  function refresh(): Promise<HeldToken> {
    inFlight ??= obtain().finally(() => (inFlight = null));
    return inFlight;
  }

  return {
    get(signal) {
      const time = now();
      if (!held || time >= held.expiresAt) return abortable(refresh(), signal);
      if (time >= held.refreshAt && time >= noEarlyRefreshBefore) {
        noEarlyRefreshBefore = time + EARLY_REFRESH_PAUSE_MS;
        // If an early refresh fails, the old token is kept and the refresh is retried after a pause.
        refresh().catch(() => undefined);
      }
      return Promise.resolve(held);
    },
    markRejected(token) {
      if (held?.generation !== token.generation) return;
      held = null;
      consecutiveRejections = token.generation === lastAccepted ? 0 : consecutiveRejections + 1;
      pausedUntil = now() + pauseAfter(consecutiveRejections);
    },
    renew(token, signal) {
      return held && held.generation > token.generation ? Promise.resolve(held) : abortable(refresh(), signal);
    },
    markAccepted(token) {
      lastAccepted = Math.max(lastAccepted, token.generation);
    },
    forgetFailures() {
      failures.forget();
      pausedUntil = 0;
      consecutiveRejections = 0;
    },
    condition() {
      const rejected = consecutiveRejections >= REJECTIONS_BEFORE_PAUSE && lastAccepted < generation;
      const issued = rejected ? 'rejected' : generation > 0 ? 'granted' : 'pending';
      const usable = held !== null && now() < held.expiresAt && refusedSince === null;
      return {
        state: usable ? 'granted' : (failures.latest()?.fault ?? issued),
        refusedForMs: refusedSince === null ? null : now() - refusedSince,
        everGranted: generation > 0,
      };
    },
  };
}

/** The pause before the next token is requested, in milliseconds, after so many rejections in a row. */
function pauseAfter(rejections: number): number {
  if (rejections < REJECTIONS_BEFORE_PAUSE) return 0;
  return Math.min(SHORTEST_PAUSE_MS * 2 ** (rejections - REJECTIONS_BEFORE_PAUSE), LONGEST_PAUSE_MS);
}

function tokensRejected(again: boolean, retryAfterMs: number): TokenError {
  const message = 'Jobalyzer rejected several access tokens in a row that it had just issued.';
  return new TokenError({ failure: { code: 'UPSTREAM_UNAUTHORIZED', message } }, again, retryAfterMs);
}
