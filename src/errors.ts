/**
 * Every code this server puts in `extensions.code`, with the details that accompany it there: plain JSON, never a
 * secret. The README lists the codes with those of GraphQL itself. The list is closed: clients can switch over it.
 */
interface ErrorDetailsByCode {
  /** An argument out of bounds; `reason` says what is wrong with it and what is allowed. Nothing was bought. */
  BAD_USER_INPUT: { readonly argument: string; readonly reason: string };
  /** Upstream does not know an answer. */
  UNCONFIRMED_ANSWER: {
    readonly issues: readonly AnswerIssue[];
    /** Values that upstream accepts instead; absent if it suggests none. */
    readonly suggestions?: readonly AnswerSuggestion[];
  };
  /** The wait is over; the report is still collected. `failure`: why the latest poll failed; absent if it did not. */
  REPORT_NOT_READY: {
    readonly reportId: string;
    readonly type: string;
    readonly retryAfterMs: number;
    readonly failure?: { readonly code: string; readonly message: string };
  };
  /** Upstream ended the report. */
  REPORT_FAILED: { readonly issues: readonly AnswerIssue[] };
  /** The report may have been bought, but its link is lost. `since`: RFC 3339, in UTC. */
  SUBMISSION_UNCERTAIN: { readonly reportId: string; readonly since: string };
  /** The doubt that was named is no longer there: `status` is what this type has come to. Nothing was bought. */
  PURCHASE_CHANGED: { readonly reportId: string; readonly type: string; readonly status: string };
  /** As many reports as the client may buy on this UTC day have been bought. `resetsAt`: when the next begins, RFC 3339, in UTC. */
  BUDGET_EXCEEDED: { readonly limit: number; readonly used: number; readonly resetsAt: string };
  /** It would have to be bought, and a GET buys nothing. */
  PURCHASE_REQUIRES_POST: NoDetails;
  /** An operator has stopped purchases. */
  BUYING_STOPPED: NoDetails;
  UPSTREAM_UNAUTHORIZED: UpstreamDetails;
  UPSTREAM_UNAVAILABLE: UpstreamDetails;
  UPSTREAM_TIMEOUT: UpstreamDetails;
  UPSTREAM_RATE_LIMITED: UpstreamDetails;
  /** `path`: the field that could not be read; what was expected there, and what was found. */
  UPSTREAM_BAD_RESPONSE: UpstreamDetails & {
    readonly path?: string;
    readonly expected?: string;
    readonly found?: string;
  };
  NOT_FOUND: { readonly reportId?: string };
  STORE_UNAVAILABLE: NoDetails;
  /**
   * The operation asks for more than one may, or the request is too long; nothing was done. `value`: how much it is; absent
   * if it was not counted to the end.
   */
  OPERATION_TOO_LARGE: { readonly limit: number; readonly value?: number };
  /** The client asks too often; nothing was done. `limit`: of points in one window, which ends after `retryAfterMs`. */
  RATE_LIMITED: { readonly limit: number; readonly retryAfterMs: number };
  /** Too much to do, or too many connections; nothing was done. Try again after `retryAfterMs`. */
  OVERLOADED: { readonly retryAfterMs: number };
  /** The request has no credentials, or none that are accepted. */
  UNAUTHENTICATED: NoDetails;
  /** Whose the credentials are cannot be told at the moment, because the issuer's keys cannot be fetched. */
  AUTHENTICATION_UNAVAILABLE: { readonly retryAfterMs: number };
  /** The client is known, and may not do this. */
  FORBIDDEN: NoDetails;
  /** There is a safelist, and the operation is not on it. Nothing was executed. */
  OPERATION_NOT_LISTED: NoDetails;
}

type NoDetails = Readonly<Record<string, never>>;

export type ErrorCode = keyof ErrorDetailsByCode;
type ErrorDetails = ErrorDetailsByCode[ErrorCode];

export interface UpstreamDetails {
  /** What upstream said in an error response. Absent: nothing that could be read. */
  readonly issues?: readonly AnswerIssue[];
  /** How long upstream asked to wait, in milliseconds. Absent: it did not say. */
  readonly retryAfterMs?: number;
}

/** What upstream said of one answer: a warning, or the reason for a refusal. Null: it did not say. */
export interface AnswerIssue {
  readonly answerId: string | null;
  readonly answerValue: string | null;
  readonly message: string | null;
  readonly code: string | null;
}

/** A value that upstream accepts for an answer, with its score of the match. */
export interface AnswerSuggestion {
  /** The answer it is a suggestion for, by upstream's name: JobTitle, Skills … */
  readonly answerId: string;
  readonly answer: string;
  readonly score: number | null;
}

/** An error as plain data, as the ledger stores it. */
export type Failure<C extends ErrorCode = ErrorCode> = {
  readonly [K in C]: { readonly code: K; readonly message: string; readonly details?: ErrorDetailsByCode[K] };
}[C];

/** `details` may be omitted only where a code has none that are required. */
type ApiErrorArguments = {
  readonly [C in ErrorCode]: {} extends ErrorDetailsByCode[C]
    ? [code: C, message: string, details?: ErrorDetailsByCode[C], options?: ErrorOptions]
    : [code: C, message: string, details: ErrorDetailsByCode[C], options?: ErrorOptions];
}[ErrorCode];

/** An expected error. Its message is written for the frontend developer and is sent as is. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(...[code, message, details = {}, options]: ApiErrorArguments) {
    super(message, options);
    this.code = code;
    this.details = details;
  }

  /** The error for a failure, which may be one that an earlier release stored, with fewer details than today's. */
  static of({ code, message, details }: Failure, options?: ErrorOptions): ApiError {
    return new ApiError(...([code, message, details, options] as ApiErrorArguments));
  }

  toFailure(): Failure {
    return { code: this.code, message: this.message, details: this.details } as Failure;
  }
}

/** Whether it is an ApiError with this code; its details then have the type of that code's. */
export function hasCode<C extends ErrorCode>(
  error: unknown,
  code: C,
): error is ApiError & { readonly code: C; readonly details: ErrorDetailsByCode[C] } {
  return error instanceof ApiError && error.code === code;
}

/** An invalid argument: `reason` says what is wrong with it and what is allowed. Nothing was bought. */
export function badUserInput(argument: string, reason: string): ApiError {
  return new ApiError('BAD_USER_INPUT', `${argument}: ${reason}`, { argument, reason });
}

/** The ledger cannot do its work: nothing that needs it is done. */
export function storeUnavailable(cause: unknown): ApiError {
  return new ApiError(
    'STORE_UNAVAILABLE',
    "This server's report store is unavailable, so nothing can be bought right now. Try again later.",
    {},
    { cause },
  );
}

/** No report with this id was ever requested. */
export function unknownReport(reportId: string): ApiError {
  return new ApiError('NOT_FOUND', 'No report with this id has been requested.', { reportId });
}

/** How long upstream asked to wait, in milliseconds. Null if the error does not say. */
export function retryAfterOf({ details }: ApiError): number | null {
  return 'retryAfterMs' in details ? (details.retryAfterMs ?? null) : null;
}

/** What upstream said of the answers; empty if nothing, or if the failure was stored without it. */
export function issuesOf({ details }: { readonly details?: ErrorDetails }): readonly AnswerIssue[] {
  return (details && 'issues' in details && details.issues) || [];
}
