import type { AnswerIssue, Failure } from '../../errors.js';
import type { ReportType } from '../../model/report.js';
import { withCookies } from './cookies.js';
import { connectionFailure, reportFailure, statusFailure, type StatusFailure } from './failures.js';
import { Fields } from './fields.js';
import type { HttpHeaders, HttpOutcome } from './http.js';
import { decodeIssues, errorsIn, remarks, summary } from './issues.js';
import { followableLink } from './link.js';
import { storedText } from './response-body.js';

/** What came of the POST of a purchase, before a body is parsed. */
export type PurchaseOutcome =
  /**
   * A 2xx. Store the body as is, then parse it with `readPurchase`. `cookies`: those that came with it, for polls of its
   * links, as a `Cookie` header has them; null if there are none.
   */
  | { readonly kind: 'responded'; readonly body: string; readonly cookies: string | null }
  /** Upstream rejected the request: nothing was bought. */
  | { readonly kind: 'rejected'; readonly failure: Failure }
  /**
   * Certainly not accepted, so it is safe to send again. `again` says whether a retry makes sense, `withoutToken` whether
   * there was no access token that upstream accepts.
   */
  | {
      readonly kind: 'not-accepted';
      readonly failure: Failure;
      readonly retryAfterMs: number | null;
      readonly again: boolean;
      readonly withoutToken: boolean;
    }
  /** Bytes were sent and the outcome is unknown: never retried automatically. */
  | { readonly kind: 'uncertain'; readonly failure: Failure };

/** What a stored 2xx body says about one report type. */
export type PurchasedReport =
  | { readonly kind: 'linked'; readonly link: string; readonly warnings: readonly AnswerIssue[] }
  | { readonly kind: 'rejected'; readonly failure: Failure }
  | { readonly kind: 'uncertain'; readonly failure: Failure };

const LINKS: Record<ReportType, string> = { PAY: 'PayReport', YOE: 'YearsExperienceReport' };

/** `now` in epoch ms. */
export function purchaseOutcome(outcome: HttpOutcome, now: number): PurchaseOutcome {
  if (outcome.kind === 'failed') {
    const { status, body, headers = {} } = outcome;
    // Whatever arrived of a success is stored: it may have been paid for.
    if (status !== null && status >= 200 && status < 300 && body) return responded(body, headers);
    const failure = connectionFailure(outcome);
    return outcome.sent ? { kind: 'uncertain', failure } : notAccepted({ failure, retryAfterMs: null }, true);
  }
  const { status, headers, text } = outcome;
  if (status >= 200 && status < 300) return responded(text, headers);
  if (status === 400 || status === 422) return { kind: 'rejected', failure: rejection(errorsIn(text)) };
  const reason = statusFailure(outcome, now);
  if (status === 402) {
    // About the account, not about these answers: not remembered, so that it can be bought as soon as it is settled.
    const failure = reportFailure(errorsIn(text), 'Jobalyzer demands payment before it makes this report (402).');
    return notAccepted({ failure, retryAfterMs: reason.retryAfterMs }, false);
  }
  if (status === 401) return { ...notAccepted(reason, true), withoutToken: true };
  if (status === 429 || status === 503) return notAccepted(reason, true);
  // A proxy may return any of these for a request that upstream accepted.
  const ambiguous = status >= 500 || status < 400 || [408, 409, 425].includes(status);
  return ambiguous ? { kind: 'uncertain', failure: reason.failure } : notAccepted(reason, false);
}

function notAccepted(reason: StatusFailure, again: boolean): PurchaseOutcome & { readonly kind: 'not-accepted' } {
  return { kind: 'not-accepted', ...reason, again, withoutToken: false };
}

function responded(body: string, headers: HttpHeaders): PurchaseOutcome {
  return { kind: 'responded', body, cookies: withCookies(null, headers['set-cookie']) };
}

/**
 * Parses a 2xx body for each requested type. If the body cannot be read, all of them are uncertain. Links are only followed
 * to the origin of `apiUrl`.
 */
export function readPurchase(
  body: string,
  types: readonly ReportType[],
  apiUrl: string,
): ReadonlyMap<ReportType, PurchasedReport> {
  const text = storedText(body);
  const fields = Fields.parse(text);
  if (fields) return new Map(types.map((type) => [type, purchasedReport(fields, type, apiUrl)]));
  const surrounded = Fields.parse(firstObject(text));
  return new Map(
    types.map((type) => {
      const report = surrounded && purchasedReport(surrounded, type, apiUrl);
      // A link is a link, wherever it is. That nothing was bought is not believed of something else than a response.
      return [type, report?.kind === 'linked' ? report : uncertain('could not be read')];
    }),
  );
}

/** Links and warnings are much shorter, and what is added is not searched for long. */
const LONGEST_SURROUNDED = 16_384;

/** The first object in a text that is not JSON as a whole: something was added before or behind it. */
function firstObject(text: string): string {
  const rest = text.slice(Math.max(text.indexOf('{'), 0)).slice(0, LONGEST_SURROUNDED);
  let depth = 0;
  for (const { 0: token, index } of rest.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{') depth += 1;
    else if (token === '}') depth -= 1;
    if (token === '}' && depth === 0) return rest.slice(0, index + 1);
  }
  return '';
}

function purchasedReport(body: Fields, type: ReportType, apiUrl: string): PurchasedReport {
  const unreadBefore = body.problems.count;
  const given = body.object('Links')?.text(LINKS[type]) ?? null;
  if (body.problems.count > unreadBefore) return uncertain('could not be read');
  if (given === null || given.trim() === '') {
    const errors = decodeIssues(body, 'Errors');
    return errors.length > 0
      ? { kind: 'rejected', failure: rejection(errors) }
      : uncertain('had no link for this report');
  }
  const path = followableLink(given, apiUrl);
  if (path === null)
    return uncertain("had a link for this report that points outside Jobalyzer's API and was not followed");
  return { kind: 'linked', link: path, warnings: remarks(body) };
}

function rejection(issues: readonly AnswerIssue[]): Failure {
  const named = issues.filter(({ answerId, answerValue }) => answerId || answerValue);
  if (named.length === 0) return reportFailure(issues, 'Jobalyzer refused the request for this report.');
  const answers = named.map(({ answerId, answerValue }) =>
    [answerId, answerValue && JSON.stringify(answerValue)].filter(Boolean).join(' '),
  );
  return {
    code: 'UNCONFIRMED_ANSWER',
    message: `Jobalyzer does not recognize: ${summary(answers, ', ')}.`,
    details: { issues },
  };
}

function uncertain(reason: string): PurchasedReport {
  return {
    kind: 'uncertain',
    failure: { code: 'UPSTREAM_BAD_RESPONSE', message: `Jobalyzer accepted the request, but its response ${reason}.` },
  };
}
