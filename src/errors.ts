/**
 * Every code this server puts in `extensions.code`; the README lists them with those of GraphQL itself. The list is
 * closed: clients can switch over it.
 */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'UNCONFIRMED_ANSWER'
  | 'REPORT_NOT_READY'
  | 'REPORT_FAILED'
  | 'SUBMISSION_UNCERTAIN'
  | 'UPSTREAM_UNAUTHORIZED'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_RATE_LIMITED'
  | 'UPSTREAM_BAD_RESPONSE'
  | 'NOT_FOUND'
  | 'STORE_UNAVAILABLE';

/** What accompanies `code` in an error's extensions: plain JSON, never a secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** What upstream said of one answer: a warning, or the reason for a refusal. */
export interface AnswerIssue {
  readonly answerId: string | null;
  readonly answerValue: string | null;
  readonly message: string | null;
  readonly code: string | null;
}

/** An error as plain data, as the ledger stores it. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: ErrorDetails;
}

/** An expected error. Its message is written for the frontend developer and is sent as is. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  static of(failure: Failure): ApiError {
    return new ApiError(failure.code, failure.message, failure.details);
  }

  toFailure(): Failure {
    return { code: this.code, message: this.message, details: this.details };
  }
}

/** An invalid argument: `reason` says what is wrong with it and what is allowed. Nothing was bought. */
export function badUserInput(argument: string, reason: string): ApiError {
  return new ApiError('BAD_USER_INPUT', `${argument}: ${reason}`, { argument, reason });
}

/** How long upstream asked to wait, in milliseconds. Null if the error does not say. */
export function retryAfterOf({ details }: ApiError): number | null {
  const retryAfterMs = details['retryAfterMs'];
  return typeof retryAfterMs === 'number' ? retryAfterMs : null;
}
