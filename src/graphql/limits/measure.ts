import {
  getNamedType,
  getNullableType,
  isListType,
  Kind,
  SchemaMetaFieldDef,
  typeFromAST,
  TypeMetaFieldDef,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from '../selections.js';
import { LIMITS, LIST_ELEMENTS } from './limits.js';

/** Of a selection, in whose fragments everything counts wherever they are spread. */
export interface Measures {
  /** Selections in each other, whether they are fields or fragments. */
  readonly levels: number;
  /** Fields in each other. */
  readonly depth: number;
  /** Fields that are not in others. */
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
  readonly values: number;
  /** Of what is selected below `__schema` and `__type`, which counts for nothing else but directives. */
  readonly introspection: Introspection;
}

type Introspection = Pick<Measures, 'depth' | 'aliases' | 'values'>;

const NO_INTROSPECTION: Introspection = { depth: 0, aliases: 0, values: 0 };
const NOTHING: Measures = {
  levels: 0,
  depth: 0,
  fields: 0,
  aliases: 0,
  directives: 0,
  values: 0,
  introspection: NO_INTROSPECTION,
};

const INTROSPECTION = new Map([SchemaMetaFieldDef, TypeMetaFieldDef].map((field) => [field.name, field]));

/**
 * The measures of each operation of a document, which need not be valid, as if everything in it were included. A few
 * hundred characters can select millions of fields with fragments in fragments, so each selection is measured once.
 */
export function measureOperations(schema: GraphQLSchema, document: DocumentNode): Measures[] {
  const measuring = new Measuring(schema, fragmentsOf(document));
  return document.definitions.flatMap((each) => {
    if (each.kind !== Kind.OPERATION_DEFINITION) return [];
    const measures = measuring.selections(each.selectionSet, schema.getRootType(each.operation) ?? undefined, 0);
    const own = [each, ...(each.variableDefinitions ?? [])].flatMap(({ directives = [] }) => directives);
    return [{ ...measures, directives: measures.directives + own.length }];
  });
}

class Measuring {
  /** A fragment that is still being measured contains itself, which is for the validation to say. */
  readonly #measured = new Map<SelectionSetNode, Measures>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ) {}

  selections(set: SelectionSetNode, type: GraphQLNamedType | undefined, above: number): Measures {
    const known = this.#measured.get(set);
    if (known) return known;
    if (above > LIMITS.levels) return { ...NOTHING, levels: 1 };
    this.#measured.set(set, NOTHING);
    const measures = set.selections
      .map((selection) => withDirectives(this.#selection(selection, type, above + 1), selection))
      .reduce(together, NOTHING);
    const whole = { ...measures, levels: measures.levels + 1 };
    this.#measured.set(set, whole);
    return whole;
  }

  #selection(selection: SelectionNode, type: GraphQLNamedType | undefined, above: number): Measures {
    if (selection.kind === Kind.FIELD) return this.#field(selection, type, above);
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
    if (!fragment) return NOTHING;
    const condition = fragment.typeCondition && typeFromAST(this.schema, fragment.typeCondition);
    const measures = this.selections(fragment.selectionSet, condition ?? type, above);
    return fragment.kind === Kind.FRAGMENT_DEFINITION ? withDirectives(measures, fragment) : measures;
  }

  #field({ name: { value: name }, alias, selectionSet }: FieldNode, type: GraphQLNamedType | undefined, above: number) {
    const introspected = type === this.schema.getQueryType() ? INTROSPECTION.get(name) : undefined;
    const field = introspected ?? (type && 'getFields' in type ? type.getFields()[name] : undefined);
    const below = selectionSet ? this.selections(selectionSet, field && getNamedType(field.type), above) : NOTHING;
    const elements = field && isListType(getNullableType(field.type)) ? LIST_ELEMENTS : 1;
    const own = {
      depth: below.depth + 1,
      aliases: below.aliases + (alias ? 1 : 0),
      values: elements * (below.values + 1),
    };
    if (introspected) return { ...NOTHING, ...pick(below), fields: 1, introspection: own };
    return { ...below, ...own, fields: 1 };
  }
}

function pick({ levels, directives }: Measures): Pick<Measures, 'levels' | 'directives'> {
  return { levels, directives };
}

function withDirectives(measures: Measures, { directives = [] }: Pick<SelectionNode, 'directives'>): Measures {
  return directives.length === 0 ? measures : { ...measures, directives: measures.directives + directives.length };
}

function together(a: Measures, b: Measures): Measures {
  return {
    levels: Math.max(a.levels, b.levels),
    depth: Math.max(a.depth, b.depth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    values: a.values + b.values,
    introspection: {
      depth: Math.max(a.introspection.depth, b.introspection.depth),
      aliases: a.introspection.aliases + b.introspection.aliases,
      values: a.introspection.values + b.introspection.values,
    },
  };
}
