import { describe, expect, it, vi } from 'vitest';
import { PayStatisticsResolver } from '../../src/resolvers/pay-statistics-resolver.js';
import { FullReportDocument, RequestReportDocument } from '../generated/operations.js';
import type { TestServer } from '../fixtures/server/server.js';
import { rejected, status } from '../fixtures/upstream/upstream.js';
import { BODIES, DOOR_NAMES, DOORS, SAFE, STREAMING, type DoorName, type Sent } from './doors.js';
import { numbered } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';

/** An operation and what comes back, which is the same at every door. A new case is one more entry. */
interface Case extends Sent {
  readonly name: string;
  /** The code of each error. All doors must send the same message, locations, path and extensions, too. */
  readonly codes: readonly string[];
  /** What the result must have besides. */
  readonly result?: object;
  /** Name and kind in the log. */
  readonly logged: { readonly operation: string | null; readonly kind: string | null };
  /** @default all of them */
  readonly doors?: readonly DoorName[];
  readonly env?: Readonly<Record<string, string>>;
  /** True: upstream is asked for a report. @default false: nothing may be bought. */
  readonly submits?: true;
  /** Done before the operation is sent. Resolves to further variables. */
  readonly prepare?: (server: TestServer) => Promise<object>;
}

const REPORT = String(FullReportDocument);
const SHOWN = { INTROSPECTION: 'true' };
const HIDDEN = { INTROSPECTION: 'false' };
const UNREADABLE = { operation: null, kind: null };
const FULL_REPORT = { operation: 'FullReport', kind: 'query' };
const anonymous = (kind: string) => ({ operation: null, kind });
const FOLLOW = 'subscription ($answers: AnswersInput!) { reportStatus(answers: $answers) { status } }';

const DOCUMENTS: readonly Omit<Case, 'logged'>[] = [
  { name: 'a syntax error', query: '{', codes: ['GRAPHQL_PARSE_FAILED'] },
  { name: 'an empty document', query: '', codes: ['BAD_REQUEST'] },
  {
    name: 'a document of too many tokens',
    query: `{ ${'a '.repeat(70_000)} }`,
    codes: ['OPERATION_TOO_LARGE'],
    result: { errors: [{ extensions: { code: 'OPERATION_TOO_LARGE', limit: 4_000 } }] },
    doors: BODIES,
  },
  { name: 'an unknown field', query: '{ reprt { id } }', codes: ['GRAPHQL_VALIDATION_FAILED'] },
  {
    name: 'an unknown field that is like a known one',
    query: '{ usag { submitted } }',
    codes: ['GRAPHQL_VALIDATION_FAILED'],
    env: SHOWN,
    result: { errors: [{ message: 'Cannot query field "usag" on type "Query". Did you mean "usage"?' }] },
  },
  {
    name: 'a misspelt field and introspection off',
    query: '{ usag { submitted } }',
    codes: ['GRAPHQL_VALIDATION_FAILED'],
    env: HIDDEN,
  },
  {
    name: 'a misspelt enum value and introspection off',
    query: '{ suggestAnswers(kind: JOB_TITEL, term: "soft") { answer } }',
    codes: ['GRAPHQL_VALIDATION_FAILED'],
    env: HIDDEN,
  },
  {
    name: 'introspection with introspection off',
    query: '{ __schema { queryType { name } } }',
    codes: ['GRAPHQL_VALIDATION_FAILED'],
    result: { errors: [{ extensions: { validationErrorCode: 'INTROSPECTION_DISABLED' } }] },
  },
  {
    name: 'introspection in a fragment, under another name',
    query: 'query { ...A } fragment A on Query { a: __type(name: "Report") { fields { name } } }',
    codes: ['GRAPHQL_VALIDATION_FAILED'],
    result: { errors: [{ extensions: { validationErrorCode: 'INTROSPECTION_DISABLED' } }] },
  },
  {
    name: 'an unknown operationName',
    query: 'query A { __typename } query B { __typename }',
    operationName: 'C',
    codes: ['OPERATION_RESOLUTION_FAILURE'],
  },
  {
    name: 'several operations and no operationName',
    query: 'query A { __typename } query B { __typename }',
    codes: ['OPERATION_RESOLUTION_FAILURE'],
  },
  { name: 'fragments only', query: 'fragment A on Query { __typename }', codes: ['GRAPHQL_VALIDATION_FAILED'] },
  {
    name: '@include at the root of a subscription',
    query: `subscription ($answers: AnswersInput!, $on: Boolean!) {
      reportStatus(answers: $answers) @include(if: $on) { status }
    }`,
    variables: { answers: numbered(), on: true },
    codes: ['GRAPHQL_VALIDATION_FAILED'],
  },
  {
    name: '@skip in a fragment at the root of a subscription',
    query: `subscription { ...Root } fragment Root on Subscription {
      reportStatusById(id: "x") @skip(if: true) { status }
    }`,
    codes: ['GRAPHQL_VALIDATION_FAILED'],
  },
  {
    name: 'a subscription with answers of the wrong type',
    query: 'subscription { reportStatus(answers: { jobTitle: 7, country: "United States" }) { status } }',
    codes: ['GRAPHQL_VALIDATION_FAILED'],
  },
];

const QUERIES: readonly Case[] = [
  {
    name: 'an empty operationName, which is none',
    query: 'query A { a: __typename }',
    operationName: '',
    codes: [],
    result: { data: { a: 'Query' } },
    logged: { operation: 'A', kind: 'query' },
  },
  {
    name: 'the operation that operationName names',
    query: 'query A { a: __typename } query B { b: __typename }',
    operationName: 'B',
    codes: [],
    result: { data: { b: 'Query' } },
    logged: { operation: 'B', kind: 'query' },
  },
  {
    name: 'a missing variable',
    query: REPORT,
    variables: {},
    codes: ['BAD_USER_INPUT'],
    result: { errors: [{ extensions: { argument: 'answers' } }] },
    logged: FULL_REPORT,
  },
  {
    name: 'a variable of the wrong type',
    query: REPORT,
    variables: { answers: { jobTitle: 7, country: 'United States' } },
    codes: ['BAD_USER_INPUT'],
    logged: FULL_REPORT,
  },
  {
    name: 'a misspelt field in a variable and introspection off',
    query: REPORT,
    variables: { answers: { jobTitel: 'Cashier', country: 'United States' } },
    codes: ['BAD_USER_INPUT', 'BAD_USER_INPUT'],
    env: HIDDEN,
    logged: FULL_REPORT,
  },
  {
    name: 'a null variable for an argument with a default',
    query: 'query ($answers: AnswersInput!, $b: Boolean) { report(answers: $answers, autoResolveJobTitle: $b) { id } }',
    variables: { answers: numbered(), b: null },
    codes: ['BAD_USER_INPUT'],
    result: { errors: [{ path: ['report'], extensions: { argument: 'autoResolveJobTitle' } }] },
    logged: anonymous('query'),
  },
  {
    name: 'an out-of-range answer',
    query: REPORT,
    variables: { answers: { jobTitle: '', country: 'United States' } },
    codes: ['BAD_USER_INPUT'],
    logged: FULL_REPORT,
  },
  {
    name: 'an answer with a character that was lost before it was sent',
    query: REPORT,
    variables: { answers: { ...numbered(), city: 'Z\ufffdrich' } },
    codes: ['BAD_USER_INPUT'],
    result: { errors: [{ extensions: { argument: 'answers.city', reason: expect.stringContaining('U+FFFD') } }] },
    logged: FULL_REPORT,
  },
  {
    name: 'an answer with half a surrogate pair',
    query: REPORT,
    variables: { answers: { ...numbered(), city: 'Z\ud83drich' } },
    codes: ['BAD_USER_INPUT'],
    result: { errors: [{ extensions: { argument: 'answers.city' } }] },
    logged: FULL_REPORT,
  },
  {
    name: 'more reports than one operation may ask for',
    query: `query ($answers: [AnswersInput!]!, $pay: Boolean!) {
      reports(answers: $answers) { pay @include(if: $pay) { levelUsed } ...Y } } fragment Y on Report { yoe { reportRating } }`,
    variables: { answers: Array.from({ length: 13 }, (_, index) => numbered(index)), pay: true },
    codes: ['OPERATION_TOO_LARGE'],
    result: { errors: [{ extensions: { code: 'OPERATION_TOO_LARGE', limit: 25, value: 26 } }] },
    logged: anonymous('query'),
  },
  {
    name: 'a malformed id',
    query: '{ reportById(id: "x") { id } }',
    codes: ['BAD_USER_INPUT'],
    result: { data: { reportById: null } },
    logged: anonymous('query'),
  },
  {
    name: 'an answer unknown to upstream',
    query: REPORT,
    variables: { answers: numbered(31) },
    codes: ['UNCONFIRMED_ANSWER', 'UNCONFIRMED_ANSWER'],
    submits: true,
    logged: FULL_REPORT,
  },
  {
    name: 'reports beyond the budget',
    query: REPORT,
    variables: { answers: numbered(33) },
    env: { BUDGET_REPORTS_PER_DAY: '0' },
    doors: BODIES,
    codes: ['BUDGET_EXCEEDED', 'BUDGET_EXCEEDED'],
    result: { errors: [{ extensions: { limit: 0, used: 0, resetsAt: expect.any(String) } }, {}] },
    logged: FULL_REPORT,
  },
  {
    name: 'reports that a GET would have to buy',
    query: REPORT,
    variables: { answers: numbered(33) },
    doors: SAFE,
    codes: ['PURCHASE_REQUIRES_POST', 'PURCHASE_REQUIRES_POST'],
    logged: FULL_REPORT,
  },
  {
    name: 'reports that are only read',
    query:
      'query ($answers: AnswersInput!) { report(answers: $answers) { pay(buy: false) { levelUsed } yoe(buy: false) { reportRating } } }',
    variables: { answers: numbered(33) },
    codes: [],
    result: { data: { report: { pay: null, yoe: null } } },
    logged: anonymous('query'),
  },
  {
    name: 'what only operators may see',
    query: '{ usage { submitted } }',
    codes: ['FORBIDDEN'],
    env: { OPERATORS: '' },
    logged: anonymous('query'),
  },
  {
    name: 'what else only operators may see',
    query: '{ uncertainReports { totalCount } usageByDay { day } }',
    codes: ['FORBIDDEN', 'FORBIDDEN'],
    result: { data: { uncertainReports: null, usageByDay: null } },
    env: { OPERATORS: '' },
    logged: anonymous('query'),
  },
  {
    name: 'a cursor that is none',
    query: '{ uncertainReports(after: "x") { totalCount } }',
    codes: ['BAD_USER_INPUT'],
    result: { errors: [{ extensions: { argument: 'after' } }] },
    logged: anonymous('query'),
  },
  {
    name: 'a lookup that fails upstream',
    query: '{ skillImpact(jobTitle: "Cashier") { impacts { answer } } }',
    codes: ['UPSTREAM_BAD_RESPONSE'],
    result: { errors: [{ message: expect.stringContaining('Not today') }] },
    logged: anonymous('query'),
  },
];

/** An id that no report has, and a time. */
const UNKNOWN = 'A'.repeat(43);
const SINCE = '2026-01-31T09:30:00Z';

const MUTATIONS: readonly Case[] = [
  {
    name: 'a mutation',
    query: String(RequestReportDocument),
    variables: { answers: numbered(40), types: [] },
    codes: [],
    result: { data: { requestReport: { status: { pay: 'NOT_REQUESTED' } } } },
    doors: BODIES,
    logged: { operation: 'RequestReport', kind: 'mutation' },
  },
  {
    name: 'a mutation with an out-of-range answer',
    query: String(RequestReportDocument),
    variables: { answers: { jobTitle: 'Cashier', country: '' } },
    codes: ['BAD_USER_INPUT'],
    doors: BODIES,
    logged: { operation: 'RequestReport', kind: 'mutation' },
  },
];

const SETTLEMENTS: readonly Case[] = [
  {
    name: 'what only operators may decide',
    query: `mutation { closeUncertain(id: "${UNKNOWN}", types: [PAY], since: "${SINCE}", note: "Lost.") { id } }`,
    codes: ['FORBIDDEN'],
    result: { data: { closeUncertain: null } },
    doors: BODIES,
    env: { OPERATORS: '' },
    logged: anonymous('mutation'),
  },
  {
    name: 'a note that is blank',
    query: `mutation { closeUncertain(id: "${UNKNOWN}", types: [PAY], since: "${SINCE}", note: " ") { id } }`,
    codes: ['BAD_USER_INPUT'],
    result: { errors: [{ extensions: { argument: 'note' } }] },
    doors: BODIES,
    logged: anonymous('mutation'),
  },
  {
    name: 'the settling of a report that was never requested',
    query: `mutation { buyAgain(id: "${UNKNOWN}", types: [PAY], since: "${SINCE}") { id } }`,
    codes: ['NOT_FOUND'],
    result: { errors: [{ extensions: { reportId: UNKNOWN } }] },
    doors: BODIES,
    logged: anonymous('mutation'),
  },
];

const READS_ONLY: readonly Case[] = [
  {
    name: 'a mutation by GET',
    query: 'mutation ($answers: AnswersInput!) { requestReport(answers: $answers) { id } }',
    variables: { answers: numbered(41) },
    doors: ['HTTP by GET', 'server-sent events by GET'],
    codes: ['BAD_REQUEST'],
    logged: anonymous('mutation'),
  },
  {
    name: 'a mutation by GET with an empty operationName',
    query: 'mutation ($answers: AnswersInput!) { requestReport(answers: $answers) { id } }',
    operationName: '',
    variables: { answers: numbered(41) },
    doors: ['HTTP by GET', 'server-sent events by GET'],
    codes: ['BAD_REQUEST'],
    logged: anonymous('mutation'),
  },
];

const SUBSCRIPTIONS: readonly Case[] = [
  {
    name: 'a subscription beyond the budget',
    query: FOLLOW,
    variables: { answers: numbered(33) },
    env: { BUDGET_REPORTS_PER_DAY: '0' },
    doors: STREAMING.filter((door) => BODIES.includes(door)),
    codes: ['BUDGET_EXCEEDED'],
    logged: anonymous('subscription'),
  },
  {
    name: 'a subscription that a GET would have to buy for',
    query: FOLLOW,
    variables: { answers: numbered(33) },
    doors: STREAMING.filter((door) => SAFE.includes(door)),
    codes: ['PURCHASE_REQUIRES_POST'],
    logged: anonymous('subscription'),
  },
  {
    name: 'a subscription, which plain HTTP does not serve',
    query: FOLLOW,
    variables: { answers: numbered() },
    doors: ['HTTP', 'HTTP by GET'],
    codes: ['BAD_REQUEST'],
    result: { errors: [{ message: expect.stringMatching(/graphql-transport-ws.*\/graphql\/stream/) }] },
    logged: anonymous('subscription'),
  },
  {
    name: 'a subscription without its variables',
    query: FOLLOW,
    doors: STREAMING,
    codes: ['BAD_USER_INPUT'],
    logged: anonymous('subscription'),
  },
  {
    name: 'a subscription with out-of-range answers',
    query: 'subscription { reportStatus(answers: { jobTitle: "", country: "United States" }) { status } }',
    doors: STREAMING,
    codes: ['BAD_USER_INPUT'],
    logged: anonymous('subscription'),
  },
  {
    name: 'a subscription with a malformed id',
    query: 'subscription { reportStatusById(id: "x") { status } }',
    doors: STREAMING,
    codes: ['BAD_USER_INPUT'],
    logged: anonymous('subscription'),
  },
  {
    name: 'a subscription to a report that was never requested',
    query: 'subscription ($id: ID!) { reportStatusById(id: $id) { status } }',
    prepare: async (server) => {
      const query = 'query ($answers: AnswersInput!) { report(answers: $answers) { id } }';
      const { data } = await server.run<{ report: object }, object>(query, { answers: numbered(32) });
      return data?.report ?? {};
    },
    doors: STREAMING,
    codes: ['NOT_FOUND'],
    logged: anonymous('subscription'),
  },
  {
    name: 'a subscription to nothing',
    query: FOLLOW.replace('$answers)', '$answers, types: [])'),
    variables: { answers: numbered() },
    doors: STREAMING,
    codes: [],
    logged: anonymous('subscription'),
  },
];

const CASES: readonly Case[] = [
  ...DOCUMENTS.map((each) => ({ ...each, logged: UNREADABLE })),
  ...QUERIES,
  ...MUTATIONS,
  ...SETTLEMENTS,
  ...READS_ONLY,
  ...SUBSCRIPTIONS,
];

describe.concurrent('every door responds alike to', () => {
  useServers();
  useSockets();

  it.for(CASES)('$name', async ({ doors = DOOR_NAMES, codes, ...given }, context) => {
    const { start, upstream, expect } = context;
    upstream.script.submit.otherwise(rejected());
    upstream.script.lookup.otherwise(status(400, { Errors: [{ Message: 'Not today' }] }));
    const server = await start(given.env ? { env: given.env } : {});
    const variables = { ...given.variables, ...(await given.prepare?.(server)) };
    const sent = {
      ...(given.query !== undefined && { query: given.query }),
      variables,
      ...(given.operationName !== undefined && { operationName: given.operationName }),
    };

    const results = [];
    for (const door of doors) {
      const before = operationsLogged(server).length;
      const result = await DOORS[door](server, sent, context);
      results.push(result);
      expect(
        (result.errors ?? []).map(({ extensions }) => extensions?.['code']),
        door,
      ).toEqual(codes);
      if (given.result) expect(result, door).toMatchObject(given.result);
      if (given.env === HIDDEN) expect(JSON.stringify(result), door).not.toMatch(/did you mean|jobTitle"\?/i);
      expect(operationsLogged(server).slice(before), door).toMatchObject([
        { ...given.logged, client: 'anonymous', errors: [...new Set(codes)], ms: expect.any(Number) },
      ]);
    }
    // What is bought is bought at the first door, which alone is told its budget.
    const [first, ...others] = results.map(({ data, errors }) => ({ data, errors }));
    for (const other of others) expect(other).toEqual(first);
    expect(upstream.submits().length > 0, 'whether upstream was asked').toBe(given.submits ?? false);
    expect(upstream.bought()).toBe(0);
  });
});

// Not concurrent, because the resolver is broken for every server of this process.
describe('every door masks an unexpected error', () => {
  useServers({ pendingPolls: 0 });
  useSockets();

  it('with an errorId that is logged once', async (context) => {
    const { start, expect } = context;
    const bug = new TypeError('Cannot read the secret of undefined');
    const broken = vi.spyOn(PayStatisticsResolver.prototype, 'percentileRank').mockImplementation(() => {
      throw bug;
    });
    context.onTestFinished(() => broken.mockRestore());
    const server = await start();
    const query = `query ($answers: AnswersInput!) {
      report(answers: $answers) { pay { basePay { a: percentileRank(amount: 1) b: percentileRank(amount: 2) } } }
    }`;

    for (const door of DOOR_NAMES) {
      const { errors } = await DOORS[door](server, { query, variables: { answers: numbered() } }, context);
      expect(errors, door).toHaveLength(2);
      for (const { message, extensions } of errors ?? []) {
        expect(extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String) });
        const errorId = String(extensions?.['errorId']);
        expect(message).toContain(errorId);
        expect(message).not.toMatch(/secret/);
        expect(server.logged.filter((line) => line.includes(errorId))).toHaveLength(1);
      }
    }
  });
});

function operationsLogged({ logged }: TestServer): Record<string, unknown>[] {
  return logged.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === 'operation');
}
