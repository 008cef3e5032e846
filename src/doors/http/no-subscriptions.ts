import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, Kind, OperationTypeNode, type DocumentNode, type ValidationContext } from 'graphql';
import { rootDirectiveErrors } from '../../graphql/subscription-root.js';

/** Rejects subscriptions over plain HTTP with a helpful error; executing one like a query gives a meaningless error. */
export function noSubscriptions(): ApolloServerPlugin {
  return {
    requestDidStart: () =>
      Promise.resolve({
        validationDidStart(request) {
          const errors = rootDirectiveErrors(request.document);
          if (errors.length === 0) return Promise.resolve();
          // graphql-js would throw while validating this document. An empty one is validated instead, and `rootDirectives` fails it.
          const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };
          refused.set(document, errors);
          Object.assign(request, { document });
          return Promise.resolve();
        },
        didResolveOperation({ operation }) {
          if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return Promise.resolve();
          throw new GraphQLError(
            'Subscriptions are not served over plain HTTP. Use WebSocket (graphql-transport-ws) on this path, or server-sent events at /graphql/stream.',
            { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } },
          );
        },
      }),
  };
}

const refused = new WeakMap<DocumentNode, readonly GraphQLError[]>();

/** The validation rule that belongs to the plugin. */
export function rootDirectives(context: ValidationContext): object {
  for (const error of refused.get(context.getDocument()) ?? []) context.reportError(error);
  return {};
}
