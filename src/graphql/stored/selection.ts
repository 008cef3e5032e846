import {
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionSetNode,
} from 'graphql';
import { argumentCheckOf, type ArgumentLimits } from '../../resolvers/check-arguments.js';
import { isStorable } from '../../resolvers/storable.js';
import { usesVariable, type Arguments, type VariableValues } from '../selections.js';
import { argumentsReader } from './arguments.js';
import { GIVE_UP } from './give-up.js';
import type { ReportsInMemory } from './reports-in-memory.js';
import type { WrittenReports } from './written-reports.js';

/** What writing one answer needs to know. */
export interface Writing {
  /** Of every field whose arguments depend on variables. */
  readonly given: readonly Arguments[];
}

/** The JSON of a value. */
type Write = (value: unknown, writing: Writing) => string;

/** A field whose arguments depend on variables. */
export interface ArgumentReader {
  readonly field: GraphQLField<unknown, unknown>;
  readonly parent: GraphQLNamedType;
  /** Throws what graphql-js, or the field, has against them. */
  readonly read: (variables: VariableValues) => Arguments;
}

export interface SelectionOptions {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly limits: ArgumentLimits;
  readonly memory: ReportsInMemory;
  readonly written: WrittenReports;
}

/** A longer selection is executed. */
const MOST_FIELDS = 2_000;
const NO_ARGUMENTS: Arguments = {};
/** Of what is being executed, storable fields know nothing. */
const NO_INFO = undefined as unknown as GraphQLResolveInfo;
const TYPE_NAME = '__typename';
/** A name that objects treat in a way of their own. */
const PROTOTYPE = '__proto__';

/**
 * Compiles what is selected of objects to functions that write it. It knows one way to execute a field: all of it is there at
 * once, without an error. Gives up on whatever else there is, in the selection or in a value: directives, introspection,
 * abstract types, fields that are not storable, errors, promises, nothing where something must be.
 */
export class SelectionCompiler {
  /** Of what was compiled so far; to be read before anything is written, as arguments are checked before anything is bought. */
  readonly arguments: ArgumentReader[] = [];
  fields = 0;

  constructor(private readonly options: SelectionOptions) {}

  /** `atRoot`: of the operation itself, so that each field is certain to be executed. */
  object(type: GraphQLObjectType, sets: readonly SelectionSetNode[], atRoot = false): Write {
    if (type.isTypeOf) throw GIVE_UP;
    const members = [...this.#fieldsOf(sets, type)].map(([key, nodes], index) => ({
      start: `${index === 0 ? '{' : ','}"${key}":`,
      write: this.#field(type, nodes, atRoot),
    }));
    return (source, writing) => {
      let json = '';
      for (const { start, write } of members) json += start + write(source, writing);
      return `${json}}`;
    };
  }

  /** The fields by the name that they have in the response, each with all places where it is selected. */
  #fieldsOf(sets: readonly SelectionSetNode[], type: GraphQLObjectType): Map<string, [FieldNode, ...FieldNode[]]> {
    const fields = new Map<string, [FieldNode, ...FieldNode[]]>();
    const spread = new Set<string>();
    const collect = ({ selections }: SelectionSetNode): void => {
      for (const selection of selections) {
        if (selection.directives?.length) throw GIVE_UP;
        if (selection.kind === Kind.FIELD) {
          const key = selection.alias?.value ?? selection.name.value;
          const same = fields.get(key);
          if (same) same.push(selection);
          else fields.set(key, [selection]);
          continue;
        }
        if (selection.kind === Kind.FRAGMENT_SPREAD) {
          if (spread.has(selection.name.value)) continue;
          spread.add(selection.name.value);
        }
        const { fragments } = this.options;
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        if (!fragment || fragment.directives?.length) throw GIVE_UP;
        if (this.#applies(fragment, type)) collect(fragment.selectionSet);
      }
    };
    sets.forEach(collect);
    if (fields.has(PROTOTYPE)) throw GIVE_UP;
    return fields;
  }

  /** Inside a fragment on an interface there may be one on another type that implements it. */
  #applies({ typeCondition }: FragmentDefinitionNode | InlineFragmentNode, type: GraphQLObjectType): boolean {
    if (!typeCondition || typeCondition.name.value === type.name) return true;
    const { schema } = this.options;
    const condition = schema.getType(typeCondition.name.value);
    return isAbstractType(condition) && schema.isSubType(condition, type);
  }

  #field(parent: GraphQLObjectType, nodes: readonly [FieldNode, ...FieldNode[]], atRoot: boolean): Write {
    this.fields += 1;
    if (this.fields > MOST_FIELDS) throw GIVE_UP;
    const [node] = nodes;
    const name = node.name.value;
    if (name === TYPE_NAME) {
      const json = JSON.stringify(parent.name);
      return () => json;
    }
    const field = parent.getFields()[name];
    if (!field || !isStorable(field)) throw GIVE_UP;
    const { resolve } = field;
    const argumentsOf = this.#argumentsOf(field, parent, node, atRoot);
    const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    if (!resolve) {
      const write = this.#value(field.type, below);
      return (source, writing) => write(propertyOf(source, name), writing);
    }
    const write = this.#remembered(field.type, below);
    const { context } = this.options.memory;
    return (source, writing) => write(resolve(source, argumentsOf(writing), context, NO_INFO), writing);
  }

  #argumentsOf(
    field: GraphQLField<unknown, unknown>,
    parent: GraphQLNamedType,
    node: FieldNode,
    atRoot: boolean,
  ): (writing: Writing) => Arguments {
    // What is certain to be executed checks its arguments itself.
    const check = atRoot ? null : argumentCheckOf(field);
    const readArguments = argumentsReader(field, node);
    const read = (variables: VariableValues): Arguments => {
      const given = readArguments(variables);
      check?.(given, this.options.limits);
      return given;
    };
    if (!usesVariable(node)) {
      const given = read({});
      return () => given;
    }
    const index = this.arguments.push({ field, parent, read }) - 1;
    return ({ given }) => given[index] ?? NO_ARGUMENTS;
  }

  /** A report that comes from memory as it is has one text for each selection, unless that depends on variables. */
  #remembered(type: GraphQLOutputType, below: readonly SelectionSetNode[]): Write {
    const before = this.arguments.length;
    const write = this.#value(type, below);
    if (below.length === 0 || this.arguments.length > before) return write;
    const { memory, written } = this.options;
    return (value, writing) => {
      const taken = memory.taken();
      const report = taken.at(-1);
      if (!report || report.report !== value) return write(value, writing);
      const known = written.get(report, write);
      if (known !== undefined) return known;
      const { length } = taken;
      const json = write(value, writing);
      // What takes others is another answer without them.
      if (taken.length === length) written.set(report, write, json);
      return json;
    };
  }

  #value(type: GraphQLOutputType, below: readonly SelectionSetNode[]): Write {
    if (isNonNullType(type)) {
      const write = this.#present(type.ofType as GraphQLOutputType, below);
      return (value, writing) => {
        if (value === null || value === undefined) throw GIVE_UP;
        return write(value, writing);
      };
    }
    const write = this.#present(type, below);
    return (value, writing) => (value === null || value === undefined ? 'null' : write(value, writing));
  }

  #present(type: GraphQLOutputType, below: readonly SelectionSetNode[]): Write {
    if (isListType(type)) {
      const write = this.#value(type.ofType as GraphQLOutputType, below);
      return (value, writing) => {
        if (!Array.isArray(value)) throw GIVE_UP;
        let json = '[';
        for (let index = 0; index < value.length; index++)
          json += (index === 0 ? '' : ',') + write(value[index], writing);
        return `${json}]`;
      };
    }
    if (isLeafType(type)) return (value) => written(type, value);
    if (!isObjectType(type)) throw GIVE_UP;
    const write = this.object(type, below);
    return (value, writing) => {
      if (!isPlain(value)) throw GIVE_UP;
      return write(value, writing);
    };
  }
}

function propertyOf(source: unknown, name: string): unknown {
  const value = (source as Readonly<Record<string, unknown>>)[name];
  // graphql-js calls it.
  if (typeof value === 'function') throw GIVE_UP;
  return value;
}

/** Whether it is an object to read from, rather than one that is awaited or thrown. */
function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && !('then' in value);
}

function written(type: GraphQLLeafType, value: unknown): string {
  const data: unknown = type.serialize(value);
  if (typeof data === 'number' && Number.isFinite(data)) return String(data);
  const json = data === null ? undefined : (JSON.stringify(data) as string | undefined);
  if (json === undefined) throw GIVE_UP;
  return json;
}
