import { ApiError, type ErrorDetails, type Failure } from '../../errors.js';
import { decodeIssues, holdsReport, ratingOf, remarks } from './decode.js';
import type { Exchange, HttpHeaders } from './connection-pool.js';
import { followableLink } from './link.js';
import { Reader } from './fields.js';
import { retryAfterHeader } from './retry.js';
import type { AnswerIssue } from '../../errors.js';
import type { ReportType } from '../../model/report.js';

/** What the response to a purchase means, before its body is parsed. */
export type SubmissionOutcome =
  /** A complete 2xx. Store the body as is, then parse it with `readSubmission`. */
  | { readonly kind: 'answered'; readonly body: string }
  /** Upstream refused the request: nothing was bought. */
  | { readonly kind: 'rejected'; readonly failure: Failure }
  /** Certainly not accepted, so it is safe to send again. `again` says whether a retry makes sense. */
  | {
      readonly kind: 'not-accepted';
      readonly failure: Failure;
      readonly retryAfterMs: number | null;
      readonly again: boolean;
    }
  /** Bytes were sent and the outcome is unknown: never retried automatically. */
  | { readonly kind: 'uncertain'; readonly failure: Failure };

/** What a stored 2xx body says about one report type. */
export type SubmittedReport =
  | { readonly kind: 'linked'; readonly link: string; readonly warnings: readonly AnswerIssue[] }
  | { readonly kind: 'rejected'; readonly failure: Failure }
  | { readonly kind: 'uncertain'; readonly failure: Failure };

/** What the response to a poll means. */
export type PollOutcome =
  | { readonly kind: 'ready'; readonly body: string; readonly rating: number | null }
  | { readonly kind: 'pending'; readonly retryAfterMs: number | null }
  /** Upstream will not produce the report; this is final. */
  | { readonly kind: 'ended'; readonly failure: Failure }
  /** The poll failed, not the report: poll again. */
  | { readonly kind: 'fault'; readonly failure: Failure; readonly retryAfterMs: number | null };

const LINKS: Record<ReportType, string> = { PAY: 'PayReport', YOE: 'YearsExperienceReport' };

/** Interprets the response to a purchase. `now` in epoch ms. */
export function submissionOutcome(exchange: Exchange, now: number): SubmissionOutcome {
  if (exchange.kind === 'failed') {
    const failure = failureOf(exchange);
    return exchange.sent
      ? { kind: 'uncertain', failure }
      : { kind: 'not-accepted', failure, retryAfterMs: null, again: true };
  }
  const { status, text } = exchange;
  if (status >= 200 && status < 300) return { kind: 'answered', body: text };
  if (status === 401 || status === 429 || status === 503) {
    return { kind: 'not-accepted', ...refusal(exchange, now), again: status !== 401 };
  }
  // A proxy may return any of these for a request that upstream accepted.
  const ambiguous = status >= 500 || status < 400 || [408, 409, 425].includes(status);
  if (ambiguous) return { kind: 'uncertain', failure: refusal(exchange, now).failure };
  if (status === 400) return { kind: 'rejected', failure: rejection(issuesOf(text)) };
  return { kind: 'not-accepted', ...refusal(exchange, now), again: false };
}

/** Parses a 2xx body for each requested type. If the body cannot be read, all of them are uncertain. */
export function readSubmission(
  body: string,
  types: readonly ReportType[],
  apiUrl: string,
): ReadonlyMap<ReportType, SubmittedReport> {
  const answer = Reader.parse(body);
  return new Map(
    types.map((type) => [type, answer ? submittedReport(answer, type, apiUrl) : uncertain('could not be read')]),
  );
}

function submittedReport(answer: Reader, type: ReportType, apiUrl: string): SubmittedReport {
  try {
    const link = answer.object('Links')?.text(LINKS[type]) ?? null;
    if (link === null) {
      const errors = decodeIssues(answer, 'Errors');
      return errors.length > 0
        ? { kind: 'rejected', failure: rejection(errors) }
        : uncertain('had no link for this report');
    }
    const path = followableLink(link, apiUrl);
    if (path === null)
      return uncertain("had a link for this report that points outside Jobalyzer's API and was not followed");
    return { kind: 'linked', link: path, warnings: remarks(answer) };
  } catch {
    return uncertain('could not be read');
  }
}

/** Interprets the response to a poll. `now` in epoch ms. */
export function pollOutcome(exchange: Exchange, now: number): PollOutcome {
  if (exchange.kind === 'failed') return { kind: 'fault', failure: failureOf(exchange), retryAfterMs: null };
  const { status, text } = exchange;
  if (status === 202) return { kind: 'pending', retryAfterMs: hintOf(Reader.parse(text)) };
  if (status >= 200 && status < 300) return collected(text);
  if (status === 400 || status === 404 || status === 410) {
    return {
      kind: 'ended',
      failure: reportFailed(issuesOf(text), `Jobalyzer could not produce this report: it answered ${status}.`),
    };
  }
  return { kind: 'fault', ...refusal(exchange, now) };
}

function collected(text: string): PollOutcome {
  const fault = (reason: string): PollOutcome => ({
    kind: 'fault',
    failure: { code: 'UPSTREAM_BAD_RESPONSE', message: `Jobalyzer's response to a poll ${reason}.` },
    retryAfterMs: null,
  });
  const body = Reader.parse(text);
  if (!body) return fault('could not be read');
  try {
    if (holdsReport(body)) return { kind: 'ready', body: text, rating: ratingOf(body) };
    const errors = decodeIssues(body, 'Errors');
    if (errors.length > 0)
      return { kind: 'ended', failure: reportFailed(errors, 'Jobalyzer could not produce this report.') };
  } catch {
    return fault('could not be read');
  }
  const hint = hintOf(body);
  return hint === null ? fault('contained no report') : { kind: 'pending', retryAfterMs: hint };
}

function hintOf(body: Reader | null): number | null {
  try {
    return body?.number('RetryAfterMilliseconds') ?? null;
  } catch {
    return null;
  }
}

function issuesOf(text: string): AnswerIssue[] {
  try {
    return decodeIssues(Reader.of(JSON.parse(text)), 'Errors');
  } catch {
    return [];
  }
}

function rejection(issues: readonly AnswerIssue[]): Failure {
  const named = issues.filter(({ answerId, answerValue }) => answerId || answerValue);
  if (named.length === 0) return reportFailed(issues, 'Jobalyzer refused the request for this report.');
  const answers = named.map(({ answerId, answerValue }) =>
    [answerId, answerValue && JSON.stringify(answerValue)].filter(Boolean).join(' '),
  );
  return {
    code: 'UNCONFIRMED_ANSWER',
    message: `Jobalyzer does not recognize: ${answers.join(', ')}.`,
    details: { issues },
  };
}

function reportFailed(issues: readonly AnswerIssue[], summary: string): Failure {
  const said = issues.flatMap(({ message }) => message || []);
  return { code: 'REPORT_FAILED', message: [summary, ...said].join(' '), details: { issues } };
}

function uncertain(reason: string): SubmittedReport {
  return {
    kind: 'uncertain',
    failure: { code: 'UPSTREAM_BAD_RESPONSE', message: `Jobalyzer accepted the request, but its response ${reason}.` },
  };
}

function failureOf(exchange: Extract<Exchange, { kind: 'failed' }>): Failure {
  if (exchange.timedOut) return { code: 'UPSTREAM_TIMEOUT', message: 'Jobalyzer did not answer in time.' };
  if (exchange.status !== null) {
    return {
      code: 'UPSTREAM_BAD_RESPONSE',
      message: `Jobalyzer's response (${exchange.status}) was cut off or too large.`,
    };
  }
  const message = exchange.sent
    ? 'The connection to Jobalyzer was lost before it answered.'
    : 'Jobalyzer cannot be reached.';
  return { code: 'UPSTREAM_UNAVAILABLE', message };
}

/** The error for a response that is neither a success, a rejection of answers, nor "not found". */
export function refusal(
  { status, headers }: { readonly status: number; readonly headers: HttpHeaders },
  now: number,
): { failure: Failure; retryAfterMs: number | null } {
  const retryAfterMs = retryAfterHeader(headers['retry-after'], now);
  const details: ErrorDetails = retryAfterMs === null ? {} : { retryAfterMs };
  if (status === 401 || status === 403) {
    return {
      failure: { code: 'UPSTREAM_UNAUTHORIZED', message: "Jobalyzer rejected this server's access token." },
      retryAfterMs,
    };
  }
  if (status === 429) {
    return {
      failure: { code: 'UPSTREAM_RATE_LIMITED', message: 'Jobalyzer is rate-limiting this server.', details },
      retryAfterMs,
    };
  }
  if (status >= 500) {
    return {
      failure: { code: 'UPSTREAM_UNAVAILABLE', message: `Jobalyzer returned a server error (${status}).`, details },
      retryAfterMs,
    };
  }
  return {
    failure: {
      code: 'UPSTREAM_BAD_RESPONSE',
      message: `Jobalyzer returned an unexpected status, ${status}.`,
      details,
    },
    retryAfterMs,
  };
}

/** Throws the error for a failed exchange with a synchronous endpoint. */
export function throwFailed(exchange: Extract<Exchange, { kind: 'failed' }>): never {
  const { code, message } = failureOf(exchange);
  throw new ApiError(code, message, {}, { cause: exchange.cause });
}
