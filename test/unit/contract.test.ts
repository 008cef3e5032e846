import { readFileSync } from 'node:fs';
import {
  BreakingChangeType,
  buildSchema,
  DangerousChangeType,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLSchema,
  isEnumType,
  isInterfaceType,
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
  it('has everything in the public contract, with the same names, types and defaults', () => {
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
    ['a changed type', 'totalCompanies: Int', 'totalCompanies: Float'],
    ['a field made non-null', 'matchedJobTitle: String', 'matchedJobTitle: String!'],
    ['a field made nullable', 'collectedAt: DateTime!', 'collectedAt: DateTime'],
    ['an argument made non-null', 'waitMs: Int', 'waitMs: Int!'],
    ['an argument made nullable', 'kind: AnswerKind!', 'kind: AnswerKind'],
    ['an interface that is no longer implemented', 'implements Node', ''],
    ['a changed default', 'autoResolveJobTitle: Boolean! = true', 'autoResolveJobTitle: Boolean! = false'],
    ['a removed default', 'resubmitUncertain: Boolean! = false', 'resubmitUncertain: Boolean!'],
    ['a new required argument', 'reportById(id: ID!', 'reportById(id: ID!, why: String!'],
    ['a new required input field', 'country: String!', 'country: String! why: String!'],
  ])('detects %s', (_, before, after) => {
    expect(contractText).toContain(before);
    expect(departures(contract, buildSchema(contractText.replace(before, after)))).not.toEqual([]);
  });

  it.each([
    ['a new field', 'levelUsed: String', 'levelUsed: String levelAsked: String'],
    ['a new argument with a default', 'reportById(id: ID!', 'reportById(id: ID!, fresh: Boolean! = false'],
    ['a new optional input field', 'country: String!', 'country: String! why: String'],
    ['a new enum value', 'DOCTORATE', 'DOCTORATE HABILITATION'],
  ])('allows %s', (_, before, after) => {
    expect(contractText).toContain(before);
    expect(departures(contract, buildSchema(contractText.replace(before, after)))).toEqual([]);
  });
});

describe('DateTime', () => {
  it.each([new Date('2026-01-31T09:30:00Z'), Date.UTC(2026, 0, 31, 9, 30)])('is serialized in UTC: %j', (moment) => {
    expect(DateTime.serialize(moment)).toBe('2026-01-31T09:30:00.000Z');
  });

  it('accepts any offset', () => {
    expect(DateTime.parseValue('2026-01-31T10:30:00+01:00')).toEqual(new Date('2026-01-31T09:30:00Z'));
  });

  it.each(['2026-01-31', '2026-01-31T10:30:00', '2026-02-30T00:00:00Z', 'yesterday', 1_769_851_800_000, true])(
    'rejects %j',
    (value) => {
      expect(() => DateTime.parseValue(value)).toThrow('DateTime cannot represent');
    },
  );
});

/**
 * Where `actual` deviates from `promised`. Stricter than breaking changes: types must be equal, so the comparison is
 * also made in reverse, which reveals type changes that are safe in one direction.
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
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      named.push([`${type.name}.${field.name}`, field]);
      if ('args' in field) for (const arg of field.args) named.push([`${type.name}.${field.name}(${arg.name})`, arg]);
    }
  }
  return named.filter(([, { description }]) => !description?.trim()).map(([name]) => name);
}
