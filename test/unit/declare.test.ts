import { graphqlSync, isObjectType, printType } from 'graphql';
import { buildSchemaSync, Float, ID, Int, Query, Resolver } from 'type-graphql';
import { expect, it } from 'vitest';
import { buildGraphQLSchema } from '../../src/resolvers/schema.js';
import { asGiven, nullable, objectType, required } from '../../src/schema/declare.js';
import { DateTime } from '../../src/schema/date-time.js';
import { ReportType } from '../../src/schema/enums.js';

interface Town {
  readonly id: string;
  readonly name: string | null;
  readonly people: number;
  readonly founded: Date;
  readonly report: ReportType;
  readonly twins: readonly Town[] | null;
  readonly mayor: string;
}

const Village = objectType<{ name: string }>('Village', 'A small town.', { name: required(String, 'Its name.') });

it('a declared type has the fields of the declaration, with their types, nullability and descriptions', () => {
  const Twin = objectType<{ score: number | null }>('Twin', 'A twin.', { score: asGiven(Float, 'A score.') });
  const Place = objectType<Omit<Town, 'twins'> & { twins: readonly { score: number | null }[] | null }, 'mayor'>(
    'Place',
    'A town.',
    {
      id: required(ID, 'Its id.'),
      name: nullable(String, 'Its name. Null: it has none.'),
      people: required(Int, 'How many live there.'),
      founded: required(DateTime, 'When.'),
      report: required(ReportType, 'A type.'),
      twins: nullable([Twin], 'Its twins. Null: unknown.'),
    },
  );

  @Resolver()
  class PlaceResolver {
    @Query(() => Place)
    place(): unknown {
      return { id: 1, name: null, people: 3, founded: new Date(0), report: 'PAY', twins: [{ score: 0.5 }] };
    }
  }
  const schema = buildSchemaSync({ resolvers: [PlaceResolver], validate: false });
  expect(['Place', 'Twin'].map((name) => printType(schema.getType(name)!)).join('\n')).toBe(`"""A town."""
type Place {
  """Its id."""
  id: ID!

  """Its name. Null: it has none."""
  name: String

  """How many live there."""
  people: Int!

  """When."""
  founded: DateTime!

  """A type."""
  report: ReportType!

  """Its twins. Null: unknown."""
  twins: [Twin!]
}
"""A twin."""
type Twin {
  """A score. Null: upstream gave none."""
  score: Float
}`);
  const source = '{ place { id name people founded report twins { score } } }';
  expect(graphqlSync({ schema, source })).toEqual({
    data: {
      place: {
        id: '1',
        name: null,
        people: 3,
        founded: '1970-01-01T00:00:00.000Z',
        report: 'PAY',
        twins: [{ score: 0.5 }],
      },
    },
  });
});

it('a plain property has no resolver; what is looked up or computed has one', () => {
  const types = Object.values(buildGraphQLSchema().getTypeMap()).filter(isObjectType);
  const resolved = types
    .filter(({ name }) => !/^(?:__.*|Query|Mutation|Subscription)$/.test(name))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
    .filter(({ field }) => field.resolve)
    .map(({ type, field }) => `${type.name}.${field.name}`);
  expect(resolved.sort()).toEqual([
    'AnswerIssue.field',
    'AnswersCheck.report',
    'PayStatistics.percentileRank',
    'Report.answers',
    'Report.autoResolveJobTitle',
    'Report.expiresAt',
    'Report.failures',
    'Report.pay',
    'Report.status',
    'Report.yoe',
    'UsageAudit.differences',
    '_Service.sdl',
  ]);
});

it('the compiler refuses a declaration that differs from the shape', () => {
  const text = required(String, 'A text.');
  const refused = [
    // @ts-expect-error: a field is missing
    () => objectType<{ a: string; b: string }>('T', '', { a: text }),
    // @ts-expect-error: there is no such field
    () => objectType<{ a: string }>('T', '', { a: text, b: text }),
    // @ts-expect-error: the field may be null
    () => objectType<{ a: string | null }>('T', '', { a: text }),
    // @ts-expect-error: the field is never null
    () => objectType<{ a: string }>('T', '', { a: nullable(String, 'A text.') }),
    // @ts-expect-error: a number is not a text
    () => objectType<{ a: number }>('T', '', { a: text }),
    // @ts-expect-error: a text is not a number
    () => objectType<{ a: string }>('T', '', { a: required(Int, 'A number.') }),
    // @ts-expect-error: a list is not one text
    () => objectType<{ a: readonly string[] }>('T', '', { a: text }),
    // @ts-expect-error: an enum is not any text
    () => objectType<{ a: ReportType }>('T', '', { a: text }),
    // @ts-expect-error: the enum has other values
    () => objectType<{ a: ReportType | 'BOTH' }>('T', '', { a: required(ReportType, 'A type.') }),
    // @ts-expect-error: the type of the field lacks a field of the shape
    () => objectType<{ a: { name: string; people: number } }>('T', '', { a: required(Village, 'A village.') }),
  ];
  expect(refused).toHaveLength(10);
});
