import { GraphQLError, type ASTVisitor, type ValidationContext, type ValidationRule } from 'graphql';

/** The validation rules of every door, in addition to those of GraphQL itself. */
export function validationRules({ introspection }: { readonly introspection: boolean }): ValidationRule[] {
  return introspection ? [noLostVariables] : [noLostVariables, noIntrospection];
}

/** Fields that show the schema. */
const SCHEMA_FIELDS = ['__schema', '__type', '_service'];

function noIntrospection(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (!SCHEMA_FIELDS.includes(node.name.value)) return;
      context.reportError(
        new GraphQLError('GraphQL introspection is disabled: `__schema`, `__type` and `_service` cannot be queried.', {
          nodes: [node],
          extensions: { validationErrorCode: 'INTROSPECTION_DISABLED' },
        }),
      );
    },
  };
}

/** JavaScript takes this name for another meaning, so that graphql-js loses the value. */
function noLostVariables(context: ValidationContext): ASTVisitor {
  return {
    VariableDefinition({ variable }) {
      if (variable.name.value !== '__proto__') return;
      context.reportError(new GraphQLError('A variable must not be named "__proto__".', { nodes: [variable] }));
    },
  };
}
