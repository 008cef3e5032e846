import type { GraphQLScalarType } from 'graphql';
import { Field, InputType, InterfaceType, ObjectType, type ClassType } from 'type-graphql';

/**
 * Declares a GraphQL type whose shape stands in the model. The compiler demands an entry for every field of the model's
 * type and no other, with a GraphQL type that fits it, and `nullable` exactly where the model has null.
 *
 *     const Suggestion = objectType<model.Suggestion>('Suggestion', 'A value that upstream accepts.', {
 *       answer: required(String, 'The value.'),
 *       score: nullable(Int, 'The score of the match. Null: there is none.'),
 *     });
 *
 * `Hidden` names what is in the model's type, but not in GraphQL's, `interfaces` what it implements. A field with an argument, or one that is looked up or
 * computed, is added by a `@FieldResolver` in `src/resolvers`.
 */
export function objectType<T extends object, Hidden extends keyof T = never>(
  name: string,
  description: string,
  fields: FieldsOf<Omit<T, Hidden>>,
  interfaces: readonly ClassType[] = [],
): ClassType<T> {
  // Plain properties are read by graphql-js itself, without a resolver around each.
  return declareFields(ObjectType(name, { description, simpleResolvers: true, implements: [...interfaces] }), fields);
}

/** The same for an interface. `typeOf`: the name of an object's type. */
export function interfaceType<T extends object>(
  name: string,
  description: string,
  fields: FieldsOf<T>,
  typeOf: (value: T) => string,
): ClassType<T> {
  return declareFields(InterfaceType(name, { description, resolveType: typeOf }), fields);
}

/** The same for an input type. Its fields are checked by name only: what may be omitted is up to the caller. */
export function inputType<T extends object>(
  name: string,
  description: string,
  fields: Readonly<Record<keyof T, AnyField>>,
): ClassType<T> {
  return declareFields(InputType(name, { description }), fields);
}

/** A field that is never null. `type`: a scalar, an enum, a declared type, or a list of one: `[Type]`. */
export function required<const Type>(type: Type, description: string): FieldDeclaration<Type, false> {
  return { type, nullable: false, description };
}

/** A field that may be null; the description says what null means. */
export function nullable<const Type>(type: Type, description: string): FieldDeclaration<Type, true> {
  return { type, nullable: true, description };
}

/** One of upstream's figures or texts: null means that upstream gave none. */
export function asGiven<const Type>(type: Type, description: string): FieldDeclaration<Type, true> {
  return nullable(type, `${description} Null: upstream gave none.`);
}

interface FieldDeclaration<Type, Nullable extends boolean> {
  readonly type: Type;
  readonly nullable: Nullable;
  readonly description: string;
}

type AnyField = FieldDeclaration<unknown, boolean>;

/** The declarations that fit the fields of T. */
export type FieldsOf<T> = {
  readonly [Name in keyof T]-?: FieldDeclaration<
    GraphQLTypeOf<NonNullable<T[Name]>>,
    null extends T[Name] ? true : false
  >;
};

/** What may stand for T in a declaration. Not distributed over unions: a union of strings is one enum. */
export type GraphQLTypeOf<T> = [T] extends [readonly (infer Item)[]]
  ? readonly [GraphQLTypeOf<Item>]
  : [T] extends [Date]
    ? GraphQLScalarType<Date, string>
    : [T] extends [number]
      ? GraphQLScalarType<number, number>
      : [T] extends [boolean]
        ? BooleanConstructor
        : [T] extends [string]
          ? string extends T
            ? StringConstructor | GraphQLScalarType<string, string>
            : { readonly [Value in T]: Value }
          : ClassType<T & object>;

function declareFields<T extends object>(
  declareType: ClassDecorator,
  fields: Readonly<Record<string, AnyField>>,
): ClassType<T> {
  const declared = class {
    [name: string]: unknown;
  };
  for (const [name, { type, nullable: isNullable, description }] of Object.entries(fields)) {
    Field(() => type as object, { nullable: isNullable, description })(declared.prototype, name);
  }
  declareType(declared);
  return declared as unknown as ClassType<T>;
}
