import {
  isNonNullType,
  Kind,
  valueFromAST,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type ValueNode,
} from 'graphql';
import { argumentsOf, type Arguments, type VariableValues } from '../selections.js';
import { GIVE_UP } from './give-up.js';

/** Adds one argument to others; nothing, if it is absent. */
type ReadArgument = (variables: VariableValues, to: Record<string, unknown>) => void;

/**
 * The arguments of one field as graphql-js coerces them. graphql-js looks for each of them in the selection, and at what is
 * written there, for each request; here that is done once, and whatever it would refuse gives up.
 */
export function argumentsReader(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): (variables: VariableValues) => Arguments {
  const given = new Map((node.arguments ?? []).map(({ name, value }) => [name.value, value]));
  if ([...given.values()].some(isComposed)) return (variables) => argumentsOf(field, node, variables);
  const readers = field.args.map((argument) => readerOf(argument, given.get(argument.name)));
  return (variables) => {
    const values: Record<string, unknown> = {};
    for (const read of readers) read(variables, values);
    return values;
  };
}

/** Whether it may have variables inside, where absent ones have rules of their own. */
function isComposed({ kind }: ValueNode): boolean {
  return kind === Kind.LIST || kind === Kind.OBJECT;
}

function readerOf({ name, type, defaultValue }: GraphQLArgument, given: ValueNode | undefined): ReadArgument {
  const isRequired = isNonNullType(type);
  const absent: ReadArgument = (_variables, to) => {
    if (defaultValue !== undefined) to[name] = defaultValue;
    else if (isRequired) throw GIVE_UP;
  };
  if (!given) return absent;
  if (given.kind !== Kind.VARIABLE) {
    const value = valueFromAST(given, type);
    if (value === undefined) throw GIVE_UP;
    return (_variables, to) => void (to[name] = value);
  }
  const variable = given.name.value;
  return (variables, to) => {
    if (!Object.hasOwn(variables, variable)) return absent(variables, to);
    const value = variables[variable];
    if (value === undefined || (value === null && isRequired)) throw GIVE_UP;
    to[name] = value;
  };
}
