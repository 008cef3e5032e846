import { readFileSync } from 'node:fs';
import {
  BreakingChangeType,
  buildSchema,
  DangerousChangeType,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildGraphQLSchema } from '../../src/resolvers/schema.js';
import { DateTime } from '../../src/schema/date-time.js';

const contractText = readFileSync(new URL('contract.graphql', import.meta.url), 'utf8');
const contract = buildSchema(contractText);
const served = buildGraphQLSchema();

describe('the schema', () => {
  it('holds everything of the public contract, by the same names, types and defaults', () => {
    expect(departures(contract, served)).toEqual([]);
  });

  it('describes every type, field, argument, input field and enum value', () => {
    expect(undescribed(served)).toEqual([]);
  });
});

describe('the comparison with the contract', () => {
  it.each([
    ['a renamed field', 'levelUsed: String', 'level: String'],
    ['a removed enum value', 'DOCTORATE', ''],
    ['another type', 'totalCompanies: Int', 'totalCompanies: Float'],
    ['a field that may no longer be null', 'matchedJobTitle: String', 'matchedJobTitle: String!'],
    ['a field that may now be null', 'collectedAt: DateTime!', 'collectedAt: DateTime'],
    ['an argument that may no longer be null', 'waitMs: Int', 'waitMs: Int!'],
    ['an argument that may now be null', 'kind: AnswerKind!', 'kind: AnswerKind'],
    ['another default', 'autoResolveJobTitle: Boolean! = true', 'autoResolveJobTitle: Boolean! = false'],
    ['a default that is gone', 'resubmitUncertain: Boolean! = false', 'resubmitUncertain: Boolean!'],
    ['a new argument that must be given', 'reportById(id: ID!', 'reportById(id: ID!, why: String!'],
    ['a new input field that must be given', 'country: String!', 'country: String! why: String!'],
  ])('notices %s', (_, before, after) => {
    expect(contractText).toContain(before);
    expect(departures(contract, buildSchema(contractText.replace(before, after)))).not.toEqual([]);
  });

  it.each([
    ['a new field', 'levelUsed: String', 'levelUsed: String levelAsked: String'],
    ['a new argument with a default', 'reportById(id: ID!', 'reportById(id: ID!, fresh: Boolean! = false'],
    ['a new input field that may be left out', 'country: String!', 'country: String! why: String'],
    ['a new enum value', 'DOCTORATE', 'DOCTORATE HABILITATION'],
  ])('allows %s', (_, before, after) => {
    expect(contractText).toContain(before);
    expect(departures(contract, buildSchema(contractText.replace(before, after)))).toEqual([]);
  });
});

describe('DateTime', () => {
  it.each([new Date('2026-01-31T09:30:00Z'), Date.UTC(2026, 0, 31, 9, 30)])('is answered in UTC: %j', (moment) => {
    expect(DateTime.serialize(moment)).toBe('2026-01-31T09:30:00.000Z');
  });

  it('takes any offset', () => {
    expect(DateTime.parseValue('2026-01-31T10:30:00+01:00')).toEqual(new Date('2026-01-31T09:30:00Z'));
  });

  it.each(['2026-01-31', '2026-01-31T10:30:00', '2026-02-30T00:00:00Z', 'yesterday', 1_769_851_800_000, true])(
    'refuses %j',
    (value) => {
      expect(() => DateTime.parseValue(value)).toThrow('DateTime cannot represent');
    },
  );
});

/**
 * What of `promised` does not hold in `actual`. Stricter than what breaks a client: a type must be the same, so the
 * comparison is also made the other way round, in which the changes that are safe one way show.
 */
function departures(promised: GraphQLSchema, actual: GraphQLSchema): string[] {
  const changedKind = (type: BreakingChangeType) =>
    type === BreakingChangeType.FIELD_CHANGED_KIND || type === BreakingChangeType.ARG_CHANGED_KIND;
  return [
    ...findBreakingChanges(promised, actual),
    ...findDangerousChanges(promised, actual).filter(
      ({ type }) => type === DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE,
    ),
    ...findBreakingChanges(actual, promised).filter(({ type }) => changedKind(type)),
  ].map(({ description }) => description);
}

function undescribed(schema: GraphQLSchema): string[] {
  const named: [name: string, { description?: string | null | undefined }][] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    named.push([type.name, type]);
    if (isEnumType(type)) for (const value of type.getValues()) named.push([`${type.name}.${value.name}`, value]);
    if (!isObjectType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      named.push([`${type.name}.${field.name}`, field]);
      if ('args' in field) for (const arg of field.args) named.push([`${type.name}.${field.name}(${arg.name})`, arg]);
    }
  }
  return named.filter(([, { description }]) => !description?.trim()).map(([name]) => name);
}
