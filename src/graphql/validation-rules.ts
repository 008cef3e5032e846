import { GraphQLError, type ASTVisitor, type ValidationContext, type ValidationRule } from 'graphql';

/** The validation rules of every door, in addition to those of GraphQL itself. */
export function validationRules({ introspection }: { readonly introspection: boolean }): ValidationRule[] {
  return introspection ? [] : [noIntrospection];
}

function noIntrospection(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (node.name.value !== '__schema' && node.name.value !== '__type') return;
      context.reportError(
        new GraphQLError('GraphQL introspection is disabled: `__schema` and `__type` cannot be queried.', {
          nodes: [node],
          extensions: { validationErrorCode: 'INTROSPECTION_DISABLED' },
        }),
      );
    },
  };
}
