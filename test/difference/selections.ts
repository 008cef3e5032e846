import fc, { type Arbitrary } from 'fast-check';
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isObjectType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';
import type { Arguments, inputsFor } from './inputs.ts';
import { Variable, type Tree } from './trees.ts';

export type Selection = readonly Selected[];
export type Selected = SelectedField | SelectedFragment | RawText;

export interface SelectedField {
  readonly kind: 'field';
  readonly alias: string | null;
  readonly name: string;
  readonly args: Arguments;
  readonly directives: readonly Directive[];
  /** Null: a leaf. */
  readonly selection: Selection | null;
  /** Selected once more under the same name, with the same arguments: both are merged. Null: it is not. */
  readonly again: Selection | null;
}

export interface SelectedFragment {
  readonly kind: 'inline' | 'spread';
  /** Null, inline only: without a type. */
  readonly on: string | null;
  readonly directives: readonly Directive[];
  readonly selection: Selection;
}

interface RawText {
  readonly kind: 'raw';
  readonly text: string;
}

export interface Directive {
  readonly name: 'skip' | 'include';
  readonly condition: Tree;
}

/** How often a field is selected, beside the others of its type; 1 where it does not say. */
const WEIGHTS: Readonly<Record<string, number>> = {
  'Query.report': 90,
  'Query.reports': 30,
  'Report.pay': 12,
  'Report.yoe': 9,
  'Report.id': 4,
  'Report.answers': 4,
  'PayStatistics.percentileRank': 3,
  // Tells one purchase from another.
  'PayReport.collectedAt': 5,
  'YearsExperienceReport.collectedAt': 3,
};
/** How many fields and fragments one selection has at most, where it is not three. */
const MOST_SELECTED: Readonly<Record<string, number>> = { Query: 2, Report: 4 };
/** Left out: they wait for a time that is told, or say what is random. */
const LEFT_OUT = new Set(['Query.auditUsage']);
const DEEPEST = 7;

const INTROSPECTION: readonly string[] = [
  '__schema { queryType { name } }',
  '__type(name: "Report") { name fields { name type { name kind } } }',
];

/** Selections of the schema's types. `sloppy`: some of them are no valid selections. */
export function selectionsFor(
  schema: GraphQLSchema,
  { argumentsOf, valueOf }: ReturnType<typeof inputsFor>,
  sloppy: boolean,
) {
  const made = new Map<string, Arbitrary<Selection>>();

  function selectionOf(type: GraphQLCompositeType, depth = 0): Arbitrary<Selection> {
    const key = `${type.name}:${depth}`;
    const found = made.get(key);
    if (found) return found;
    const maxLength = MOST_SELECTED[type.name] ?? 3;
    const selection = fc.array(selectedOf(type, depth), { minLength: 1, maxLength, size: 'max' });
    made.set(key, selection);
    return selection;
  }

  function selectedOf(type: GraphQLCompositeType, depth: number): Arbitrary<Selected> {
    const fields = Object.values('getFields' in type ? type.getFields() : {})
      .filter(({ name }) => !LEFT_OUT.has(`${type.name}.${name}`))
      .filter((field) => depth < DEEPEST || isLeafType(getNamedType(field.type)))
      .map((field) => ({
        weight: 10 * (WEIGHTS[`${type.name}.${field.name}`] ?? 1),
        arbitrary: fc.constant(field).chain((each) => fieldOf(each, depth)),
      }));
    const typename = plainField('__typename');
    const all = fields.reduce((sum, { weight }) => sum + weight, 10);
    const options: { weight: number; arbitrary: Arbitrary<Selected> }[] = [
      ...fields,
      { weight: Math.ceil(all / 15), arbitrary: typename },
    ];
    if (depth < DEEPEST) {
      options.push({
        weight: isAbstractType(type) ? 4 * all : Math.ceil(all / 8),
        arbitrary: fc.constant(type).chain((each) => fragmentOf(each, depth)),
      });
    }
    if (type.name === 'Query') {
      options.push({
        weight: Math.ceil(all / 60),
        arbitrary: fc.constantFrom(...INTROSPECTION).map((text) => ({ kind: 'raw', text }) as const),
      });
    }
    if (sloppy) options.push({ weight: Math.ceil(all / 60), arbitrary: plainField('noSuchField') });
    return fc.oneof(...options);
  }

  function fieldOf({ name, args, type }: GraphQLField<unknown, unknown>, depth: number): Arbitrary<Selected> {
    const named = getNamedType(type);
    const selection = isCompositeType(named) ? selectionOf(named, depth + 1) : fc.constant(null);
    return fc
      .record({
        alias: alias(name),
        args: argumentsOf(args),
        directives: directives(),
        selection: sloppy ? sloppySelection(selection, isCompositeType(named)) : selection,
        again: fc.oneof({ weight: 12, arbitrary: fc.constant(null) }, selection),
      })
      .map((drawn) => ({ kind: 'field', name, ...drawn }) as const);
  }

  function fragmentOf(type: GraphQLCompositeType, depth: number): Arbitrary<Selected> {
    return fc
      .record({
        kind: fc.constantFrom<'inline' | 'spread'>('inline', 'spread'),
        typed: fc.boolean(),
        other: fc.constant(sloppy).chain((may) => (may ? fc.integer({ min: 0, max: 19 }) : fc.constant(1))),
        directives: directives(),
        within: fc.constantFrom(type, ...overlapping(type)),
      })
      .chain(({ kind, typed, other, within, directives: given }) => {
        const untyped = kind === 'inline' && !typed;
        const on = untyped ? null : other === 0 ? 'Usage' : within.name;
        return selectionOf(untyped ? type : within, depth + 1).map((selection): Selected => ({
          kind,
          on,
          directives: given,
          selection,
        }));
      });
  }

  /** The other types that fragments inside it may be on. */
  function overlapping(type: GraphQLCompositeType): readonly GraphQLCompositeType[] {
    return isObjectType(type) ? type.getInterfaces() : schema.getPossibleTypes(type);
  }

  function directives(): Arbitrary<readonly Directive[]> {
    const condition: Arbitrary<Tree> = fc.oneof<Arbitrary<Tree>[]>(
      fc.boolean(),
      fc.boolean().map((given) => new Variable('Boolean!', given, undefined)),
      fc.boolean().map((standard) => new Variable('Boolean', undefined, standard)),
      ...(sloppy ? [valueOf(schema.getType('Boolean') as never)] : []),
    );
    const names = fc.subarray(['skip', 'include'] as const, { minLength: 1 });
    const some = fc
      .tuple(names, condition, condition)
      .map(([given, ...conditions]) => given.map((name, index) => ({ name, condition: conditions[index] ?? true })));
    return fc.oneof({ weight: 8, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some });
  }

  return { selectionOf };
}

function plainField(name: string): Arbitrary<SelectedField> {
  return alias(name).map((given) => ({
    kind: 'field',
    alias: given,
    name,
    args: [],
    directives: [],
    selection: null,
    again: null,
  }));
}

/** Sometimes one that another field may have too: both are merged then, or the document is not valid. */
function alias(name: string): Arbitrary<string | null> {
  return fc.oneof(
    { weight: 10, arbitrary: fc.constant(null) },
    { weight: 3, arbitrary: fc.constantFrom('b', 'c', 'd', 'e').map((letter) => `${name}_${letter}`) },
    { weight: 1, arbitrary: fc.constantFrom('id', 'a', 'pay', '__proto__', 'constructor', 'toString') },
  );
}

/** A leaf with a selection, or an object without one. */
function sloppySelection(right: Arbitrary<Selection | null>, composite: boolean): Arbitrary<Selection | null> {
  const wrong: Selection | null = composite ? null : [{ kind: 'raw', text: 'id' }];
  return fc.oneof({ weight: 60, arbitrary: right }, { weight: 1, arbitrary: fc.constant(wrong) });
}
