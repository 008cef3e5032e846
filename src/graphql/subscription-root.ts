import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * Errors for `@skip` and `@include` at the root of a subscription. The specification forbids them, because a subscription
 * must have exactly one root field. graphql-js throws while validating such an operation, or subscribes to nothing.
 */
export function rootDirectiveErrors({ definitions }: DocumentNode): GraphQLError[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const errors: GraphQLError[] = [];
  const seen = new Set<SelectionSetNode>();

  function visit({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      const directive = selection.directives?.find(({ name }) => name.value === 'skip' || name.value === 'include');
      if (directive) {
        const message = `Subscriptions must not use "@${directive.name.value}" at the root.`;
        errors.push(new GraphQLError(message, { nodes: [directive] }));
      }
      const below = selectionsBelow(selection);
      if (!below || seen.has(below)) continue;
      seen.add(below);
      visit(below);
    }
  }

  /** The selections of a fragment. Those of a field are not at the root. */
  function selectionsBelow(selection: SelectionNode): SelectionSetNode | undefined {
    if (selection.kind === Kind.FIELD) return undefined;
    if (selection.kind === Kind.INLINE_FRAGMENT) return selection.selectionSet;
    return fragments.get(selection.name.value)?.selectionSet;
  }

  for (const definition of definitions) {
    const isSubscription =
      definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.SUBSCRIPTION;
    if (isSubscription) visit(definition.selectionSet);
  }
  return errors;
}
