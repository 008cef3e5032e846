import type { GraphQLFieldResolver, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { getMetadataStorage, type ClassType } from 'type-graphql';

type Resolve = GraphQLFieldResolver<unknown, unknown>;
type Resolver = ReturnType<typeof getMetadataStorage>['fieldResolvers'][number] | QueryResolver;
type QueryResolver = ReturnType<typeof getMetadataStorage>['queries'][number];
type Parameter = NonNullable<Resolver['params']>[number];

/**
 * Has the fields of the schema call their methods with the arguments as GraphQL has coerced them, and return what they
 * return. type-graphql makes a copy of each argument and awaits its validation, also where there is none: the simplest field
 * would be a promise. Changes the schema.
 */
export function callDirectly(schema: GraphQLSchema): void {
  const { queries, mutations, subscriptions, fieldResolvers } = getMetadataStorage();
  const instances = new Map<unknown, object>();

  function replace(type: GraphQLObjectType | null | undefined, resolver: Resolver): void {
    const field = type?.getFields()[resolver.schemaName];
    if (!field) return;
    const instance = instances.get(resolver.target) ?? new (resolver.target as ClassType)();
    instances.set(resolver.target, instance);
    field.resolve = callOf(instance, resolver);
  }

  for (const each of queries) replace(schema.getQueryType(), each);
  for (const each of mutations) replace(schema.getMutationType(), each);
  for (const each of subscriptions) replace(schema.getSubscriptionType(), each);
  const { objectTypes } = getMetadataStorage();
  for (const each of fieldResolvers) {
    const declared = objectTypes.find(({ target }) => target === each.getObjectType?.());
    if (declared) replace(schema.getType(declared.name) as GraphQLObjectType | undefined, each);
  }
}

function callOf(instance: object, { methodName, params = [], middlewares = [], roles }: Resolver): Resolve {
  const method = (instance as Record<string, (...parameters: unknown[]) => unknown>)[methodName];
  if (!method || middlewares.length > 0 || roles) throw new Error(`${methodName} cannot be called directly.`);
  const readers = params.toSorted((a, b) => a.index - b.index).map(readerOf);
  return (source, args: Arguments, context, info) =>
    method.apply(
      instance,
      readers.map((read) => read(source, args, context, info)),
    );
}

type Arguments = Readonly<Record<string, unknown>>;
type Read = (source: unknown, args: Arguments, context: unknown, info: unknown) => unknown;

function readerOf(parameter: Parameter): Read {
  if (parameter.kind === 'arg') {
    const { name } = parameter;
    return (_source, args) => args[name];
  }
  if (parameter.kind === 'root' && parameter.propertyName === undefined) return (source) => source;
  if (parameter.kind === 'context' && parameter.propertyName === undefined) return (_source, _args, context) => context;
  if (parameter.kind === 'info') return (_source, _args, _context, info) => info;
  throw new Error(`A parameter of ${parameter.methodName} is none that can be passed.`);
}
