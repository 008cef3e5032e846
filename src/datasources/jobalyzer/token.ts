import { ApiError } from '../../errors.js';
import { unlessAborted } from '../../lib/unless-aborted.js';
import type { Exchange } from './exchange.js';
import { refusal } from './operation.js';
import { Reader } from './reader.js';

/** Upstream says 3600 s and means 600: the documents give ten minutes while `expires_in` claims an hour. */
const LONGEST_LIFE_MS = 600_000;
/** From this share of its life on, a token is refreshed in the background while it still serves. */
const REFRESH_AT = 0.8;
/** Wrong credentials do not mend themselves: the verdict is remembered, not asked for by every request. */
const INVALID_CLIENT_MEMORY_MS = 30_000;
/** After this many tokens in a row that nothing accepted, the next is not obtained at once: first a second later … */
const USELESS_BEFORE_PAUSE = 4;
const SHORTEST_PAUSE_MS = 1_000;
/** … then after twice as long each time, up to this. */
const LONGEST_PAUSE_MS = 30_000;
const EARLY_REFRESH_PAUSE_MS = 2_000;

export interface AccessToken {
  readonly value: string;
  /** Counts up with each token obtained. */
  readonly generation: number;
}

export interface TokenSource {
  /** A token that should be good. Throws UPSTREAM_UNAUTHORIZED, UPSTREAM_TIMEOUT or UPSTREAM_UNAVAILABLE. */
  get(signal: AbortSignal): Promise<AccessToken>;
  /** Upstream answered 401 to this token: the next `get` brings a newer one. Many of one generation cost one refresh. */
  refuse(token: AccessToken): void;
  /** Upstream took this token. */
  accept(token: AccessToken): void;
}

interface HeldToken extends AccessToken {
  readonly refreshAt: number;
  readonly expiresAt: number;
}

/**
 * One token for the process, obtained when first needed and shared by all. `request` performs the client-credentials
 * request, bounded in time by itself; `now` is a monotonic clock in milliseconds.
 */
export function createTokenSource(
  request: () => Promise<Exchange>,
  now: () => number = () => performance.now(),
): TokenSource {
  let held: HeldToken | null = null;
  let generation = 0;
  let inFlight: Promise<HeldToken> | null = null;
  /** Why no token is asked for before a moment, and when that is. */
  let denied: { error: ApiError; until: number } | null = null;
  let lastAccepted = 0;
  let useless = 0;
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
      if (!held || time >= held.expiresAt) return unlessAborted(refresh(), signal);
      if (time >= held.refreshAt && time >= noEarlyRefreshBefore) {
        noEarlyRefreshBefore = time + EARLY_REFRESH_PAUSE_MS;
        // A failed early refresh keeps the old token; it is tried again after a pause.
        refresh().catch(() => undefined);
      }
      return Promise.resolve(held);
    },
    refuse(token) {
      if (held?.generation !== token.generation) return;
      held = null;
      useless = token.generation === lastAccepted ? 0 : useless + 1;
      if (useless < USELESS_BEFORE_PAUSE) return;
      const pauseMs = Math.min(SHORTEST_PAUSE_MS * 2 ** (useless - USELESS_BEFORE_PAUSE), LONGEST_PAUSE_MS);
      denied = { error: refusesItsOwnTokens(pauseMs), until: now() + pauseMs };
    },
    accept(token) {
      lastAccepted = Math.max(lastAccepted, token.generation);
    },
  };
}

function refusesItsOwnTokens(retryAfterMs: number): ApiError {
  return new ApiError('UPSTREAM_UNAUTHORIZED', 'Jobalyzer refuses every access token it gives this server.', {
    retryAfterMs,
  });
}

function readToken(answer: Exchange): { value: string; lifeMs: number } {
  if (answer.kind === 'failed') {
    throw answer.timedOut
      ? new ApiError('UPSTREAM_TIMEOUT', 'Jobalyzer gave no access token in time.', {}, { cause: answer.cause })
      : new ApiError(
          'UPSTREAM_UNAVAILABLE',
          'Jobalyzer cannot be reached for an access token.',
          {},
          { cause: answer.cause },
        );
  }
  const body = Reader.parse(answer.text);
  if (answer.status === 401 || answer.status === 403 || (answer.status === 400 && body !== null)) {
    throw new ApiError('UPSTREAM_UNAUTHORIZED', "Jobalyzer does not accept this server's credentials.");
  }
  if (answer.status === 429 || answer.status >= 500) {
    const { failure } = refusal(answer, Date.now());
    throw new ApiError(failure.code, `There is no access token just now: ${failure.message}`, failure.details);
  }
  const value = answer.status === 200 ? body?.text('access_token') : null;
  // A token with other characters could not stand in a header, and would be an injection if it did.
  if (!body || !value || !/^[\x21-\x7e]+$/.test(value)) {
    throw new ApiError('UPSTREAM_BAD_RESPONSE', 'Jobalyzer answered the request for an access token without one.');
  }
  return { value, lifeMs: lifeMsOf(body) };
}

/** A good token is not refused over a bad number beside it. */
function lifeMsOf(body: Reader): number {
  try {
    const saidMs = (body.number('expires_in') ?? 0) * 1000;
    return saidMs > 0 ? Math.min(saidMs, LONGEST_LIFE_MS) : LONGEST_LIFE_MS;
  } catch {
    return LONGEST_LIFE_MS;
  }
}
