import {
  getNamedType,
  getNullableType,
  GraphQLError,
  isListType,
  Kind,
  typeFromAST,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { isTooDeep, tooDeep } from './nesting.js';

/** Values in a response, where every list has as many elements as this. The full report has about a thousand. */
const MOST_VALUES = 100_000;
const LIST_ELEMENTS = 25;

interface Measures {
  readonly values: number;
  readonly levels: number;
}

/**
 * What is wrong with the size of an operation's response; empty if nothing is. A few hundred characters can select millions of
 * fields, with fragments in fragments: the report would be bought, and its response never be written. Also for documents
 * that are not valid.
 */
export function sizeErrors(schema: GraphQLSchema, { definitions }: DocumentNode): GraphQLError[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of definitions) if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
  /** A fragment that is still being measured contains itself, which is for the validation to say. */
  const measured = new Map<SelectionSetNode, Measures>();

  function measure(set: SelectionSetNode, type: GraphQLNamedType | undefined, above: number): Measures {
    const known = measured.get(set);
    if (known) return known;
    if (isTooDeep(above)) return { values: 0, levels: 1 };
    measured.set(set, { values: 0, levels: 0 });
    const parts = set.selections.map((selection) => measureSelection(selection, type, above + 1));
    const sum = {
      values: parts.reduce((total, { values }) => total + values, 0),
      levels: 1 + parts.reduce((most, { levels }) => Math.max(most, levels), 0),
    };
    measured.set(set, sum);
    return sum;
  }

  function measureSelection(selection: SelectionNode, type: GraphQLNamedType | undefined, above: number): Measures {
    if (selection.kind === Kind.FIELD) {
      const field = type && 'getFields' in type ? type.getFields()[selection.name.value] : undefined;
      const below = selection.selectionSet
        ? measure(selection.selectionSet, field && getNamedType(field.type), above)
        : { values: 0, levels: 0 };
      const elements = field && isList(field.type as GraphQLOutputType) ? LIST_ELEMENTS : 1;
      return { values: elements * (1 + below.values), levels: below.levels };
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (!fragment) return { values: 0, levels: 0 };
    const condition = fragment.typeCondition && typeFromAST(schema, fragment.typeCondition);
    return measure(fragment.selectionSet, condition ?? type, above);
  }

  return definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return [];
    const root = schema.getRootType(definition.operation) ?? undefined;
    const { values, levels } = measure(definition.selectionSet, root, 0);
    if (isTooDeep(levels)) return [new GraphQLError(tooDeep(), { nodes: [definition] })];
    if (values <= MOST_VALUES) return [];
    const message = `The operation selects too much: more than ${MOST_VALUES} values, where each list counts as ${LIST_ELEMENTS} elements.`;
    return [new GraphQLError(message, { nodes: [definition] })];
  });
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}
