// For GraphQL only: the printed schema, the operations of the tests, the explorer and the commands, and the playground's examples. oxlint
// checks TypeScript.
import graphql from '@graphql-eslint/eslint-plugin';

const schema = 'schema.graphql';
const operations = 'test/operations/**/*.graphql';
const examples = 'playground/examples/**/*.graphql';
const explorer = 'explorer/operations/**/*.graphql';
const commands = 'src/commands/operations/**/*.graphql';
// Fragments that the explorer and a command have in common.
const figures = 'src/model/job-list/figures.graphql';

const language = {
  plugins: { '@graphql-eslint': graphql },
  languageOptions: {
    parser: graphql.parser,
    parserOptions: {
      // Projects, because operation names must be unique within each but not across all of them.
      graphQLConfig: {
        projects: {
          operations: { schema, documents: operations },
          examples: { schema, documents: examples },
          explorer: { schema, documents: [explorer, figures] },
          commands: { schema, documents: [commands, figures] },
        },
      },
    },
  },
};

export default [
  {
    ...language,
    files: [schema],
    rules: {
      ...graphql.configs['schema-recommended'].rules,
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          DirectiveDefinition: true,
          EnumValueDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
        },
      ],
      // The public contract takes precedence: it has `Percentile.percentile`, and only `Report` has an id of its own.
      '@graphql-eslint/no-typename-prefix': 'off',
      '@graphql-eslint/strict-id-in-types': 'off',
    },
  },
  {
    ...language,
    files: [operations, examples, explorer, commands, figures],
    rules: {
      ...graphql.configs['operations-recommended'].rules,
      // The `id` of a currency or a place is upstream's number and need not be selected.
      '@graphql-eslint/require-selections': 'off',
    },
  },
];
