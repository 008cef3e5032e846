import {
  buildASTSchema,
  Kind,
  parse,
  printSchema,
  visit,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  type InputValueDefinitionNode,
} from 'graphql';

const ROOTS = ['Query', 'Mutation', 'Subscription'];
/** What routers ask, which is no part of what clients are told. */
const FOR_ROUTERS = ['_service', '_entities', '_Service', '_Any', '_Entity'];

const FEDERATION = 'https://specs.apollo.dev/federation/v2.3';
/** Types with what other subgraphs have to know of them: what they can refer to, and what they may have as well. */
const DIRECTIVES: Readonly<Record<string, string>> = { Report: '@key(fields: "id")', PageInfo: '@shareable' };

/** The schema as clients are told: root types first, then the other types in order of first use. */
export function schemaText(schema: GraphQLSchema): string {
  return printSchema(buildASTSchema(forClients(schema)));
}

/** The schema as a subgraph of Apollo Federation 2. */
export function subgraphText(schema: GraphQLSchema): string {
  let text = schemaText(schema);
  for (const [type, directive] of Object.entries(DIRECTIVES)) {
    const heading = new RegExp(`^(type ${type}(?: implements \\w+)?) \\{$`, 'm');
    if (!heading.test(text)) throw new Error(`There is no type ${type}.`);
    text = text.replace(heading, `$1 ${directive} {`);
  }
  return `extend schema @link(url: "${FEDERATION}", import: ["@key", "@shareable"])\n\n${text}\n`;
}

function forClients(schema: GraphQLSchema): DocumentNode {
  return visit(parse(printSchema(schema), { noLocation: true }), {
    Document: {
      leave: ({ definitions }) => ({
        kind: Kind.DOCUMENT,
        definitions: definitions
          .filter((each) => !('name' in each && isForRouters(each)))
          .toSorted((a, b) => rank(a) - rank(b)),
      }),
    },
    FieldDefinition: (field) =>
      isForRouters(field)
        ? null
        : {
            ...field,
            // Required ones first, because parameter decorators run in reverse order.
            arguments: field.arguments?.toSorted(
              (a, b) =>
                Number(mustBeGiven(b)) - Number(mustBeGiven(a)) || a.name.value.localeCompare(b.name.value, 'en'),
            ),
          },
  });
}

function isForRouters(node: { readonly name?: { readonly value: string } | undefined }): boolean {
  return node.name !== undefined && FOR_ROUTERS.includes(node.name.value);
}

function rank(definition: DefinitionNode): number {
  const index = definition.kind === Kind.OBJECT_TYPE_DEFINITION ? ROOTS.indexOf(definition.name.value) : -1;
  return index === -1 ? ROOTS.length : index;
}

function mustBeGiven({ type, defaultValue }: InputValueDefinitionNode): boolean {
  return type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined;
}
