import { ApiError } from '../../errors.js';
import { abortable } from '../../lib/abortable.js';
import type { Exchange } from './connection-pool.js';
import { refusal } from './operation.js';
import { Reader } from './fields.js';

/** The docs say 10 minutes, `expires_in` says 3600; trust the shorter. */
const LONGEST_LIFE_MS = 600_000;
/** After this share of its lifetime a token is refreshed in the background while it is still used. */
const REFRESH_AT = 0.8;
/** Wrong credentials do not fix themselves, so the failure is cached instead of retried by every request. */
const INVALID_CLIENT_MEMORY_MS = 30_000;
/** After this many tokens in a row were rejected, the next one is requested only after a pause, at first of a second. */
const REJECTIONS_BEFORE_PAUSE = 4;
const SHORTEST_PAUSE_MS = 1_000;
/** The pause doubles each time, up to this. */
const LONGEST_PAUSE_MS = 30_000;
const EARLY_REFRESH_PAUSE_MS = 2_000;

export interface AccessToken {
  readonly value: string;
  /** Incremented with each token obtained. */
  readonly generation: number;
}

export interface TokenSource {
  /** A token that should be valid. Throws an ApiError with one of the UPSTREAM_… codes, or the signal's reason. */
  get(signal: AbortSignal): Promise<AccessToken>;
  /** Upstream answered 401 to this token: the next `get` returns a newer one. One refresh per generation. */
  markRejected(token: AccessToken): void;
  /** Upstream accepted this token. */
  markAccepted(token: AccessToken): void;
}

interface HeldToken extends AccessToken {
  readonly refreshAt: number;
  readonly expiresAt: number;
}

/**
 * One token for the process, obtained when first needed and shared by all callers. `request` performs the
 * client-credentials request and has its own timeout; `now` is a monotonic clock in milliseconds.
 */
export function createTokenSource(
  request: () => Promise<Exchange>,
  now: () => number = () => performance.now(),
): TokenSource {
  let held: HeldToken | null = null;
  let generation = 0;
  let inFlight: Promise<HeldToken> | null = null;
  /** Until when no token is requested, and the error thrown until then. */
  let denied: { error: ApiError; until: number } | null = null;
  let lastAccepted = 0;
  let consecutiveRejections = 0;
  let noEarlyRefreshBefore = 0;

  async function obtain(): Promise<HeldToken> {
    if (denied && now() < denied.until) throw denied.error;
    const startedAt = now();
    const answer = await request();
    try {
      const { value, lifeMs } = readToken(answer);
      generation += 1;
      held = { value, generation, refreshAt: startedAt + lifeMs * REFRESH_AT, expiresAt: startedAt + lifeMs };
      denied = null;
      return held;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'UPSTREAM_UNAUTHORIZED') {
        denied = { error, until: now() + INVALID_CLIENT_MEMORY_MS };
      }
      throw error;
    }
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
      if (consecutiveRejections < REJECTIONS_BEFORE_PAUSE) return;
      const pauseMs = Math.min(
        SHORTEST_PAUSE_MS * 2 ** (consecutiveRejections - REJECTIONS_BEFORE_PAUSE),
        LONGEST_PAUSE_MS,
      );
      denied = { error: tokensRejected(pauseMs), until: now() + pauseMs };
    },
    markAccepted(token) {
      lastAccepted = Math.max(lastAccepted, token.generation);
    },
  };
}

function tokensRejected(retryAfterMs: number): ApiError {
  const message = 'Jobalyzer rejected several access tokens in a row that it had just issued.';
  return new ApiError('UPSTREAM_UNAUTHORIZED', message, { retryAfterMs });
}

function readToken(answer: Exchange): { value: string; lifeMs: number } {
  if (answer.kind === 'failed') {
    throw answer.timedOut
      ? new ApiError(
          'UPSTREAM_TIMEOUT',
          'Jobalyzer did not issue an access token in time.',
          {},
          { cause: answer.cause },
        )
      : new ApiError(
          'UPSTREAM_UNAVAILABLE',
          'Jobalyzer cannot be reached to get an access token.',
          {},
          { cause: answer.cause },
        );
  }
  const body = Reader.parse(answer.text);
  if (answer.status === 401 || answer.status === 403 || (answer.status === 400 && body !== null)) {
    throw new ApiError('UPSTREAM_UNAUTHORIZED', "Jobalyzer rejected this server's credentials.");
  }
  if (answer.status === 429 || answer.status >= 500) {
    const { failure } = refusal(answer, Date.now());
    throw new ApiError(
      failure.code,
      `Could not get an access token from Jobalyzer: ${failure.message}`,
      failure.details,
    );
  }
  const value = answer.status === 200 ? body?.text('access_token') : null;
  // Other characters are not valid in a header and could inject one.
  if (!body || !value || !/^[\x21-\x7e]+$/.test(value)) {
    throw new ApiError(
      'UPSTREAM_BAD_RESPONSE',
      'Jobalyzer answered the request for an access token without a usable one.',
    );
  }
  return { value, lifeMs: lifeMsOf(body) };
}

/** Lenient on purpose: an invalid expires_in must not make a valid token unusable. */
function lifeMsOf(body: Reader): number {
  try {
    const saidMs = (body.number('expires_in') ?? 0) * 1000;
    return saidMs > 0 ? Math.min(saidMs, LONGEST_LIFE_MS) : LONGEST_LIFE_MS;
  } catch {
    return LONGEST_LIFE_MS;
  }
}
