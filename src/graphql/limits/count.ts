import {
  getNamedType,
  getNullableType,
  GraphQLError,
  isListType,
  isObjectType,
  Kind,
  OperationTypeNode,
  typeFromAST,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { reportsAskedBy } from '../../resolvers/reports-asked.js';
import type { Operation } from '../operation.js';
import {
  argumentsOf,
  fragmentsOf,
  isIncluded,
  variableValues,
  type Arguments,
  type VariableValues,
} from '../selections.js';
import { LIMITS, LIST_ELEMENTS, tooLarge } from './limits.js';

/** Fields of one object that are executed as one, because they have one name in the response. */
interface Group {
  readonly field: GraphQLField<unknown, unknown>;
  readonly first: FieldNode;
  readonly below: SelectionSetNode[];
}

/**
 * How many reports an operation asks for, with its variables: each `pay` and `yoe` of each report, each type that is bought
 * or followed. Fields are counted as they are executed, so what several fragments select alike counts once. Throws a
 * `Refusal` if the operation has too many values or list elements. Zero if its variables cannot be read.
 */
export function countReports(
  schema: GraphQLSchema,
  operation: Pick<Operation, 'document' | 'definition' | 'variables'>,
): number {
  const { document, definition } = operation;
  const variables = variableValues(schema, operation);
  const root = schema.getRootType(definition.operation);
  if (!variables || !root) return 0;
  const counting = new Counting(schema, fragmentsOf(document), variables);
  counting.selections([definition.selectionSet], root, 1);
  // Inside an event nothing is bought.
  return definition.operation === OperationTypeNode.SUBSCRIPTION ? counting.reportsAtRoot : counting.reports;
}

/** All that counting has to know of the arguments of a field. */
interface Weight {
  /** How many reports selecting it once asks for. */
  readonly reports: number;
  /** How many elements it has. */
  readonly elements: number;
  /** Whether that is the length of a list among the arguments. */
  readonly listed: boolean;
}

/**
 * Of elements there are as many as the argument `first` says, of a connection once for all its edges; otherwise of a list as
 * many as its argument that is a list has.
 */
export function weightOf(field: GraphQLField<unknown, unknown>, given: Arguments, parent: GraphQLNamedType): Weight {
  const reports = reportsAskedBy(field, given);
  const first = given['first'];
  if (typeof first === 'number') return { reports, elements: Math.max(0, first), listed: false };
  if (!isListType(getNullableType(field.type)) || isConnection(parent)) return { reports, elements: 1, listed: false };
  const list = Object.values(given).find((value) => Array.isArray(value));
  return { reports, elements: list?.length ?? LIST_ELEMENTS, listed: list !== undefined };
}

class Counting {
  reports = 0;
  reportsAtRoot = 0;
  #values = 0;
  #elements = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private readonly variables: VariableValues,
  ) {}

  /** `times`: how many objects there are of which this is selected. */
  selections(sets: readonly SelectionSetNode[], type: GraphQLNamedType, times: number, atRoot = true): void {
    for (const { field, first, below } of this.#groupsOf(sets, type)) {
      const given = this.#argumentsOf(field, first);
      if (!given) continue;
      const weight = weightOf(field, given, type);
      this.reports += times * weight.reports;
      if (atRoot) this.reportsAtRoot += times * weight.reports;
      const elements = times * weight.elements;
      if (weight.listed) this.#addElements(elements);
      this.#addValues(elements);
      if (elements > 0 && below.length > 0) this.selections(below, getNamedType(field.type), elements, false);
    }
  }

  #groupsOf(sets: readonly SelectionSetNode[], type: GraphQLNamedType): Iterable<Group> {
    const groups = new Map<string, Group>();
    const spread = new Set<string>();
    const collect = (set: SelectionSetNode, of: GraphQLNamedType): void => {
      for (const selection of set.selections) {
        if (!isIncluded(selection, this.variables)) continue;
        if (selection.kind === Kind.FIELD) {
          this.#addTo(groups, selection, of);
          continue;
        }
        if (selection.kind === Kind.FRAGMENT_SPREAD) {
          if (spread.has(selection.name.value)) continue;
          spread.add(selection.name.value);
        }
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
        if (!fragment) continue;
        const condition = fragment.typeCondition && typeFromAST(this.schema, fragment.typeCondition);
        collect(fragment.selectionSet, condition ?? of);
      }
    };
    for (const set of sets) collect(set, type);
    return groups.values();
  }

  #addTo(groups: Map<string, Group>, node: FieldNode, type: GraphQLNamedType): void {
    const key = node.alias?.value ?? node.name.value;
    const field = 'getFields' in type ? type.getFields()[node.name.value] : undefined;
    // Introspection has limits of its own.
    if (!field || !('args' in field)) return;
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { field, first: node, below: [] }));
    if (node.selectionSet) group.below.push(node.selectionSet);
  }

  /** Null if they are invalid: the field is not executed. */
  #argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Arguments | null {
    try {
      return argumentsOf(field, node, this.variables);
    } catch (error) {
      if (error instanceof GraphQLError) return null;
      throw error;
    }
  }

  #addElements(count: number): void {
    this.#elements += count;
    if (this.#elements > LIMITS.elements) throw tooManyElements(this.#elements);
  }

  #addValues(count: number): void {
    this.#values += count;
    if (this.#values > LIMITS.values) throw tooManyValues();
  }
}

function isConnection(type: GraphQLNamedType): boolean {
  return isObjectType(type) && type.getFields()['pageInfo'] !== undefined;
}

function tooManyElements(value: number): Error {
  const { elements } = LIMITS;
  return tooLarge(`The operation is too large: more than ${elements} elements of lists.`, elements, value);
}

function tooManyValues(): Error {
  const { values } = LIMITS;
  return tooLarge(`The operation is too large: its response may have more than ${values} values.`, values, null);
}
