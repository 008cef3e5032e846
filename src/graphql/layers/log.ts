import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError, OperationTypeNode } from 'graphql';
import type { Logger } from 'pino';
import type { OperationContext } from '../../resolvers/context.js';

export interface OperationEnd {
  readonly name: string | null | undefined;
  readonly kind: OperationTypeNode | undefined;
  /** From `performance.now()`. */
  readonly startedAt: number;
  readonly errors: readonly Pick<GraphQLFormattedError, 'extensions'>[] | undefined;
}

const LONGEST_NAME = 100;

/** One log line per operation: name, kind, duration and error codes, but never its content. */
export function logOperation(log: Logger, { name, kind, startedAt, errors }: OperationEnd): void {
  log.info(
    {
      operation: name?.slice(0, LONGEST_NAME) ?? null,
      kind: kind ?? null,
      ms: Math.round(performance.now() - startedAt),
      errors: [...new Set((errors ?? []).map(({ extensions }) => extensions?.['code']))],
    },
    'operation',
  );
}

/** The same for operations executed by Apollo. */
export function operationLog(log: Logger): ApolloServerPlugin<OperationContext> {
  return {
    requestDidStart() {
      const startedAt = performance.now();
      return Promise.resolve({
        willSendResponse({ operation, operationName: name, response: { body } }) {
          const errors = body.kind === 'single' ? body.singleResult.errors : [];
          logOperation(log, { name, kind: operation?.operation, startedAt, errors });
          return Promise.resolve();
        },
      });
    },
  };
}
