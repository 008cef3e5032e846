import {
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  typeFromAST,
  valueFromAST,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from 'graphql';
import type { Variables } from '../operation.js';
import type { VariableValues } from '../selections.js';
import { GIVE_UP } from './give-up.js';

type Coerce = (given: unknown) => unknown;

/**
 * The variables of one operation as graphql-js coerces them. graphql-js looks up their types for each request and keeps the
 * path to each value for its errors; here the types are looked up once, and whatever it would refuse gives up.
 */
export function variableReader(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
): (given: Variables) => VariableValues {
  const coercion = new Coercion();
  const readers = definitions.map(({ variable, type: typeNode, defaultValue }) => {
    const type = typeFromAST(schema, typeNode);
    if (!isInputType(type)) throw GIVE_UP;
    const fallback = defaultValue && { value: valueFromAST(defaultValue, type) };
    return { name: variable.name.value, coerce: coercion.of(type), fallback, required: isNonNullType(type) };
  });

  return (given) => {
    const values: Record<string, unknown> = {};
    for (const { name, coerce, fallback, required } of readers) {
      if (Object.hasOwn(given, name)) values[name] = coerce(given[name]);
      else if (fallback) values[name] = fallback.value;
      else if (required) throw GIVE_UP;
    }
    return values;
  };
}

class Coercion {
  readonly #objects = new Map<GraphQLInputObjectType, Coerce>();

  of(type: GraphQLInputType): Coerce {
    if (isNonNullType(type)) {
      const coerce = this.#present(type.ofType);
      return (given) => {
        if (given === null || given === undefined) throw GIVE_UP;
        return coerce(given);
      };
    }
    const coerce = this.#present(type);
    return (given) => (given === null || given === undefined ? null : coerce(given));
  }

  #present(type: GraphQLInputType): Coerce {
    if (isListType(type)) {
      const coerce = this.of(type.ofType);
      return (given) => (Array.isArray(given) ? given.map((each) => coerce(each)) : [coerce(given)]);
    }
    if (isInputObjectType(type)) return this.#object(type);
    if (isNonNullType(type)) return this.of(type);
    return (given) => {
      const value: unknown = type.parseValue(given);
      if (value === undefined) throw GIVE_UP;
      return value;
    };
  }

  #object(type: GraphQLInputObjectType): Coerce {
    const known = this.#objects.get(type);
    if (known) return known;
    if (type.isOneOf) throw GIVE_UP;
    const fields: { name: string; coerce: Coerce; fallback: unknown; required: boolean }[] = [];
    const coerceObject: Coerce = (given) => {
      if (typeof given !== 'object' || given === null || Array.isArray(given)) throw GIVE_UP;
      const values: Record<string, unknown> = {};
      let found = 0;
      for (const { name, coerce, fallback, required } of fields) {
        const value = (given as Record<string, unknown>)[name];
        if (value !== undefined) {
          found += 1;
          values[name] = coerce(value);
        } else if (fallback !== undefined) values[name] = fallback;
        else if (required) throw GIVE_UP;
      }
      // Whatever else it has is unknown.
      if (Object.keys(given).length !== found) throw GIVE_UP;
      return values;
    };
    // Before its fields, which may be of this type.
    this.#objects.set(type, coerceObject);
    for (const { name, type: fieldType, defaultValue } of Object.values(type.getFields())) {
      fields.push({ name, coerce: this.of(fieldType), fallback: defaultValue, required: isNonNullType(fieldType) });
    }
    return coerceObject;
  }
}
