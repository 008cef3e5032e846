import { ApiError, retryAfterOf } from '../../errors.js';
import { parseJsonInOrder } from '../../lib/json.js';
import { connectionFailure, statusFailure } from './failures.js';
import { Fields } from './fields.js';
import type { HttpOutcome, HttpResponse } from './http.js';
import { errorsIn, summary } from './issues.js';
import { retryAfterHeader } from './retry.js';
import type { TokenError } from './token-failures.js';

/** What came of one request to a synchronous endpoint. */
export type LookupOutcome =
  | { readonly kind: 'found'; readonly body: Fields }
  /** `again` says whether a retry makes sense; `retryAfterMs`: how long upstream asked to wait. */
  | {
      readonly kind: 'fault';
      readonly error: ApiError;
      readonly again: boolean;
      readonly retryAfterMs: number | null;
    };

/** Whether to wait longer than this is for the caller's client to decide. In milliseconds. */
const LONGEST_WAIT_MS = 5_000;
const LONGEST_TOKEN_WAIT_MS = 1_000;

/**
 * `now` in epoch ms. NOT_FOUND if upstream itself answers 404, with JSON. A page with 404 or 400 comes from something in
 * front of it, which says nothing about the job title.
 */
export function lookupOutcome(outcome: HttpOutcome, now: number): LookupOutcome {
  if (outcome.kind === 'failed') {
    const error = ApiError.of(connectionFailure(outcome), { cause: outcome.cause });
    return { kind: 'fault', error, again: !outcome.timedOut, retryAfterMs: null };
  }
  const { status, text } = outcome;
  if (status === 202 || status === 204) return notReady(outcome, now);
  if (status >= 200 && status < 300) return readJson(text);
  const said = status === 404 || status === 400 ? Fields.parse(text) : null;
  if (said && status === 404) return final(unknownJobTitle(summary(reasonsIn(text), ' ')));
  if (said && status === 400) return final(refusal(summary(reasonsIn(text), ' ')));
  const { failure, retryAfterMs } = statusFailure(outcome, now);
  if (status === 404 || status === 400) return again(notUpstream(status), retryAfterMs);
  const mayPass = status >= 500 || status === 429;
  return mayPass
    ? again(ApiError.of(failure), retryAfterMs)
    : { kind: 'fault', error: ApiError.of(failure), again: false, retryAfterMs };
}

/** There is no token. One that is remembered to be rationed or unusable is not asked for again by a look-up. */
export function withoutToken(error: TokenError): LookupOutcome {
  const retryAfterMs = retryAfterOf(error);
  const mayPass = error.again && ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAUTHORIZED'].includes(error.code);
  return { kind: 'fault', error, again: mayPass && (retryAfterMs ?? 0) <= LONGEST_TOKEN_WAIT_MS, retryAfterMs };
}

/** NOT_FOUND, with upstream's message if it sent one. */
export function unknownJobTitle(said = ''): ApiError {
  return new ApiError('NOT_FOUND', said || 'Jobalyzer does not recognize this job title.');
}

function refusal(said: string): ApiError {
  const message = ['Jobalyzer refused the lookup.', said].filter(Boolean).join(' ');
  return new ApiError('UPSTREAM_BAD_RESPONSE', message);
}

function notUpstream(status: number): ApiError {
  const message = `Something in front of Jobalyzer answered ${status} without Jobalyzer's own response.`;
  return new ApiError('UPSTREAM_UNAVAILABLE', message);
}

/** These endpoints are documented to answer at once; a gateway may nevertheless accept a request for later. */
function notReady({ text, headers }: HttpResponse, now: number): LookupOutcome {
  const hintMs = Fields.parse(text)?.number('RetryAfterMilliseconds') ?? 0;
  const retryAfterMs = Math.max(hintMs, retryAfterHeader(headers['retry-after'], now) ?? 0);
  const details = retryAfterMs > 0 ? { retryAfterMs } : {};
  const error = new ApiError('UPSTREAM_UNAVAILABLE', 'Jobalyzer has not finished the lookup yet.', details);
  return again(error, retryAfterMs > 0 ? retryAfterMs : null);
}

function readJson(text: string): LookupOutcome {
  try {
    return { kind: 'found', body: Fields.of(parseJsonInOrder(text)) };
  } catch (error) {
    if (error instanceof ApiError) return final(error);
    return final(
      new ApiError('UPSTREAM_BAD_RESPONSE', "Jobalyzer's response is not valid JSON.", {}, { cause: error }),
    );
  }
}

function again(error: ApiError, retryAfterMs: number | null): LookupOutcome {
  return { kind: 'fault', error, again: (retryAfterMs ?? 0) <= LONGEST_WAIT_MS, retryAfterMs };
}

function final(error: ApiError): LookupOutcome {
  return { kind: 'fault', error, again: false, retryAfterMs: null };
}

function reasonsIn(text: string): string[] {
  return errorsIn(text).flatMap(({ message }) => message || []);
}
