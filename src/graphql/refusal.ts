import { GraphQLError, type OperationDefinitionNode } from 'graphql';
import { ApiError, type ErrorCode } from '../errors.js';
import type { FormatError } from './format-error.js';
import type { Outcome } from './operation.js';

/** Of refusals with these codes, at doors that have a status. Others have 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  OPERATION_NOT_LISTED: 403,
  AUTHENTICATION_UNAVAILABLE: 503,
  RATE_LIMITED: 429,
  OVERLOADED: 503,
};

/** Thrown by whatever refuses an operation: nothing of it is executed, at any door. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly errors: readonly GraphQLError[],
    /** The status of the response, where the door has one. */
    readonly httpStatus = 400,
  ) {
    super(errors.map(({ message }) => message).join(' '));
  }
}

/** A refusal with one error. */
export function refusal(code: string, message: string, httpStatus?: number): Refusal {
  return new Refusal([new GraphQLError(message, { extensions: { code } })], httpStatus);
}

/** What the client is told of anything that was thrown before its operation ran. */
export function refused(error: unknown, definition: OperationDefinitionNode | null, format: FormatError): Outcome {
  const { errors, httpStatus } =
    error instanceof Refusal
      ? error
      : { errors: [error], httpStatus: error instanceof ApiError ? (STATUS[error.code] ?? 400) : 500 };
  return { definition, results: { errors: errors.map((each) => format(each)) }, refused: httpStatus };
}
