import type { AnswerIssue, Failure, UpstreamDetails } from '../../errors.js';
import { errorsIn, summary } from './issues.js';
import type { HttpFailure, HttpResponse } from './http.js';
import { connectFault } from './unreachable.js';
import { retryAfterHeader } from './retry.js';

/** The failures that mean the same whatever was asked of upstream. None of them quotes a header. */

export interface StatusFailure {
  readonly failure: Failure;
  /** How long upstream asked to wait, in milliseconds. Null if it did not say. */
  readonly retryAfterMs: number | null;
}

type UpstreamCode =
  'UPSTREAM_UNAUTHORIZED' | 'UPSTREAM_RATE_LIMITED' | 'UPSTREAM_UNAVAILABLE' | 'UPSTREAM_BAD_RESPONSE';

/** Without a complete response. */
export function connectionFailure({ timedOut, status, sent, cause }: HttpFailure): Failure {
  if (timedOut) return { code: 'UPSTREAM_TIMEOUT', message: 'Jobalyzer did not answer in time.' };
  if (status !== null) {
    return { code: 'UPSTREAM_BAD_RESPONSE', message: `Jobalyzer's response (${status}) was cut off or too large.` };
  }
  const fault = connectFault(cause);
  const message = sent
    ? 'The connection to Jobalyzer was lost before it answered.'
    : `Jobalyzer cannot be reached${fault === null ? '' : `: ${fault}`}.`;
  return { code: 'UPSTREAM_UNAVAILABLE', message };
}

/** With a status that is neither a success, a rejection of answers, nor "not found". `now` in epoch ms. */
export function statusFailure(
  { status, headers, text = '' }: Pick<HttpResponse, 'status' | 'headers'> & { readonly text?: string },
  now: number,
): StatusFailure {
  const retryAfterMs = retryAfterHeader(headers['retry-after'], now);
  const issues = status === 401 ? [] : errorsIn(text);
  const details: UpstreamDetails = {
    ...(retryAfterMs !== null && { retryAfterMs }),
    ...(issues.length > 0 && { issues }),
  };
  const { code, message } = failureOfStatus(status);
  const said = issues.flatMap((issue) => issue.message || []);
  return { failure: { code, message: summary([message, ...said], ' '), details }, retryAfterMs };
}

function failureOfStatus(status: number): { readonly code: UpstreamCode; readonly message: string } {
  if (status === 401 || status === 403) {
    return { code: 'UPSTREAM_UNAUTHORIZED', message: "Jobalyzer rejected this server's access token." };
  }
  if (status === 429) return { code: 'UPSTREAM_RATE_LIMITED', message: 'Jobalyzer is rate-limiting this server.' };
  if (status >= 500) {
    return { code: 'UPSTREAM_UNAVAILABLE', message: `Jobalyzer returned a server error (${status}).` };
  }
  return { code: 'UPSTREAM_BAD_RESPONSE', message: `Jobalyzer returned an unexpected status, ${status}.` };
}

/** Upstream will not produce a report: the opening sentence, followed by what upstream said. */
export function reportFailure(issues: readonly AnswerIssue[], opening: string): Failure {
  const said = issues.flatMap(({ message }) => message || []);
  return { code: 'REPORT_FAILED', message: summary([opening, ...said], ' '), details: { issues } };
}
