import { ApiError } from '../../errors.js';
import { statusFailure } from './failures.js';
import { Fields } from './fields.js';
import type { HttpFailure, HttpOutcome } from './http.js';

/** The docs say 10 minutes, `expires_in` says 3600; trust the shorter. */
const LONGEST_LIFE_MS = 600_000;

/** Reads the token and its lifetime in milliseconds. Throws an ApiError with one of the UPSTREAM_… codes. */
export function readToken(outcome: HttpOutcome, now: number): { value: string; lifeMs: number } {
  if (outcome.kind === 'failed') throw notObtained(outcome);
  const { status, text } = outcome;
  const body = Fields.parse(text);
  if (status === 401 || status === 403 || (status === 400 && body !== null)) {
    throw new ApiError('UPSTREAM_UNAUTHORIZED', "Jobalyzer rejected this server's credentials.");
  }
  if (status === 429 || status >= 500) {
    const { failure } = statusFailure(outcome, now);
    throw ApiError.of({ ...failure, message: `Could not get an access token from Jobalyzer: ${failure.message}` });
  }
  const value = status === 200 ? body?.text('access_token') : null;
  // Other characters are not valid in a header and could inject one.
  if (!body || !value || !/^[\x21-\x7e]+$/.test(value)) {
    throw new ApiError(
      'UPSTREAM_BAD_RESPONSE',
      'Jobalyzer answered the request for an access token without a usable one.',
    );
  }
  return { value, lifeMs: lifeMsOf(body) };
}

function notObtained({ timedOut, cause }: HttpFailure): ApiError {
  return timedOut
    ? new ApiError('UPSTREAM_TIMEOUT', 'Jobalyzer did not issue an access token in time.', {}, { cause })
    : new ApiError('UPSTREAM_UNAVAILABLE', 'Jobalyzer cannot be reached to get an access token.', {}, { cause });
}

/** Lenient on purpose: an invalid expires_in must not make a valid token unusable. */
function lifeMsOf(body: Fields): number {
  try {
    const saidMs = (body.number('expires_in') ?? 0) * 1000;
    return saidMs > 0 ? Math.min(saidMs, LONGEST_LIFE_MS) : LONGEST_LIFE_MS;
  } catch {
    return LONGEST_LIFE_MS;
  }
}
