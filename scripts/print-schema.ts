/**
 * Prints the schema built by the code to schema.graphql or, with --check, fails if that file is out of date.
 * Uses the compiled code (build/), because decorators do not work with Node's type stripping.
 */
import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';

const BUILD = new URL('../build/resolvers/', import.meta.url);
const printed = new URL('../schema.graphql', import.meta.url);

const { buildGraphQLSchema } = (await import(
  new URL('schema.js', BUILD).href
)) as typeof import('../src/resolvers/schema.js');
const { schemaText } = (await import(
  new URL('schema-text.js', BUILD).href
)) as typeof import('../src/resolvers/schema-text.js');

const sdl = `# Generated from src/resolvers and src/schema by \`npm run schema\`. Do not edit.

${schemaText(buildGraphQLSchema())}
`;

if (!process.argv.includes('--check')) {
  await writeFile(printed, sdl);
} else if ((await readFile(printed, 'utf8').catch(() => '')) !== sdl) {
  console.error('schema.graphql is out of date. Run `npm run schema` and commit the result.');
  process.exitCode = 1;
}
