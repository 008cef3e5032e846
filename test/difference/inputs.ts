import fc, { type Arbitrary } from 'fast-check';
import {
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLArgument,
  type GraphQLInputObjectType,
  type GraphQLInputType,
} from 'graphql';
import type { Json } from './json.ts';
import { POOL, SETTLED, type Known } from './pool.ts';
import { EnumName, Fields, toJson, Variable, withoutVariables, type Tree } from './trees.ts';

export interface InputOptions {
  /** Whether some values are of a wrong type or out of bounds. */
  readonly sloppy: boolean;
  /** Whether requests wait for the reports that they ask for. Otherwise they ask for what never comes, too. */
  readonly patient: boolean;
  /** The longest wait that the servers allow, in milliseconds. */
  readonly longestWaitMs: number;
}

export type Arguments = readonly (readonly [name: string, value: Tree])[];

const WRONG: Arbitrary<Tree> = fc.constantFrom<Tree>(
  null,
  true,
  0,
  1.5,
  -1,
  2 ** 31,
  Infinity,
  '',
  '5',
  'x'.repeat(300),
  '\u0000',
  '\ud800',
  new EnumName('NOT_A_VALUE'),
  [],
  [null],
  [['a']],
  new Fields([]),
  new Fields([['__proto__', 1]]),
);
const TEXTS = fc.constantFrom('Software Developer', 'Python', 'Seattle', ' Seattle ', 'Zürich', '', 'a"b\\c\n', '𝔘');
const AMOUNTS = fc.constantFrom(0, 50_000, 104_300, 104_300.5, 1e6, -1, 36);
const IDS = fc.constantFrom('nothing', '', 'A'.repeat(43));
const TIMES = fc.constantFrom('2026-01-01T00:00:00Z', '2030-01-01T00:00:00.000Z', 'yesterday');

/** Values for arguments, made from their types. */
export function inputsFor({ sloppy, patient, longestWaitMs }: InputOptions) {
  const types = new Map<string, Arbitrary<Tree>>();
  const pool = patient ? SETTLED : POOL;

  function argumentsOf(args: readonly GraphQLArgument[]): Arbitrary<Arguments> {
    const each = args.map((argument) => argumentOf(argument));
    return fc.tuple(...each, fc.boolean()).map((drawn) => {
      const given = drawn.slice(0, -1).filter((value) => value !== null) as (readonly [string, Tree])[];
      return drawn.at(-1) === true ? given.toReversed() : given;
    });
  }

  /** Null: it is not given. */
  function argumentOf({ name, type, defaultValue }: GraphQLArgument): Arbitrary<readonly [string, Tree] | null> {
    const required = isNonNullType(type) && defaultValue === undefined;
    const given = inPlace(name, type, defaultValue !== undefined).map((value) => [name, value] as const);
    // Whoever is not patient says so everywhere.
    if (name === 'waitMs' && !patient) return given;
    if (required) return sloppy ? fc.oneof({ weight: 30, arbitrary: given }, fc.constant(null)) : given;
    return fc.oneof({ weight: 3, arbitrary: given }, { weight: 4, arbitrary: fc.constant(null) });
  }

  /** A value for the place of this type: written in the document, in a variable, or partly in variables. */
  function inPlace(name: string, type: GraphQLInputType, hasDefault: boolean): Arbitrary<Tree> {
    const values = valuesFor(name) ?? valueOf(type);
    return fc.oneof({ weight: 1, arbitrary: values }, { weight: 1, arbitrary: variableOf(type, hasDefault, values) });
  }

  function valuesFor(name: string): Arbitrary<Tree> | null {
    if (name === 'waitMs') return waits();
    // The reports of the pool have it.
    return name === 'autoResolveJobTitle' && !sloppy ? fc.constantFrom<Tree>(true, true, true, true, false) : null;
  }

  function waits(): Arbitrary<Tree> {
    if (!patient) return fc.constantFrom<Tree>(0, 0, 1);
    return sloppy
      ? fc.constantFrom<Tree>(null, 0, -1, longestWaitMs, longestWaitMs + 1, '5', 1.5)
      : fc.constantFrom<Tree>(null, longestWaitMs);
  }

  /** `values`: without variables. */
  function variableOf(type: GraphQLInputType, hasDefault: boolean, values: Arbitrary<Tree>): Arbitrary<Tree> {
    const declared = String(type);
    const value = values.map((tree) => new Variable(declared, toJson(tree), undefined));
    const nullable = declared.replace(/!$/, '');
    const options = [{ weight: 8, arbitrary: value }];
    if (hasDefault || !isNonNullType(type)) {
      options.push({ weight: 1, arbitrary: value.map(({ given }) => new Variable(nullable, given, undefined)) });
      // Absent: the argument has its default, and an impatient request would wait.
      if (patient) options.push({ weight: 1, arbitrary: fc.constant(new Variable(nullable, undefined, undefined)) });
    }
    options.push({
      weight: 1,
      arbitrary: fc
        .tuple(values, fc.boolean())
        .map(([tree, given]) => new Variable(nullable, given ? toJson(tree) : undefined, withoutVariables(tree))),
    });
    if (sloppy) {
      options.push(
        { weight: 1, arbitrary: fc.constant(new Variable(declared, undefined, undefined)) },
        { weight: 1, arbitrary: WRONG.map((tree) => new Variable(declared, toJson(tree), undefined)) },
        { weight: 1, arbitrary: fc.constant(new Variable('[String]', ['a'], undefined)) },
        { weight: 1, arbitrary: fc.constant(new Variable('NoSuchType', 1, undefined)) },
      );
    }
    return fc.oneof(...options);
  }

  function valueOf(type: GraphQLInputType): Arbitrary<Tree> {
    const key = String(type);
    const made = types.get(key) ?? (sloppy ? orWrong(rightValueOf(type)) : rightValueOf(type));
    types.set(key, made);
    return made;
  }

  function rightValueOf(type: GraphQLInputType): Arbitrary<Tree> {
    if (isNonNullType(type)) return nullableValueOf(type.ofType);
    return fc.oneof({ weight: 6, arbitrary: nullableValueOf(type) }, fc.constant(null));
  }

  function nullableValueOf(type: GraphQLInputType): Arbitrary<Tree> {
    if (isListType(type)) {
      const item = valueOf(type.ofType);
      return fc.oneof(
        { weight: 6, arbitrary: fc.array(item, { minLength: 1, maxLength: 3 }) },
        { weight: 1, arbitrary: item },
        fc.constant([]),
      );
    }
    if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => new EnumName(name)));
    if (isInputObjectType(type)) return type.name === 'AnswersInput' ? answers(type) : fieldsOf(type);
    switch (type.name) {
      case 'Boolean':
        return fc.boolean();
      case 'Int':
        return fc.constantFrom(0, 1, 5, 80, 25);
      case 'Float':
        return AMOUNTS;
      case 'ID':
        return IDS;
      case 'DateTime':
        return TIMES;
      default:
        return TEXTS;
    }
  }

  function fieldsOf(type: GraphQLInputObjectType): Arbitrary<Tree> {
    const fields = Object.values(type.getFields()).map(({ name, type: fieldType, defaultValue }) =>
      isNonNullType(fieldType) && defaultValue === undefined
        ? valueOf(fieldType).map((value) => [name, value] as const)
        : fc.option(valueOf(fieldType).map((value) => [name, value] as const)),
    );
    return fc.tuple(...fields).map((drawn) => new Fields(drawn.filter((field) => field !== null)));
  }

  /** Mostly those of a report that the ledger knows, in one of the ways to write them. */
  function answers(type: GraphQLInputObjectType): Arbitrary<Tree> {
    const known = fc
      .record({
        // Most of what is asked for is asked for again.
        of: fc.oneof(
          { weight: 5, arbitrary: fc.constantFrom(...pool.slice(0, 7)) },
          { weight: 3, arbitrary: fc.constantFrom(...pool) },
        ),
        blanks: fc.boolean(),
        reversed: fc.boolean(),
        nulls: fc.boolean(),
        inVariables: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.subarray(['jobTitle', 'skills', 'city'])),
      })
      .map(({ of, ...how }) => written(of, how, type));
    return sloppy ? fc.oneof({ weight: 8, arbitrary: known }, fieldsOf(type)) : known;
  }

  return { argumentsOf, valueOf };
}

interface Writing {
  readonly blanks: boolean;
  readonly reversed: boolean;
  readonly nulls: boolean;
  /** The answers that are variables of their own. */
  readonly inVariables: readonly string[];
}

/** The same answers, and so the same report, however they are written. */
function written(
  { answers }: Known,
  { blanks, reversed, nulls, inVariables }: Writing,
  type: GraphQLInputObjectType,
): Fields {
  const entries = Object.entries(answers).map(([name, value]): readonly [string, Tree] => {
    const tree = writtenValue(name, value, { blanks, reversed });
    if (!inVariables.includes(name)) return [name, tree];
    return [name, new Variable(String(type.getFields()[name]?.type), toJson(tree), undefined)];
  });
  const absent = nulls ? Object.keys(type.getFields()).filter((name) => !(name in answers)) : [];
  const all = [...entries, ...absent.map((name) => [name, null] as const)];
  return new Fields(reversed ? all.toReversed() : all);
}

function writtenValue(name: string, value: Json, { blanks, reversed }: Pick<Writing, 'blanks' | 'reversed'>): Tree {
  if (typeof value === 'string' && name === 'highestDegreeEarned') return new EnumName(value);
  if (typeof value === 'string') return blanks ? ` ${value}\u00a0` : value;
  if (Array.isArray(value)) return reversed ? (value as string[]).toReversed() : (value as string[]);
  return value as Tree;
}

function orWrong(right: Arbitrary<Tree>): Arbitrary<Tree> {
  return fc.oneof({ weight: 40, arbitrary: right }, WRONG);
}
