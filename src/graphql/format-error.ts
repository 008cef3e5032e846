import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { ApiError } from '../errors.js';
import { answerNamed } from '../model/answers.js';

/** Abort reason of an operation whose client has disconnected. It is not logged; no one receives the error. */
export class ClientDisconnected extends Error {
  override readonly name = 'ClientDisconnected';
}

/** `formatted`: what a library made of the error, if it did. */
export type FormatError = (error: unknown, formatted?: GraphQLFormattedError) => GraphQLFormattedError;

/**
 * Formats every error that is sent to a client. An ApiError is sent with its code and details. GraphQL's own errors are
 * sent without stack traces, and without schema names (`hideSuggestions`) if introspection is off. Anything else is
 * masked and logged with an error id.
 */
export function createFormatError(log: Logger, { hideSuggestions }: { hideSuggestions: boolean }): FormatError {
  return (error, formatted = unmasked(error)) => {
    const { locations, path } = formatted;
    const place = { ...(locations && { locations }), ...(path && { path }) };
    const root = rootOf(error);
    if (root instanceof ApiError) {
      // The response does not say what is wrong with the store, but the operator needs to know.
      if (root.code === 'STORE_UNAVAILABLE') log.error({ err: root, path }, 'the ledger is unavailable');
      return { message: root.message, ...place, extensions: { ...withFields(root.details), code: root.code } };
    }
    if (root instanceof GraphQLError) {
      const message = hideSuggestions ? withoutSuggestions(formatted.message) : formatted.message;
      const { stacktrace: _, ...extensions } = formatted.extensions ?? {};
      return { message, ...place, extensions: { ...extensions, ...badInput(message, extensions['code']) } };
    }
    // Nobody receives this one; the log of operations tells it from a failure.
    if (root instanceof ClientDisconnected) {
      return { message: root.message, ...place, extensions: { code: 'CLIENT_DISCONNECTED' } };
    }
    const errorId = randomUUID();
    log.error({ err: root, errorId, path }, 'unexpected error');
    return {
      message: `Internal server error. The server logged it with error id ${errorId}.`,
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
    };
  };
}

/** Issues and suggestions name the field of `AnswersInput` that they are about, as `AnswerIssue.field` does. */
function withFields(details: ApiError['details']): object {
  const named = <T extends { readonly answerId: string | null }>(list: readonly T[]) =>
    list.map((each) => ({ ...each, field: answerNamed(each.answerId) }));
  return {
    ...details,
    ...('issues' in details && details.issues && { issues: named(details.issues) }),
    ...('suggestions' in details && details.suggestions && { suggestions: named(details.suggestions) }),
  };
}

/** Any error as one of GraphQL. Unless it already is one, it is masked when it is formatted. */
export function toGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}

/** With the code that Apollo gives it, too: errors in variables are the only ones that graphql-js raises when executing. */
function unmasked(error: unknown): GraphQLFormattedError {
  const formatted = toGraphQLError(error).toJSON();
  const badVariable = !formatted.path && !formatted.extensions?.['code'] && formatted.message.startsWith('Variable "$');
  return badVariable ? { ...formatted, extensions: { code: 'BAD_USER_INPUT' } } : formatted;
}

/** The error that was originally thrown, without the wrappers of Apollo and GraphQL. */
function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof GraphQLError && root.originalError) root = root.originalError;
  return root;
}

function withoutSuggestions(message: string): string {
  return message.replace(/ ?Did you mean .+\?$/s, '');
}

/**
 * Input that GraphQL itself rejects is reported as BAD_USER_INPUT, with the argument and the reason. Variables are
 * rejected before execution and already have the code; arguments (such as null for one with a default) are rejected when
 * the field is resolved.
 */
function badInput(message: string, code: unknown): { code?: string; argument?: string; reason?: string } {
  const variable = code === 'BAD_USER_INPUT' ? /^Variable "\$(\w+)"/.exec(message) : null;
  const argument = variable?.[1] ?? argumentIn(message);
  return argument && code !== 'GRAPHQL_VALIDATION_FAILED' ? { code: 'BAD_USER_INPUT', argument, reason: message } : {};
}

/** The argument that graphql-js refused with this message. */
export function argumentIn(message: string): string | undefined {
  return /^Argument "(\w+)" /.exec(message)?.[1];
}
