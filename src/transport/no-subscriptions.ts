import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, Kind, OperationTypeNode, type DocumentNode, type ValidationContext } from 'graphql';
import { rootDirectiveErrors } from './subscription-root.js';

/** Executed like a query, a subscription would end in an error that says nothing: so it is refused, with the way to go. */
export function noSubscriptions(): ApolloServerPlugin {
  return {
    requestDidStart: () =>
      Promise.resolve({
        validationDidStart(request) {
          const errors = rootDirectiveErrors(request.document);
          if (errors.length === 0) return Promise.resolve();
          // graphql-js would throw while it validates this one: an empty one fails in its place, by `rootDirectives` below.
          const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };
          refused.set(document, errors);
          Object.assign(request, { document });
          return Promise.resolve();
        },
        didResolveOperation({ operation }) {
          if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return Promise.resolve();
          throw new GraphQLError(
            'A subscription needs a stream: the WebSocket of this path (graphql-transport-ws), or server-sent events at /graphql/stream.',
            { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } },
          );
        },
      }),
  };
}

const refused = new WeakMap<DocumentNode, readonly GraphQLError[]>();

/** The validation rule that goes with the plugin. */
export function rootDirectives(context: ValidationContext): object {
  for (const error of refused.get(context.getDocument()) ?? []) context.reportError(error);
  return {};
}
