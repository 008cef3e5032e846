import { ApiError } from '../../errors.js';
import { backoff } from './retry.js';
import type { TokenFailure, TokenFault } from './token-response.js';

/** Nobody can buy without a token, so a Retry-After of days is not taken at its word. In milliseconds. */
const LONGEST_MEMORY_MS = 10 * 60_000;
const REFUSED_MS = 1_000;
const LONGEST_REFUSED_MS = 30_000;
const UNUSABLE_MS = 1_000;
/** So many refusals in a row are no slip of a proxy any more. */
const REFUSALS_BELIEVED = 3;

/** There is no token. `again`: whether it is worthwhile to wait for the next request for one. */
export class TokenError extends ApiError {
  readonly again: boolean;

  constructor({ failure, cause }: Pick<TokenFailure, 'failure' | 'cause'>, again: boolean, retryAfterMs: number) {
    super(...([failure.code, failure.message, { retryAfterMs }, { cause }] as ConstructorParameters<typeof ApiError>));
    this.again = again;
  }
}

/** The failures of requests for a token since the last that was granted. */
export interface TokenFailures {
  /** Throws while the latest failure is remembered: as long as it said, and longer the more often it was repeated. */
  throwIfRemembered(): void;
  /** Remembers it, and returns the error. */
  remember(failure: TokenFailure): TokenError;
  forget(): void;
  /** The latest, remembered or not. Null: none since the last token, or the last `forget`. */
  latest(): TokenFailure | null;
}

/** `now` is a monotonic clock in milliseconds. */
export function createTokenFailures(now: () => number): TokenFailures {
  const repeated = new Map<TokenFault, number>();
  let latest: { readonly failure: TokenFailure; readonly again: boolean; readonly until: number } | null = null;

  return {
    throwIfRemembered() {
      const leftMs = latest ? Math.ceil(latest.until - now()) : 0;
      if (latest && leftMs > 0) throw new TokenError(latest.failure, latest.again, leftMs);
    },

    remember(failure) {
      const count = (repeated.get(failure.fault) ?? 0) + 1;
      repeated.set(failure.fault, count);
      const pauseMs = pauseAfter(failure, count);
      const again = !failure.final && (failure.fault !== 'refused' || count < REFUSALS_BELIEVED);
      latest = { failure, again, until: now() + pauseMs };
      return new TokenError(failure, again, pauseMs);
    },

    forget() {
      repeated.clear();
      latest = null;
    },

    latest: () => latest?.failure ?? null,
  };
}

/** The pause after the `count`th failure of its kind in a row. */
function pauseAfter({ fault, retryAfterMs }: TokenFailure, count: number): number {
  const own = {
    refused: Math.min(REFUSED_MS * 2 ** (count - 1), LONGEST_REFUSED_MS),
    unusable: Math.max(UNUSABLE_MS, backoff(count - 1)),
    unavailable: backoff(count - 1),
  }[fault];
  return Math.max(own, Math.min(retryAfterMs ?? 0, LONGEST_MEMORY_MS));
}
