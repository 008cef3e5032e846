import type { Failure } from '../../errors.js';
import { statusFailure } from './failures.js';
import { Fields } from './fields.js';
import type { HttpFailure, HttpOutcome } from './http.js';
import { connectFault } from './unreachable.js';
import { retryAfterHeader } from './retry.js';

/** The docs say 10 minutes, `expires_in` says 3600; trust the shorter. */
const LONGEST_LIFE_MS = 600_000;
/** Servers limit a request's headers to 16 to 32 KB altogether, so a longer one could not be used. */
const LONGEST_TOKEN = 16_384;
/** Other characters are not valid in a header and could inject one. */
const VALID_IN_HEADER = /^[\x21-\x7e]+$/;

/** What came of one request for a token. */
export type TokenResponse =
  { readonly kind: 'granted'; readonly value: string; readonly lifeMs: number } | TokenFailure;

export interface TokenFailure {
  readonly kind: 'failed';
  /** 'refused': the credentials were. 'unusable': an answer that makes no sense. 'unavailable': no answer, or later. */
  readonly fault: TokenFault;
  readonly failure: Failure;
  /** How long upstream asked to wait, in milliseconds. Null if it did not say. */
  readonly retryAfterMs: number | null;
  /** Upstream says in OAuth's words that the request is wrong, which repeating it does not change. */
  readonly final: boolean;
  readonly cause?: Error;
}

export type TokenFault = 'refused' | 'unusable' | 'unavailable';

/** Pure. `now` in epoch ms. */
export function readToken(outcome: HttpOutcome, now: number): TokenResponse {
  if (outcome.kind === 'failed') return notAnswered(outcome);
  const { status, text } = outcome;
  const body = Fields.parse(text);
  const retryAfterMs = retryAfterHeader(outcome.headers['retry-after'], now);
  if (status === 401 || status === 403 || (status === 400 && body !== null)) {
    const message = "Jobalyzer rejected this server's credentials.";
    const failure: Failure = { code: 'UPSTREAM_UNAUTHORIZED', message };
    return { kind: 'failed', fault: 'refused', failure, retryAfterMs, final: status === 400 };
  }
  if (status === 429 || status >= 500) {
    const { code, message } = statusFailure({ status, headers: outcome.headers }, now).failure;
    const failure = { code, message: `Could not get an access token from Jobalyzer: ${message}` } as Failure;
    return { kind: 'failed', fault: 'unavailable', failure, retryAfterMs, final: false };
  }
  const value = status === 200 && body ? tokenIn(body) : null;
  if (body && value !== null) return { kind: 'granted', value, lifeMs: lifeMsOf(body) };
  const message = 'Jobalyzer answered the request for an access token without a usable one.';
  const failure: Failure = { code: 'UPSTREAM_BAD_RESPONSE', message };
  return { kind: 'failed', fault: 'unusable', failure, retryAfterMs, final: false };
}

function notAnswered({ timedOut, cause }: HttpFailure): TokenFailure {
  const fault = connectFault(cause);
  const failure: Failure = timedOut
    ? { code: 'UPSTREAM_TIMEOUT', message: 'Jobalyzer did not issue an access token in time.' }
    : {
        code: 'UPSTREAM_UNAVAILABLE',
        message: `Jobalyzer cannot be reached to get an access token${fault === null ? '' : `: ${fault}`}.`,
      };
  return { kind: 'failed', fault: 'unavailable', failure, retryAfterMs: null, final: false, cause };
}

/** Its type is not looked at: upstream documents bearer tokens alone, and one it does not accept is answered 401. */
function tokenIn(body: Fields): string | null {
  const value = body.raw('access_token');
  return typeof value === 'string' && value.length <= LONGEST_TOKEN && VALID_IN_HEADER.test(value) ? value : null;
}

/** Lenient on purpose: an invalid expires_in must not make a valid token unusable. */
function lifeMsOf(body: Fields): number {
  const saidMs = (body.number('expires_in') ?? 0) * 1000;
  return saidMs > 0 ? Math.min(saidMs, LONGEST_LIFE_MS) : LONGEST_LIFE_MS;
}
