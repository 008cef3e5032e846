import type { Failure } from '../../errors.js';
import { holdsReport, ratingOf } from './decode.js';
import { connectionFailure, reportFailure, statusFailure } from './failures.js';
import { Fields } from './fields.js';
import type { HttpOutcome } from './http.js';
import { decodeIssues, errorsIn } from './issues.js';
import { retryAfterHeader } from './retry.js';

/** What came of one poll of a report. */
export type PollOutcome =
  | { readonly kind: 'ready'; readonly body: string; readonly rating: number | null }
  /** `hintMs`: that of the body, `retryAfterMs`: that of the header, both as received. */
  | { readonly kind: 'pending'; readonly hintMs: number | null; readonly retryAfterMs: number | null }
  /** Upstream will not produce the report; this is final. */
  | { readonly kind: 'ended'; readonly failure: Failure }
  /** The poll failed, not the report: poll again. */
  | { readonly kind: 'fault'; readonly failure: Failure; readonly retryAfterMs: number | null };

/** `now` in epoch ms. */
export function pollOutcome(outcome: HttpOutcome, now: number): PollOutcome {
  if (outcome.kind === 'failed') return { kind: 'fault', failure: connectionFailure(outcome), retryAfterMs: null };
  const { status, text } = outcome;
  const retryAfterMs = retryAfterHeader(outcome.headers['retry-after'], now);
  if (status === 202 || status === 204) return { kind: 'pending', hintMs: hintOf(Fields.parse(text)), retryAfterMs };
  if (status >= 200 && status < 300) return readReport(text, retryAfterMs);
  if (status === 400 || status === 404 || status === 410) {
    const summary = `Jobalyzer could not produce this report: it answered ${status}.`;
    return { kind: 'ended', failure: reportFailure(errorsIn(text), summary) };
  }
  return { kind: 'fault', ...statusFailure(outcome, now) };
}

function readReport(text: string, retryAfterMs: number | null): PollOutcome {
  const body = Fields.parse(text);
  if (!body) return unusable('could not be read');
  if (holdsReport(body)) return { kind: 'ready', body: text, rating: ratingOf(body) };
  const errors = decodeIssues(body, 'Errors');
  if (errors.length > 0)
    return { kind: 'ended', failure: reportFailure(errors, 'Jobalyzer could not produce this report.') };
  const hintMs = hintOf(body);
  return hintMs === null ? unusable('contained no report') : { kind: 'pending', hintMs, retryAfterMs };
}

function unusable(reason: string): PollOutcome {
  return {
    kind: 'fault',
    failure: { code: 'UPSTREAM_BAD_RESPONSE', message: `Jobalyzer's response to a poll ${reason}.` },
    retryAfterMs: null,
  };
}

function hintOf(body: Fields | null): number | null {
  return body?.number('RetryAfterMilliseconds') ?? null;
}
