/**
 * Prints the schema built by the code to schema.graphql or, with --check, fails if that file is out of date.
 * Uses the compiled code (build/), because decorators do not work with Node's type stripping.
 */
import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import {
  buildASTSchema,
  type DefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  parse,
  printSchema,
  visit,
} from 'graphql';

const built = new URL('../build/resolvers/schema.js', import.meta.url);
const printed = new URL('../schema.graphql', import.meta.url);
const ROOTS = ['Query', 'Mutation', 'Subscription'];

const { buildGraphQLSchema } = (await import(built.href)) as typeof import('../src/resolvers/schema.js');

const rank = (definition: DefinitionNode) => {
  const index = definition.kind === Kind.OBJECT_TYPE_DEFINITION ? ROOTS.indexOf(definition.name.value) : -1;
  return index === -1 ? ROOTS.length : index;
};

const mustBeGiven = ({ type, defaultValue }: InputValueDefinitionNode) =>
  type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined;

// Root types first, then the other types in order of first use. Arguments are sorted, required ones first, because
// parameter decorators run in reverse order.
const document = visit(parse(printSchema(buildGraphQLSchema()), { noLocation: true }), {
  Document: {
    leave: ({ definitions }) => ({
      kind: Kind.DOCUMENT,
      definitions: definitions.toSorted((a, b) => rank(a) - rank(b)),
    }),
  },
  FieldDefinition: (field) => ({
    ...field,
    arguments: field.arguments?.toSorted(
      (a, b) => Number(mustBeGiven(b)) - Number(mustBeGiven(a)) || a.name.value.localeCompare(b.name.value, 'en'),
    ),
  }),
});
const sdl = `# Generated from src/resolvers and src/schema by \`npm run schema\`. Do not edit.

${printSchema(buildASTSchema(document))}
`;

if (!process.argv.includes('--check')) {
  await writeFile(printed, sdl);
} else if ((await readFile(printed, 'utf8').catch(() => '')) !== sdl) {
  console.error('schema.graphql is out of date. Run `npm run schema` and commit the result.');
  process.exitCode = 1;
}
