import { ApiError } from '../../errors.js';
import { connectionFailure, statusFailure } from './failures.js';
import { Fields } from './fields.js';
import type { HttpOutcome } from './http.js';

/** What came of one request to a synchronous endpoint. */
export type LookupOutcome =
  | { readonly kind: 'found'; readonly body: unknown }
  /** `again` says whether a retry makes sense; `retryAfterMs`: how long upstream asked to wait. */
  | {
      readonly kind: 'fault';
      readonly error: ApiError;
      readonly again: boolean;
      readonly retryAfterMs: number | null;
    };

/** Whether to wait longer than this is for the caller's client to decide. In milliseconds. */
const LONGEST_WAIT_MS = 5_000;

/** `now` in epoch ms. The error of a 404 is NOT_FOUND. */
export function lookupOutcome(outcome: HttpOutcome, now: number): LookupOutcome {
  if (outcome.kind === 'failed') {
    const error = ApiError.of(connectionFailure(outcome), { cause: outcome.cause });
    return { kind: 'fault', error, again: !outcome.timedOut, retryAfterMs: null };
  }
  const { status, text } = outcome;
  if (status >= 200 && status < 300) return readJson(text);
  if (status === 404) return final(unknownJobTitle(errorMessageIn(text)));
  const { failure, retryAfterMs } = statusFailure(outcome, now);
  const mayPass = status >= 500 || status === 429;
  const again = mayPass && (retryAfterMs ?? 0) <= LONGEST_WAIT_MS;
  return { kind: 'fault', error: ApiError.of(failure), again, retryAfterMs };
}

/** NOT_FOUND, with upstream's message if it sent one. */
export function unknownJobTitle(said = ''): ApiError {
  return new ApiError('NOT_FOUND', said || 'Jobalyzer does not recognize this job title.');
}

function readJson(text: string): LookupOutcome {
  try {
    return { kind: 'found', body: JSON.parse(text) };
  } catch (error) {
    return final(
      new ApiError('UPSTREAM_BAD_RESPONSE', "Jobalyzer's response is not valid JSON.", {}, { cause: error }),
    );
  }
}

function final(error: ApiError): LookupOutcome {
  return { kind: 'fault', error, again: false, retryAfterMs: null };
}

function errorMessageIn(text: string): string {
  try {
    return Fields.of(JSON.parse(text)).text('ErrorMessage') ?? '';
  } catch {
    return '';
  }
}
