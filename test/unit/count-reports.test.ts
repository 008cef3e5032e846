import fc from 'fast-check';
import { buildSchema, parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { countReports } from '../../src/graphql/limits/count.js';
import { Refusal } from '../../src/graphql/refusal.js';
import { buildGraphQLSchema } from '../../src/resolvers/schema.js';
import { numbered } from '../fixtures/answers/answers.js';

const SCHEMA = buildGraphQLSchema();

function count(query: string, variables: Record<string, unknown> = {}, schema = SCHEMA): number {
  const document = parse(query);
  return countReports(schema, { document, definition: document.definitions[0] as OperationDefinitionNode, variables });
}

const REPORT = 'report(answers: { jobTitle: "x", country: "y" })';
const CHECK = 'checkAnswers(answers: { jobTitle: "x", country: "y" })';
const answers = (length: number) => Array.from({ length }, (_, index) => numbered(index));
const LIST = 'query ($list: [AnswersInput!]!) { reports(answers: $list)';

describe('the reports that an operation asks for', () => {
  it.each<[number, string, Record<string, unknown>]>([
    [0, `{ ${REPORT} { id answers { jobTitle } status { pay } } usage { saved } }`, {}],
    [1, `{ ${REPORT} { pay { levelUsed } } }`, {}],
    [2, `{ ${REPORT} { pay { levelUsed } yoe { reportRating } } }`, {}],
    [
      4,
      `{ ${REPORT} { pay { levelUsed } b: pay(waitMs: 1) { levelUsed } } c: ${REPORT} { pay { levelUsed } yoe { reportRating } } }`,
      {},
    ],
    [7, `${LIST} { pay { levelUsed } } }`, { list: answers(7) }],
    [1, `${LIST} { pay { levelUsed } } }`, { list: numbered() }],
    [0, `${LIST} { pay { levelUsed } } }`, { list: [] }],
    [
      2,
      '{ reports(answers: [{ jobTitle: "x", country: "y" }, { jobTitle: "x", country: "z" }]) { pay { levelUsed } } }',
      {},
    ],
    [
      6,
      `${LIST} { ...A ... { yoe { reportRating } } } } fragment A on Report { pay { levelUsed } }`,
      { list: answers(3) },
    ],
    [
      3,
      `${LIST} { ...A ...B ...A pay { levelUsed } } } fragment A on Report { pay { levelUsed } } fragment B on Report { ...A pay { warnings { code } } }`,
      { list: answers(3) },
    ],
    [1, `mutation { requestReport(answers: { jobTitle: "x", country: "y" }, types: [PAY, PAY]) { id } }`, {}],
    [2, `mutation { requestReport(answers: { jobTitle: "x", country: "y" }) { id } }`, {}],
    [2, `mutation { buyAgain(id: "x", types: [PAY, YOE, PAY], since: "2026-01-01T00:00:00Z") { id } }`, {}],
    [0, `mutation { closeUncertain(id: "x", types: [PAY], since: "2026-01-01T00:00:00Z", note: "x") { id } }`, {}],
    [50, '{ uncertainReports { edges { node { report { pay { levelUsed } } } } } }', {}],
    [
      4,
      `mutation { requestReport(answers: { jobTitle: "x", country: "y" }) { pay { levelUsed } yoe { reportRating } } }`,
      {},
    ],
    [
      2,
      `subscription { reportStatus(answers: { jobTitle: "x", country: "y" }) { report { pay { levelUsed } yoe { reportRating } } } }`,
      {},
    ],
    [0, `subscription { reportStatus(answers: { jobTitle: "x", country: "y" }, buy: false) { status } }`, {}],
    [1, `query ($buy: Boolean!) { ${REPORT} { pay(buy: $buy) { levelUsed } yoe { reportRating } } }`, { buy: false }],
    [1, `{ ${CHECK} { matchedJobTitle } }`, {}],
    [
      5,
      `{ ${CHECK} { report { pay { levelUsed } yoe { reportRating } } } a: ${CHECK} { report { id } } b: ${CHECK} { __typename } }`,
      {},
    ],
    [0, `subscription { reportStatusById(id: "x") { report { pay { levelUsed } } } }`, {}],
    [0, `${LIST} { pay { levelUsed } } }`, { list: 7 }],
    [
      0,
      `{ ${REPORT} { pay { ... @skip(if: true) { levelUsed } ...A } } }`
        .replace('pay', 'status')
        .replace('levelUsed', 'pay')
        .replace('...A', ''),
      {},
    ],
    [
      0,
      `query ($wait: Int) { report(answers: { jobTitle: "x", country: "y" }, autoResolveJobTitle: $wait) { pay { levelUsed } } }`,
      { wait: null },
    ],
  ])('are %d: %s', (reports, query, variables) => {
    expect(count(query, variables)).toBe(reports);
  });

  it.each([
    [true, true, 0],
    [true, false, 0],
    [false, true, 2],
    [false, false, 0],
  ])('depend on @skip(if: %s) and @include(if: %s)', (skip, include, reports) => {
    const query = `query ($skip: Boolean!, $include: Boolean!) { ${REPORT} {
      pay @skip(if: $skip) @include(if: $include) { levelUsed } ...A @skip(if: $skip) } }
      fragment A on Report { ... @include(if: $include) { yoe { reportRating } } }`;
    expect(count(query, { skip, include })).toBe(reports);
  });

  it('are the same however the operation is divided into fragments', () => {
    const parts = fc.uniqueArray(
      fc.constantFrom(
        'pay { levelUsed }',
        'yoe { reportRating }',
        'a: pay { levelUsed }',
        'b: yoe { warnings { code } }',
        'id',
      ),
    );
    fc.assert(
      fc.property(
        parts,
        fc.array(fc.nat({ max: 3 }), { minLength: 5, maxLength: 5 }),
        fc.nat({ max: 5 }),
        (selections, places, length) => {
          const whole = `${LIST} { id ${selections.join(' ')} } }`;
          const inFragment = (place: number) => selections.filter((_, index) => places[index] === place).join(' ');
          const divided = `${LIST} { ...A ... { ...B ...A } ${inFragment(3)} } }
          fragment A on Report { id ...B ${inFragment(0)} ${inFragment(1)} } fragment B on Report { id ${inFragment(1)} ${inFragment(2)} }`;
          expect(count(divided, { list: answers(length) })).toBe(count(whole, { list: answers(length) }));
        },
      ),
    );
  });
});

describe('lists that are as long as an argument', () => {
  it('have at most 1,000 elements in one operation', () => {
    expect(count(`${LIST} { id } }`, { list: answers(1_000) })).toBe(0);
    expect(refusalOf(`${LIST} { id } }`, { list: answers(1_001) })).toEqual({ limit: 1_000, value: 1_001 });
    const twice =
      'query ($list: [AnswersInput!]!) { a: reports(answers: $list) { id } b: reports(answers: $list) { id } }';
    expect(refusalOf(twice, { list: answers(501) })).toEqual({ limit: 1_000, value: 1_002 });
  });

  it('count with what is selected of each element', () => {
    const wide = `${LIST} { pay { ${['basePay', 'totalPay', 'bonus', 'commission', 'profitShare', 'hourlyPay'].map((name) => `${name} { ...S }`).join(' ')} } } }
      fragment S on PayStatistics { count percent average percentile10 percentile25 percentile50 percentile75 percentile90 currencyName currencyFormat
        statistics { count percent mean stdDev skewness kurtosis } }`;
    expect(count(wide, { list: answers(900) })).toBe(900);
    expect(refusalOf(wide, { list: answers(1_000) })).toEqual({ limit: 100_000 });
  });

  it('are those of a connection, and those of its arguments', () => {
    const schema = buildSchema(`
      type Query { all(first: Int!): Connection things(ids: [ID!]!): [Thing] some: [Thing] }
      type Connection { edges: [Edge!]! pageInfo: PageInfo! } type PageInfo { hasNextPage: Boolean! } type Edge { node: Thing }
      type Thing { pay: Int }
    `);
    const field = schema.getType('Thing') as unknown as { getFields(): { pay: { extensions: object } } };
    field.getFields().pay.extensions = { reportsAsked: () => 1 };
    expect(count('{ all(first: 7) { edges { node { pay } } } }', {}, schema)).toBe(7);
    expect(count('query ($n: Int!) { all(first: $n) { edges { node { pay b: pay } } } }', { n: 3 }, schema)).toBe(6);
    expect(count('{ all(first: -1) { edges { node { pay } } } }', {}, schema)).toBe(0);
    expect(count('{ things(ids: [1, 2, 3]) { pay } }', {}, schema)).toBe(3);
    expect(count('{ some { pay } }', {}, schema)).toBe(25);
  });
});

function refusalOf(query: string, variables: Record<string, unknown>): unknown {
  try {
    return count(query, variables);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return (error.errors[0]?.originalError as unknown as { details?: object } | undefined)?.details;
  }
}
