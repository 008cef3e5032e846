import {
  GraphQLError,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  print,
  SchemaMetaFieldDef,
  typeFromAST,
  TypeMetaFieldDef,
  type ASTVisitor,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type SelectionSetNode,
  type ValueNode,
  type ValidationContext,
} from 'graphql';
import { fragmentsOf } from './selections.js';

interface Selected {
  readonly node: FieldNode;
  readonly parent: GraphQLNamedType;
  /** Undefined for `__typename`, and if there is no such field, which is for another rule to say. */
  readonly type: GraphQLOutputType | undefined;
}

/** A selection, and the type of which it selects. */
interface Scope {
  readonly set: SelectionSetNode;
  readonly type: GraphQLNamedType | undefined;
}

/**
 * "Field selection merging" of the GraphQL specification: fields with one name in the response must be the same field with the
 * same arguments, where they can be of one object, and must always have types of one shape. The rule of graphql-js compares
 * every such field with every other one, which takes seconds for a document of four thousand tokens. What must be the same is
 * the same as the first one; so each merged selection is looked at once.
 */
export function fieldsMerge(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition({ selectionSet }) {
      const merging = new Merging(context);
      const root = [{ set: selectionSet, type: context.getType() as GraphQLNamedType | undefined }];
      const conflict = merging.conflictOfFields(root) ?? merging.conflictOfShapes(root);
      if (conflict) context.reportError(conflict);
      return false;
    },
    FragmentDefinition: () => false,
  };
}

class Merging {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #arguments = new Map<FieldNode, string>();

  constructor(private readonly context: ValidationContext) {
    this.#fragments = fragmentsOf(context.getDocument());
  }

  /** Of fields that are one name in the response, whatever they are fields of. */
  conflictOfShapes(scopes: readonly Scope[]): GraphQLError | null {
    for (const fields of this.#fieldsOf(scopes).values()) {
      const [first, ...others] = fields.filter(({ type }) => type !== undefined);
      for (const other of others) {
        if (first?.type && other.type && !haveOneShape(first.type, other.type)) {
          return conflict(
            first,
            other,
            `they return conflicting types "${String(first.type)}" and "${String(other.type)}"`,
          );
        }
      }
      const below = this.conflictOfShapes(scopesOf(fields));
      if (below) return below;
    }
    return null;
  }

  /** Of fields that may be of one object. */
  conflictOfFields(scopes: readonly Scope[]): GraphQLError | null {
    for (const fields of this.#fieldsOf(scopes).values()) {
      for (const alike of byObject(fields)) {
        const [first, ...others] = alike;
        for (const other of others) {
          const why = first && this.#difference(first.node, other.node);
          if (why) return conflict(first, other, why);
        }
        const below = this.conflictOfFields(scopesOf(alike));
        if (below) return below;
      }
    }
    return null;
  }

  #difference(a: FieldNode, b: FieldNode): string | null {
    if (a.name.value !== b.name.value) return `"${a.name.value}" and "${b.name.value}" are different fields`;
    return this.#argumentsOf(a) === this.#argumentsOf(b) ? null : 'they have differing arguments';
  }

  #argumentsOf(node: FieldNode): string {
    let text = this.#arguments.get(node);
    if (text === undefined) this.#arguments.set(node, (text = argumentsOf(node)));
    return text;
  }

  #fieldsOf(scopes: readonly Scope[]): Map<string, Selected[]> {
    const fields = new Map<string, Selected[]>();
    const spread = new Set<string>();
    const collect = ({ set, type }: Scope): void => {
      for (const selection of set.selections) {
        if (selection.kind === Kind.FIELD) {
          if (!type) continue;
          const key = selection.alias?.value ?? selection.name.value;
          const selected = { node: selection, parent: type, type: typeOf(selection, type) };
          const others = fields.get(key);
          if (others) others.push(selected);
          else fields.set(key, [selected]);
          continue;
        }
        if (selection.kind === Kind.FRAGMENT_SPREAD) {
          if (spread.has(selection.name.value)) continue;
          spread.add(selection.name.value);
        }
        const fragment =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
        if (!fragment) continue;
        const condition = fragment.typeCondition && typeFromAST(this.context.getSchema(), fragment.typeCondition);
        collect({ set: fragment.selectionSet, type: fragment.typeCondition ? condition : type });
      }
    };
    scopes.forEach(collect);
    return fields;
  }
}

/** Fields of different objects never meet; those of an interface meet all. */
function byObject(fields: readonly Selected[]): Iterable<readonly Selected[]> {
  const common = fields.filter(({ parent }) => !isObjectType(parent));
  const objects = new Map<GraphQLNamedType, Selected[]>();
  for (const field of fields) {
    if (!isObjectType(field.parent)) continue;
    const others = objects.get(field.parent);
    if (others) others.push(field);
    else objects.set(field.parent, [...common, field]);
  }
  return objects.size === 0 ? [common] : objects.values();
}

function scopesOf(fields: readonly Selected[]): Scope[] {
  return fields.flatMap(({ node, type }) =>
    node.selectionSet ? [{ set: node.selectionSet, type: type && getNamedType(type) }] : [],
  );
}

/**
 * Without `__typename`: graphql-js compares its shape with none, so what a client's tools let pass is not refused here, though
 * the specification's words would.
 */
const META_FIELDS = new Map([SchemaMetaFieldDef, TypeMetaFieldDef].map(({ name, type }) => [name, type]));

function typeOf({ name: { value: name } }: FieldNode, parent: GraphQLNamedType): GraphQLOutputType | undefined {
  const meta = META_FIELDS.get(name);
  if (meta) return meta;
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name]?.type : undefined;
}

function haveOneShape(a: GraphQLOutputType, b: GraphQLOutputType): boolean {
  if (isNonNullType(a) || isNonNullType(b)) {
    return isNonNullType(a) && isNonNullType(b) && haveOneShape(a.ofType, b.ofType);
  }
  if (isListType(a) || isListType(b)) return isListType(a) && isListType(b) && haveOneShape(a.ofType, b.ofType);
  return isLeafType(a) || isLeafType(b) ? a === b : true;
}

/** In an order of their own: that in which they are written means nothing. */
function argumentsOf({ arguments: given = [] }: FieldNode): string {
  return given
    .map(({ name, value }) => `${name.value}: ${print(sorted(value))}`)
    .toSorted()
    .join(', ');
}

function sorted(value: ValueNode): ValueNode {
  if (value.kind === Kind.LIST) return { ...value, values: value.values.map(sorted) };
  if (value.kind !== Kind.OBJECT) return value;
  const fields = value.fields.map((field) => ({ ...field, value: sorted(field.value) }));
  return { ...value, fields: fields.toSorted((a, b) => (a.name.value < b.name.value ? -1 : 1)) };
}

function conflict(first: Selected, other: Selected, why: string): GraphQLError {
  const name = (first.node.alias ?? first.node.name).value;
  const message = `Fields "${name}" conflict because ${why}. Use different aliases on the fields to fetch both if this was intentional.`;
  return new GraphQLError(message, { nodes: [first.node, other.node] });
}
