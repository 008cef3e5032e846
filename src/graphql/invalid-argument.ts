import {
  getNamedType,
  GraphQLError,
  Kind,
  typeFromAST,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { ApiError } from '../errors.js';
import { argumentCheckOf, type ArgumentLimits } from '../resolvers/check-arguments.js';
import type { Operation } from './operation.js';
import { argumentsOf, fragmentsOf, isIncluded, variableValues } from './selections.js';

/**
 * An error that a selected field of the operation would have for its arguments alone, wherever it is; null if there is none.
 * Null also if a variable cannot be read, which fails the whole operation before anything of it is executed.
 */
export function invalidArgument(
  schema: GraphQLSchema,
  operation: Pick<Operation, 'document' | 'definition' | 'variables'>,
  limits: ArgumentLimits,
): ApiError | GraphQLError | null {
  const { document, definition } = operation;
  const coerced = variableValues(schema, operation);
  const root = schema.getRootType(definition.operation);
  if (!coerced || !root) return null;
  const values = coerced;
  const fragments = fragmentsOf(document);
  /** Of each the arguments are the same wherever it is spread. */
  const seen = new Set<SelectionSetNode>();

  function check(selectionSet: SelectionSetNode, type: GraphQLNamedType): void {
    if (seen.has(selectionSet)) return;
    seen.add(selectionSet);
    for (const selection of selectionSet.selections) if (isIncluded(selection, values)) checkSelection(selection, type);
  }

  function checkSelection(selection: SelectionNode, type: GraphQLNamedType): void {
    if (selection.kind === Kind.FIELD) {
      const field = 'getFields' in type ? type.getFields()[selection.name.value] : undefined;
      if (!field || !('args' in field)) return;
      if (field.args.length > 0) {
        const given = argumentsOf(field, selection, values);
        argumentCheckOf(field)?.(given, limits);
      }
      if (selection.selectionSet) check(selection.selectionSet, getNamedType(field.type));
      return;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (!fragment) return;
    const condition = fragment.typeCondition && typeFromAST(schema, fragment.typeCondition);
    check(fragment.selectionSet, condition ?? type);
  }

  try {
    check(definition.selectionSet, root);
    return null;
  } catch (error) {
    if (error instanceof ApiError || error instanceof GraphQLError) return error;
    throw error;
  }
}
