import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType, isLeafType, isObjectType, type GraphQLObjectType } from 'graphql';

/**
 * Two selections of a type and its parts that have only the id of a report in common: of the fields of each type, one has the
 * first, third and so on, the other the rest. Only what has arguments of its own is in neither: each value is another field.
 */
export function halvesOf(name: string): readonly [string, string] {
  const type = buildSchema(readFileSync('schema.graphql', 'utf8')).getType(name) as GraphQLObjectType;
  return [halfOf(type, 0), halfOf(type, 1)];
}

function halfOf(type: GraphQLObjectType, remainder: 0 | 1): string {
  const fields = Object.values(type.getFields()).filter(({ name, args }) => args.length === 0 || isBought(type, name));
  const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)));
  const own = leaves.filter(({ name }, index) => isIdentity(type, name) || index % 2 === remainder);
  const parts = fields.flatMap((field) => {
    const part = getNamedType(field.type);
    return isObjectType(part) ? [`${field.name} ${halfOf(part, remainder)}`] : [];
  });
  return `{ __typename ${[...own.map(({ name }) => name), ...parts].join(' ')} }`;
}

function isIdentity(type: GraphQLObjectType, field: string): boolean {
  return type.name === 'Report' && field === 'id';
}

function isBought(type: GraphQLObjectType, field: string): boolean {
  return type.name === 'Report' && (field === 'pay' || field === 'yoe');
}
