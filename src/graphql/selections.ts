import {
  getArgumentValues,
  getDirectiveValues,
  getVariableValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type ValueNode,
} from 'graphql';
import type { Operation, Variables } from './operation.js';

/** The variables of one operation as its fields see them. */
export type VariableValues = Readonly<Record<string, unknown>>;
/** The arguments of one field as its resolver sees them. */
export type Arguments = Readonly<Record<string, unknown>>;

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

const fragmentsIn = new WeakMap<DocumentNode, Fragments>();

export function fragmentsOf(document: DocumentNode): Fragments {
  const known = fragmentsIn.get(document);
  if (known) return known;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of document.definitions) {
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
  }
  fragmentsIn.set(document, fragments);
  return fragments;
}

interface ReadVariables {
  readonly schema: GraphQLSchema;
  readonly definition: OperationDefinitionNode;
  readonly variables: Variables | null;
  readonly values: VariableValues | null;
}

/** Of the latest operation. Several layers ask for the same in one turn; nothing is kept for one that goes on. */
let latest: ReadVariables | undefined;

/** Null if one cannot be read, which fails the whole operation before anything of it is executed. */
export function variableValues(
  schema: GraphQLSchema,
  { definition, variables }: Pick<Operation, 'definition' | 'variables'>,
): VariableValues | null {
  if (latest && latest.variables === variables && latest.definition === definition && latest.schema === schema) {
    return latest.values;
  }
  const { coerced } = getVariableValues(schema, definition.variableDefinitions ?? [], variables ?? {}, {
    maxErrors: 1,
  });
  latest = { schema, definition, variables, values: coerced ?? null };
  return latest.values;
}

const NO_ARGUMENTS: Arguments = {};
/** Of selections that use no variable, whose arguments are always the same; null: it uses one. */
const constantArguments = new WeakMap<FieldNode, Arguments | null>();

/** Throws a GraphQLError if they are invalid, as executing the field does. */
export function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode, values: VariableValues): Arguments {
  if (field.args.length === 0) return NO_ARGUMENTS;
  const constant = constantArguments.get(node);
  if (constant) return constant;
  const given = getArgumentValues(field, node, values);
  if (constant === undefined) constantArguments.set(node, usesVariable(node) ? null : given);
  return given;
}

/** Whether its arguments depend on variables. */
export function usesVariable({ arguments: given = [] }: FieldNode): boolean {
  return given.some(({ value }) => hasVariable(value));
}

/** Recursive, since the depth of a document is bounded. */
function hasVariable(value: ValueNode): boolean {
  if (value.kind === Kind.LIST) return value.values.some(hasVariable);
  if (value.kind === Kind.OBJECT) return value.fields.some((field) => hasVariable(field.value));
  return value.kind === Kind.VARIABLE;
}

/** What `@skip` and `@include` say. */
export function isIncluded(selection: SelectionNode, values: VariableValues): boolean {
  if (!selection.directives?.length) return true;
  if (getDirectiveValues(GraphQLSkipDirective, selection, values)?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, selection, values)?.['if'] !== false;
}
