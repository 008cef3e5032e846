import type { ApolloServerPlugin } from '@apollo/server';
import type { Logger } from 'pino';
import type { OperationContext } from '../resolvers/context.js';

/** One line for each operation: its name and kind, how long it took, and the codes of its errors; never what it asked. */
export function operationLog(log: Logger): ApolloServerPlugin<OperationContext> {
  return {
    requestDidStart() {
      const startedAt = performance.now();
      return Promise.resolve({
        willSendResponse({ operation, operationName, response }) {
          const { body } = response;
          const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
          log.info(
            {
              operation: operationName ?? null,
              kind: operation?.operation ?? null,
              ms: Math.round(performance.now() - startedAt),
              errors: errors.map(({ extensions }) => extensions?.['code']),
            },
            'operation',
          );
          return Promise.resolve();
        },
      });
    },
  };
}
