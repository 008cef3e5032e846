import { GraphQLError, GraphQLScalarType, valueFromASTUntyped } from 'graphql';
import { createUnionType, Field, ObjectType } from 'type-graphql';
import { Report } from './report.js';

/** The names are those of the specification of Apollo Federation, by which routers ask. */

export const Any = new GraphQLScalarType<object, never>({
  name: '_Any',
  description: 'A reference to an entity: an object with its `__typename` and the fields of its key.',
  parseValue: referenceOf,
  parseLiteral: (node, variables) => referenceOf(valueFromASTUntyped(node, variables)),
});

export const Entity = createUnionType({
  name: '_Entity',
  description: 'Whatever other subgraphs can refer to.',
  types: () => [Report] as const,
  resolveType: () => Report,
});

@ObjectType('_Service', { description: 'This server as a subgraph.' })
export class Service {
  @Field(() => String, {
    description: 'Its schema with the directives of Apollo Federation 2, and without what is there for routers only.',
  })
  readonly sdl!: string;
}

function referenceOf(value: unknown): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new GraphQLError('_Any must be an object with a __typename and the fields of its key.');
}
