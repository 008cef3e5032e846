// For GraphQL only: the printed schema, the tests' operations and the playground's examples. TypeScript is oxlint's.
import graphql from '@graphql-eslint/eslint-plugin';

const schema = 'schema.graphql';
const operations = 'test/operations/**/*.graphql';
const examples = 'playground/examples/**/*.graphql';

const language = {
  plugins: { '@graphql-eslint': graphql },
  languageOptions: {
    parser: graphql.parser,
    parserOptions: {
      // Two projects: the names of operations are unique within each, not across both.
      graphQLConfig: {
        projects: { operations: { schema, documents: operations }, examples: { schema, documents: examples } },
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
      '@graphql-eslint/no-scalar-result-type-on-mutation': 'error',
      // The public contract wins over the linter: it has `Percentile.percentile`, and only `Report` has an identity.
      '@graphql-eslint/no-typename-prefix': 'off',
      '@graphql-eslint/strict-id-in-types': 'off',
    },
  },
  {
    ...language,
    files: [operations, examples],
    rules: {
      ...graphql.configs['operations-recommended'].rules,
      // Whether the numbers upstream gives to currencies and places are selected is the operation's business.
      '@graphql-eslint/require-selections': 'off',
    },
  },
];
