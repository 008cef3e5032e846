/**
 * Every code of ours in `extensions.code`; README lists them beside the few of GraphQL itself. The list is closed: clients
 * switch over it.
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

/** What stands beside `code` in an error's extensions; plain JSON, and never a secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An error as data: what the ledger keeps and what travels between processes. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: ErrorDetails;
}

/** An error that was foreseen: its message speaks to the frontend's developer and is shown as it is. */
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

/** An argument out of bounds: names it, says what was wrong and what is allowed. Nothing was bought. */
export function badUserInput(argument: string, reason: string): ApiError {
  return new ApiError('BAD_USER_INPUT', `${argument}: ${reason}`, { argument, reason });
}

/** How long upstream asked to wait, in milliseconds, where the error says so. */
export function retryAfterOf({ details }: ApiError): number | null {
  const retryAfterMs = details['retryAfterMs'];
  return typeof retryAfterMs === 'number' ? retryAfterMs : null;
}
