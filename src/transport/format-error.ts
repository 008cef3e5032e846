import { randomUUID } from 'node:crypto';
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
 * traces, and without the names of the schema (`hideSuggestions`) where introspection is off; anything else is masked
 * with an id under which the log holds it.
 */
export function createFormatError(log: Logger, { hideSuggestions }: { hideSuggestions: boolean }): FormatError {
  return (formatted, error) => {
    const { locations, path } = formatted;
    const place = { ...(locations && { locations }), ...(path && { path }) };
    const root = rootOf(error);
    if (root instanceof ApiError) {
      // The answer does not say what is wrong with the store; whoever runs the server has to know.
      if (root.code === 'STORE_UNAVAILABLE') log.error({ err: root, path }, 'the ledger is unavailable');
      return { message: root.message, ...place, extensions: { ...root.details, code: root.code } };
    }
    if (root instanceof GraphQLError) {
      const message = hideSuggestions ? withoutSuggestions(formatted.message) : formatted.message;
      const { stacktrace: _, ...extensions } = formatted.extensions ?? {};
      return { message, ...place, extensions: { ...extensions, ...badInput(message, extensions['code']) } };
    }
    const errorId = randomUUID();
    if (!(root instanceof AskerGone)) log.error({ err: root, errorId, path }, 'unexpected error');
    return {
      message: `Something went wrong here. The server's log has it under ${errorId}.`,
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
    };
  };
}

/** What was thrown in the first place, below whatever Apollo and GraphQL have wrapped around it. */
function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof GraphQLError && root.originalError) root = root.originalError;
  return root;
}

function withoutSuggestions(message: string): string {
  return message.replace(/ ?Did you mean .+\?$/s, '');
}

/**
 * What GraphQL refuses of an operation's input is bad user input like any other: it is named, with the reason. A variable
 * is refused before anything runs, and has the code; an argument (null for one with a default, say) where it is resolved.
 */
function badInput(message: string, code: unknown): { code?: string; argument?: string; reason?: string } {
  const variable = code === 'BAD_USER_INPUT' ? /^Variable "\$(\w+)"/.exec(message) : null;
  const argument = (variable ?? /^Argument "(\w+)" /.exec(message))?.[1];
  return argument && code !== 'GRAPHQL_VALIDATION_FAILED' ? { code: 'BAD_USER_INPUT', argument, reason: message } : {};
}
