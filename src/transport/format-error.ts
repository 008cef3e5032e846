import { randomUUID } from 'node:crypto';
import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { ApiError } from '../errors.js';

/** Why the wait of an operation ended whose asker is gone; its error reaches nobody. */
export class AskerGone extends Error {
  override readonly name = 'AskerGone';
}

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/**
 * The only way out for errors. Foreseen ones say what they are; what GraphQL itself objects to passes without stack
 * traces; anything else is masked with an id under which the log holds it.
 */
export function createFormatError(log: Logger): FormatError {
  return (formatted, error) => {
    const { message, locations, path } = formatted;
    const place = { ...(locations && { locations }), ...(path && { path }) };
    const original = unwrapResolverError(error);
    if (original instanceof ApiError) {
      return { message: original.message, ...place, extensions: { code: original.code, ...original.details } };
    }
    if (original instanceof GraphQLError && !(original.originalError instanceof Error)) {
      const { stacktrace: _, ...extensions } = formatted.extensions ?? {};
      return { message, ...place, extensions: { ...extensions, ...refusedVariable(message, extensions['code']) } };
    }
    const errorId = randomUUID();
    if (!(original instanceof AskerGone)) log.error({ err: original, errorId, path }, 'unexpected error');
    return {
      message: `Something went wrong here. The server's log has it under ${errorId}.`,
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
    };
  };
}

/** A variable that GraphQL refuses is bad user input like any other: it is named, with the reason. */
function refusedVariable(message: string, code: unknown): { argument?: string; reason?: string } {
  const name = code === 'BAD_USER_INPUT' ? /^Variable "\$(\w+)"/.exec(message)?.[1] : undefined;
  return name ? { argument: name, reason: message } : {};
}
