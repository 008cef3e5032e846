import {
  getDirectiveValues,
  getVariableValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionNode,
} from 'graphql';
import type { Operation } from './operation.js';

/** The variables of one operation as its fields see them. */
export type VariableValues = Readonly<Record<string, unknown>>;

export function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of definitions) if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
  return fragments;
}

/** Null if one cannot be read, which fails the whole operation before anything of it is executed. */
export function variableValues(
  schema: GraphQLSchema,
  { definition, variables }: Pick<Operation, 'definition' | 'variables'>,
): VariableValues | null {
  const { coerced } = getVariableValues(schema, definition.variableDefinitions ?? [], variables ?? {}, {
    maxErrors: 1,
  });
  return coerced ?? null;
}

/** What `@skip` and `@include` say. */
export function isIncluded(selection: SelectionNode, values: VariableValues): boolean {
  if (!selection.directives?.length) return true;
  if (getDirectiveValues(GraphQLSkipDirective, selection, values)?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, selection, values)?.['if'] !== false;
}
