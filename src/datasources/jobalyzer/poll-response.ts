import type { Failure } from '../../errors.js';
import type { ReportType } from '../../model/report.js';
import { connectionFailure, reportFailure, statusFailure } from './failures.js';
import { Fields } from './fields.js';
import type { HttpFailure, HttpOutcome } from './http.js';
import { decodeIssues, errorsIn } from './issues.js';
import { reportShape } from './report-shape.js';
import { BodyTooLarge } from './response-body.js';
import { retryAfterHeader } from './retry.js';

/** What came of one poll of a report. */
export type PollOutcome =
  /** `submittedJobTitle`: the title that the report says it is about, null if it does not say. */
  | {
      readonly kind: 'ready';
      readonly body: string;
      readonly rating: number | null;
      readonly submittedJobTitle: string | null;
    }
  /** `hintMs`: that of the body, `retryAfterMs`: that of the header, both as received. */
  | { readonly kind: 'pending'; readonly hintMs: number | null; readonly retryAfterMs: number | null }
  /** Upstream itself says that it will not produce the report. It may be mistaken: once is not enough. */
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** The poll failed, not the report: poll again. */
  | PollFault;

interface PollFault {
  readonly kind: 'fault';
  readonly failure: Failure;
  readonly retryAfterMs: number | null;
  /** The body of a success without a usable report: it may be the report, in a form that only a later release can read. */
  readonly unusable?: string;
  /** The body is larger than what is read: downloading it again is of little use. */
  readonly tooLarge?: true;
}

const TYPE_NAMES: Record<ReportType, string> = { PAY: 'a pay report', YOE: 'a years-of-experience report' };

/** `type`: the type of the report that was asked for. `now` in epoch ms. */
export function pollOutcome(outcome: HttpOutcome, type: ReportType, now: number): PollOutcome {
  if (outcome.kind === 'failed') return faultOf(outcome);
  const { status, text } = outcome;
  const retryAfterMs = retryAfterHeader(outcome.headers['retry-after'], now);
  if (status === 202 || status === 204) return { kind: 'pending', hintMs: hintOf(Fields.parse(text)), retryAfterMs };
  if (status >= 200 && status < 300) return readReport(text, type, retryAfterMs);
  if ((status === 400 || status === 404 || status === 410) && isUpstreamsOwn(text)) {
    const summary = `Jobalyzer could not produce this report: it answered ${status}.`;
    return { kind: 'refused', failure: reportFailure(errorsIn(text), summary) };
  }
  return { kind: 'fault', ...statusFailure(outcome, now) };
}

function faultOf(outcome: HttpFailure): PollFault {
  const fault: PollFault = { kind: 'fault', failure: connectionFailure(outcome), retryAfterMs: null };
  return outcome.cause instanceof BodyTooLarge ? { ...fault, tooLarge: true } : fault;
}

/** Whether Jobalyzer wrote it, and not what stands in front of it: its lists of issues, its message, or ProblemDetails. */
function isUpstreamsOwn(text: string): boolean {
  const body = Fields.parse(text);
  if (!body) return false;
  const names = new Set(Object.keys(body.source).map((name) => name.toLowerCase()));
  const has = (...each: string[]): boolean => each.some((name) => names.has(name));
  return has('errors', 'warnings', 'errormessage') || (has('title') && has('status', 'type', 'detail', 'traceid'));
}

/** What the body of a success is, in a poll or in upstream's usage log. `retryAfterMs`: that of the header. */
export function readReport(text: string, type: ReportType, retryAfterMs: number | null): PollOutcome {
  const body = Fields.parse(text);
  if (!body) return unusable(text, 'could not be read');
  const shape = reportShape(body.source, type);
  if (shape.kind === 'report') {
    return { kind: 'ready', body: text, rating: shape.rating, submittedJobTitle: submittedJobTitle(body) };
  }
  if (shape.kind === 'other-type') {
    return unusable(text, `contained ${TYPE_NAMES[type === 'PAY' ? 'YOE' : 'PAY']}, not ${TYPE_NAMES[type]}`);
  }
  const errors = decodeIssues(body, 'Errors');
  if (errors.length > 0)
    return { kind: 'refused', failure: reportFailure(errors, 'Jobalyzer could not produce this report.') };
  const hintMs = hintOf(body);
  return hintMs === null ? unusable(text, 'contained no report') : { kind: 'pending', hintMs, retryAfterMs };
}

function unusable(text: string, reason: string): PollFault {
  return {
    kind: 'fault',
    failure: { code: 'UPSTREAM_BAD_RESPONSE', message: `Jobalyzer's response to a poll ${reason}.` },
    retryAfterMs: null,
    ...(text.trim() !== '' && { unusable: text }),
  };
}

function submittedJobTitle(body: Fields): string | null {
  return body.object('Context')?.text('SubmittedJobTitle') ?? null;
}

function hintOf(body: Fields | null): number | null {
  return body?.number('RetryAfterMilliseconds') ?? null;
}
