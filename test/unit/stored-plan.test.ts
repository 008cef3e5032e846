import fc from 'fast-check';
import {
  buildSchema,
  execute,
  getNamedType,
  isLeafType,
  isRequiredArgument,
  isObjectType,
  Kind,
  parse,
  validate,
  type GraphQLObjectType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Kept } from '../../src/datasources/reports/cache.js';
import { identifyReport } from '../../src/datasources/reports/identify.js';
import { decodeReport } from '../../src/datasources/jobalyzer/decode.js';
import { countReports } from '../../src/graphql/limits/count.js';
import { planOf } from '../../src/graphql/stored/plan.js';
import { createReportsInMemory } from '../../src/graphql/stored/reports-in-memory.js';
import { createWrittenReports } from '../../src/graphql/stored/written-reports.js';
import type { ReportType } from '../../src/model/report.js';
import { buildGraphQLSchema } from '../../src/resolvers/schema.js';
import { isStorable, type StorableContext } from '../../src/resolvers/storable.js';
import { NURSE, SEATTLE } from '../fixtures/answers/answers.js';
import { payBody, yoeBody } from '../fixtures/upstream/samples.js';

const SCHEMA = buildGraphQLSchema();
const LIMITS = { reportWaitMs: 1_000 };
const COLLECTED = { collectedAt: new Date(1_700_000_000_000) };
const BODIES = { PAY: payBody({ Report: { Bonus: null } }), YOE: yoeBody() };
const IN_MEMORY = {
  PAY: keptReport('PAY'),
  YOE: keptReport('YOE'),
};

function keptReport<T extends ReportType>(type: T): Kept<T> {
  const report = { ...decodeReport(type, BODIES[type], { country: 'United States' }), ...COLLECTED };
  return { place: { key: `r:${type}`, expiresAt: 1 }, report, size: 1 };
}

/** Compiles the first operation of a document, with these types in memory. */
function planned(text: string, types: readonly ReportType[] = ['PAY', 'YOE'], schema = SCHEMA) {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const definition = document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('It has no operation.');
  const memory = createReportsInMemory(
    { inMemory: (_id, type) => (types.includes(type) ? (IN_MEMORY[type] as never) : null) },
    LIMITS,
  );
  const plan = planOf({ schema, limits: LIMITS, memory, written: createWrittenReports() }, document, definition);
  return {
    plan,
    document,
    definition,
    taken: memory.taken,
    run(variables: Readonly<Record<string, unknown>> = {}) {
      memory.begin();
      return plan?.run(variables);
    },
  };
}

/** The same by graphql-js. */
async function executed(text: string, variables: Readonly<Record<string, unknown>> = {}) {
  const load = async (_report: unknown, type: ReportType) => IN_MEMORY[type].report;
  const contextValue = { ...LIMITS, loader: { load } };
  return execute({ schema: SCHEMA, document: parse(text), variableValues: variables, contextValue });
}

const ANSWERS = '{ jobTitle: "Nurse", country: "United States" }';

describe('an answer that is written from memory', () => {
  it.each([
    ['everything about a report', everything()],
    ['aliases and the names of types', `{ __typename a: report(answers: ${ANSWERS}) { __typename b: id c: id } }`],
    [
      'fields that are merged',
      `{ report(answers: ${ANSWERS}) { pay { basePay { average } } pay { basePay { count } } } }`,
    ],
    [
      'fragments in fragments',
      `{ ...A ...A } fragment A on Query { report(answers: ${ANSWERS}) { ...B id ... { yoe { ...C } } ...B } } fragment B on Report { pay { reportRating } } fragment C on YearsExperienceReport { ranges { name } }`,
    ],
    [
      'an argument in the selection',
      `{ report(answers: ${ANSWERS}) { pay { basePay { percentileRank(amount: 100000) } } } }`,
    ],
  ])('has the bytes of the one that graphql-js makes, for %s', async (_, text) => {
    const { run } = planned(text);
    expect(run()?.json).toBe(JSON.stringify(await executed(text)));
    expect(run()?.json).toBe(JSON.stringify(await executed(text)));
  });

  it('has the values of its variables', async () => {
    const text = `query ($one: AnswersInput!, $many: [AnswersInput!]!, $amount: Float! = 90000, $waitMs: Int, $title: String!) {
      report(answers: $one) { id pay(waitMs: $waitMs) { basePay { percentileRank(amount: $amount) } } }
      reports(answers: $many) { answers { jobTitle skills } yoe { ranges { average } } }
      other: report(answers: { jobTitle: $title, country: "Canada" }) { id }
    }`;
    const { run, taken } = planned(text);
    for (const variables of [
      { one: SEATTLE, many: [NURSE, SEATTLE], title: ' A  title ' },
      { one: NURSE, many: [], title: 'Other', amount: 104_300, waitMs: 5 },
      { one: NURSE, many: NURSE, title: 'Other', amount: 1e9, waitMs: null },
    ]) {
      expect(run(variables)?.json).toBe(JSON.stringify(await executed(text, variables)));
      expect(taken()).toHaveLength(1 + [variables.many].flat().length);
    }
    const ranks = [90_000, 104_300].map((amount) => run({ one: NURSE, many: [], title: 'Other', amount })?.json);
    expect(new Set(ranks).size).toBe(2);
  });

  it('has what fragments on its interfaces select, and nothing of fragments on other types', async () => {
    const text = `{ report(answers: ${ANSWERS}) { ... on Node { id ...A } } } fragment A on Node { again: id ... on Report { yoe { reportRating } } }`;
    expect(planned(text).run()?.json).toBe(JSON.stringify(await executed(text, {})));

    const schema = buildSchema(
      'type Query { one: One } interface Any { name: String } type One implements Any { name: String } type Other implements Any { name: String }',
    );
    const one = (schema.getQueryType() as GraphQLObjectType).getFields()['one'];
    Object.assign(one?.extensions ?? {}, { storable: true });
    Object.assign(one ?? {}, { resolve: () => ({ name: 'one' }) });
    const { run } = planned('{ one { ... on Any { ... on Other { other: name } ... on One { name } } } }', [], schema);
    expect(run()?.json).toBe('{"data":{"one":{"name":"one"}}}');
  });

  it('counts reports as every operation does, and takes one from memory for each time that it is selected', () => {
    const text = `query ($many: [AnswersInput!]!, $buy: Boolean!) {
      reports(answers: $many) { pay { reportRating } again: pay { reportRating } yoe(buy: $buy) { reportRating } }
    }`;
    const { run, document, definition, taken } = planned(text);
    for (const buy of [true, false]) {
      for (const length of [0, 1, 3, 1]) {
        const variables = { many: Array.from({ length }, () => NURSE), buy };
        const reports = countReports(SCHEMA, { document, definition, variables });
        expect(run(variables)?.reports).toBe(reports);
        expect(reports).toBe(length * (buy ? 3 : 2));
        expect(taken()).toHaveLength(length * 3);
      }
    }
  });

  it('takes a report in another one from memory each time, too', () => {
    const schema = buildSchema('type Query { outer: Outer } type Outer { inner: Inner } type Inner { name: String }');
    for (const [type, name, loaded] of [
      ['Query', 'outer', 'PAY'],
      ['Outer', 'inner', 'YOE'],
    ] as const) {
      const field = (schema.getType(type) as GraphQLObjectType).getFields()[name];
      if (!field) throw new Error('There is no such field.');
      Object.assign(field.extensions, { storable: true });
      field.resolve = (_source, _args, { loader }: StorableContext) =>
        loader.load(identifyReport(NURSE, true, ''), loaded, { waitMs: 0, buy: true });
    }
    const { run, taken } = planned('{ outer { inner { name } } }', ['PAY', 'YOE'], schema);
    for (let time = 0; time < 3; time++) {
      expect(run()?.json).toBe('{"data":{"outer":{"inner":{"name":null}}}}');
      expect(taken()).toHaveLength(2);
    }
  });

  it('is the same for random selections with random arguments', async () => {
    await fc.assert(
      fc.asyncProperty(
        selection('Report', 4),
        fc.constantFrom(SEATTLE, NURSE),
        fc.boolean(),
        async (selected, one, two) => {
          const text = `query ($one: AnswersInput!, $x: Float! = 101000) { ${two ? 'first: report(answers: $one) { id }' : ''} report(answers: $one) { ${selected} x: pay { basePay { percentileRank(amount: $x) } } } }`;
          const { run } = planned(text);
          const expected = JSON.stringify(await executed(text, { one }));
          expect(run({ one })?.json).toBe(expected);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('what is not written from memory', () => {
  it.each([
    ['a status, which changes', `{ report(answers: ${ANSWERS}) { status { pay } } }`],
    ['usage', '{ usage { saved } }'],
    ['who asks', '{ viewer { name } }'],
    ['a look-up', '{ matchJobTitle(jobTitle: "a") { yearsExperience } }'],
    ['a report by its id', `{ reportById(id: "${'a'.repeat(43)}") { id } }`],
    ['one of them beside a report', `{ report(answers: ${ANSWERS}) { id } viewer { name } }`],
    ['introspection', '{ __schema { types { name } } }'],
    ['a directive on a field', `query ($v: Boolean! = true) { report(answers: ${ANSWERS}) { id @skip(if: $v) } }`],
    [
      'a directive on a spread',
      `{ ...A @include(if: true) } fragment A on Query { report(answers: ${ANSWERS}) { id } }`,
    ],
    ['a directive in a fragment', `{ ... @include(if: true) { report(answers: ${ANSWERS}) { id } } }`],
    ['a name that objects treat in a way of their own', `{ __proto__: report(answers: ${ANSWERS}) { id } }`],
    ['a mutation', `mutation { requestReport(answers: ${ANSWERS}, types: []) { id } }`],
    ['a subscription', `subscription { reportStatus(answers: ${ANSWERS}) { status } }`],
    [
      'a constant argument that is invalid, also where it is not executed',
      `{ reports(answers: []) { pay(waitMs: -1) { reportRating } } }`,
    ],
    [
      'too many fields',
      `{ ${Array.from({ length: 50 }, (_, index) => `r${index}: ${everything().slice(1, -1).trim()}`).join(' ')} }`,
    ],
  ])('is %s', (_, text) => {
    expect(planned(text).plan).toBeNull();
  });

  it.each([
    ['an invalid answer', { one: { ...NURSE, jobTitle: '' } }, 'must not be blank'],
    ['an unknown answer', { one: { ...NURSE, other: 1 } }, 'not made of what is in memory'],
    ['no answers', {}, 'not made of what is in memory'],
    ['a wait that is too long', { one: NURSE, waitMs: 1_001 }, 'must be from 0 to 1000'],
    ['a negative wait', { one: NURSE, waitMs: -1 }, 'must be from 0 to 1000'],
    ['a null for what has a default', { one: NURSE, amount: null }, 'not made of what is in memory'],
  ])('gives up on %s, also where it is not executed', (_, variables, message) => {
    const text = `query ($one: AnswersInput!, $waitMs: Int, $amount: Float = 1) {
      report(answers: $one) { id pay { bonus { percentileRank(amount: $amount) } } }
      reports(answers: []) { pay(waitMs: $waitMs) { reportRating } }
    }`;
    const { run } = planned(text);
    expect(run({ one: NURSE })?.json).toContain('"bonus":null');
    expect(() => run(variables)).toThrow(message);
  });

  it('gives up on a report that is not in memory', () => {
    const { run } = planned(`{ report(answers: ${ANSWERS}) { pay { reportRating } yoe { reportRating } } }`, ['PAY']);
    expect(() => run()).toThrow('not made of what is in memory');
  });

  it('gives up on more than one operation may have', () => {
    const { run } = planned('query ($many: [AnswersInput!]!) { reports(answers: $many) { id } }');
    expect(run({ many: Array.from({ length: 1_000 }, () => NURSE) })?.reports).toBe(0);
    expect(() => run({ many: Array.from({ length: 1_001 }, () => NURSE) })).toThrow('more than 1000 elements');
  });
});

/** A query for all there is in a report without a status. */
function everything(): string {
  return `{ report(answers: ${ANSWERS}) { ${allOf(SCHEMA.getType('Report') as GraphQLObjectType)} } }`;
}

function allOf(type: GraphQLObjectType): string {
  return selectable(type)
    .map(({ name, type: fieldType }) => {
      const named = getNamedType(fieldType);
      return isObjectType(named) ? `${name} { ${allOf(named)} }` : name;
    })
    .join(' ');
}

/** Fields that need no argument and may be stored. */
function selectable(type: GraphQLObjectType) {
  return Object.values(type.getFields()).filter((field) => isStorable(field) && !field.args.some(isRequiredArgument));
}

function selection(typeName: string, depth: number): fc.Arbitrary<string> {
  const type = SCHEMA.getType(typeName) as GraphQLObjectType;
  const fields = selectable(type).filter((field) => depth > 0 || isLeafType(getNamedType(field.type)));
  const one = fc.constantFrom(...fields).chain(({ name, type: fieldType }) => {
    const named = getNamedType(fieldType);
    const below = isObjectType(named)
      ? selection(named.name, depth - 1).map((each) => ` { ${each} }`)
      : fc.constant('');
    return fc.tuple(fc.constantFrom('', `${name}Again: `), below).map(([alias, rest]) => `${alias}${name}${rest}`);
  });
  return fc
    .array(
      fc.oneof(
        one,
        fc.constant('__typename'),
        one.map((each) => `... on ${typeName} { ${each} }`),
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((each) => each.join(' '));
}
