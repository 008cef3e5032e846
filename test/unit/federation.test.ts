import { composeServices as composeByApollo } from '@apollo/composition';
import { composeServices as composeByHive } from '@theguild/federation-composition';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildGraphQLSchema } from '../../src/resolvers/schema.js';
import { schemaText, subgraphText } from '../../src/resolvers/schema-text.js';

const schema = buildGraphQLSchema();

/** Another subgraph, whose types refer to reports and that has pages of its own. */
const HIRING = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])
  type Query { openings: OpeningConnection! }
  type OpeningConnection { nodes: [Opening!]! pageInfo: PageInfo! }
  type Opening { title: String! report: Report }
  type Report @key(fields: "id", resolvable: false) { id: ID! }
  type PageInfo @shareable {
    hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String
  }`;

const services = (hiring: string, pay = subgraphText(schema)) =>
  [
    ['pay', pay],
    ['hiring', hiring],
  ].map(([name, sdl]) => ({ name: name ?? '', url: `http://localhost/${name}`, typeDefs: parse(sdl ?? '') }));

const COMPOSERS = {
  Apollo: (...given: Parameters<typeof services>) => composeByApollo(services(...given)),
  Hive: (...given: Parameters<typeof services>) => composeByHive(services(...given)),
} as const;

describe.each(Object.entries(COMPOSERS))('composition by %s', (_, compose) => {
  it('joins the reports of this server with what refers to them elsewhere', () => {
    const { supergraphSdl, errors } = compose(HIRING);
    expect(errors ?? []).toEqual([]);
    expect(supergraphSdl).toMatch(/type Report\b[^{]*@join__type\(graph: PAY, key: "id"\)/);
    expect(supergraphSdl).toMatch(/type Report\b[^{]*@join__type\(graph: HIRING, key: "id", resolvable: false\)/);
    expect(supergraphSdl).toMatch(/type PageInfo\b[^{]*@join__type\(graph: PAY\)/);
    expect(supergraphSdl).toMatch(/type Report\b[^{]*implements Node/);
    expect(supergraphSdl).not.toContain('_entities');
  });

  it('refuses references by a key that reports do not have', () => {
    const { errors } = compose(HIRING, subgraphText(schema).replace('@key(fields: "id")', ''));
    expect(errors).not.toEqual([]);
    expect(errors).toBeDefined();
  });
});

describe('the text of the schema', () => {
  it('has all of it but what is there for routers', () => {
    const told = buildSchema(schemaText(schema));
    const routers = ['_Any', '_Entity', '_Service'];
    const names = Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith('__'));
    expect(names).toEqual(expect.arrayContaining(routers));
    expect(names.filter((name) => !told.getType(name)).toSorted()).toEqual(routers);
    expect(schemaText(schema)).not.toMatch(/_service|_entities/);
  });
});
