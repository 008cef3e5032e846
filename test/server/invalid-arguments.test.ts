import { describe, it } from 'vitest';
import { numbered } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { BODIES, DOOR_NAMES, DOORS, STREAMING, type DoorName, type Send } from './doors.js';

interface Case {
  readonly name: string;
  /** What it asks for beside a good report. */
  readonly beside: string;
  /** Further variables of the operation. */
  readonly declared?: string;
  readonly variables?: object;
  readonly argument: string;
  /** @default 'query' */
  readonly kind?: 'query' | 'mutation';
}

const LONG = 'x'.repeat(201);
const BAD_ANSWERS = '{ jobTitle: "", country: "US" }';

const CASES: readonly Case[] = [
  {
    name: 'a wait that is too long',
    beside: 'a: report(answers: $answers) { yoe(waitMs: 600001) { reportRating } }',
    argument: 'waitMs',
  },
  {
    name: 'a wait below 0, in a variable, inside fragments',
    beside: '... on Query { ...Wait }',
    declared: ', $wait: Int',
    variables: { wait: -1 },
    argument: 'waitMs',
  },
  { name: 'a blank title', beside: `a: report(answers: ${BAD_ANSWERS}) { id }`, argument: 'answers.jobTitle' },
  { name: 'a malformed id', beside: 'reportById(id: "x") { id }', argument: 'id' },
  { name: 'a malformed id of a node', beside: 'node(id: "x") { id }', argument: 'id' },
  {
    name: 'a term that is too long',
    beside: `suggestAnswers(kind: SKILLS, term: "${LONG}") { answer }`,
    argument: 'term',
  },
  { name: 'a place that is too long', beside: `suggestLocations(term: "${LONG}") { text }`, argument: 'term' },
  { name: 'a blank title to match', beside: 'matchJobTitle(jobTitle: " ") { yearsExperience }', argument: 'jobTitle' },
  ...['skill', 'certification', 'education'].map((kind) => ({
    name: `a blank title of a ${kind} impact`,
    beside: `${kind}Impact(jobTitle: " ") { impacts { answer } }`,
    argument: 'jobTitle',
  })),
  {
    name: 'a usage that ends before it begins',
    beside: 'usage(since: "2030-01-02T00:00:00Z", until: "2030-01-01T00:00:00Z") { submitted }',
    argument: 'since',
  },
  { name: 'a usage of the future', beside: 'usage(since: "9999-01-01T00:00:00Z") { submitted }', argument: 'since' },
  {
    name: 'a usage by day of too many days',
    beside: 'usageByDay(since: "2020-01-01T00:00:00Z", until: "2026-01-01T00:00:00Z") { day }',
    argument: 'since',
  },
  { name: 'too long a page', beside: 'uncertainReports(first: 101) { totalCount }', argument: 'first' },
  { name: 'a cursor that is none', beside: 'uncertainReports(after: "x") { totalCount }', argument: 'after' },
  {
    name: 'a malformed id of what is to be bought again, in a later mutation',
    kind: 'mutation',
    beside: 'buyAgain(id: "x", types: [PAY], since: "2026-01-01T00:00:00Z") { id }',
    argument: 'id',
  },
  {
    name: 'a blank note, in a later mutation',
    kind: 'mutation',
    beside: `closeUncertain(id: "${'A'.repeat(43)}", types: [PAY], since: "2026-01-01T00:00:00Z", note: " ") { id }`,
    argument: 'note',
  },
  {
    name: 'null for an argument with a default',
    beside: 'a: report(answers: $answers, autoResolveJobTitle: $resolve) { id }',
    declared: ', $resolve: Boolean = true',
    variables: { resolve: null },
    argument: 'autoResolveJobTitle',
  },
  {
    name: 'null for an amount inside the report',
    beside: 'a: report(answers: $answers) { pay { basePay { percentileRank(amount: $amount) } } }',
    declared: ', $amount: Float = 1',
    variables: { amount: null },
    argument: 'amount',
  },
  {
    name: 'null for the condition of a directive inside the report',
    beside: 'a: report(answers: $answers) { pay { levelUsed @include(if: $on) } }',
    declared: ', $on: Boolean = true',
    variables: { on: null },
    argument: 'if',
  },
  {
    name: 'a since without a resubmission, in a later mutation',
    kind: 'mutation',
    beside: 'requestReport(answers: $answers, since: "2030-01-01T00:00:00Z") { id }',
    argument: 'since',
  },
  {
    name: 'a blank title in a later mutation',
    kind: 'mutation',
    beside: `requestReport(answers: ${BAD_ANSWERS}) { id }`,
    argument: 'answers.jobTitle',
  },
];

const GOOD = {
  query: 'good: report(answers: $answers) { status { pay } pay { levelUsed } yoe { reportRating } }',
  mutation: 'good: requestReport(answers: $answers) { id }',
};
const WAIT = 'fragment Wait on Query { a: report(answers: $answers) { ... { yoe(waitMs: $wait) { reportRating } } } }';

describe.concurrent('an operation with an invalid argument', () => {
  useServers({ pendingPolls: 0 });
  useSockets();

  it.for(CASES)('buys nothing, also not for its other fields, at any door: $name', async (given, context) => {
    const { start, upstream, expect } = context;
    const server = await start();
    const { kind = 'query', beside, declared = '', argument } = given;
    const fragment = beside.includes('...Wait') ? WAIT : '';
    const query = `${kind} ($answers: AnswersInput!${declared}) { ${GOOD[kind]} ${beside} } ${fragment}`;
    const variables = { answers: numbered(), ...given.variables };
    const results = [];
    for (const door of kind === 'mutation' ? BODIES : DOOR_NAMES) {
      const result = await DOORS[door](server, { query, variables }, context);
      results.push(result);
      const about = (result.errors ?? []).map(({ extensions }) => [extensions?.['code'], extensions?.['argument']]);
      expect(new Set(about.map(String)), door).toEqual(new Set([`BAD_USER_INPUT,${argument}`]));
      const refused = result.errors?.filter(({ path }) => path?.[0] === 'good');
      for (const { message } of refused ?? []) expect(message, door).toContain('Nothing was bought');
    }
    for (const result of results) expect(result).toEqual(results[0]);
    expect(upstream.submits()).toEqual([]);
  });

  it('buys nothing if the argument is one of an event', async (context) => {
    const { start, upstream, expect } = context;
    const server = await start();
    const query = `subscription ($answers: AnswersInput!, $amount: Float = 1) { reportStatus(answers: $answers) {
      status report { pay { basePay { percentileRank(amount: $amount) } } } } }`;
    for (const door of STREAMING) {
      const { errors } = await DOORS[door](
        server,
        { query, variables: { answers: numbered(), amount: null } },
        context,
      );
      expect(errors, door).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'amount' } }]);
    }
    expect(upstream.submits()).toEqual([]);
  });

  it('still gives what costs nothing', async ({ start, expect }) => {
    const server = await start();
    const query = `query ($answers: AnswersInput!) { usage { submitted }
      report(answers: $answers) { status { pay } pay(waitMs: -1) { levelUsed } yoe { reportRating } } }`;
    const { data } = await server.run(query, { answers: numbered() });
    expect(data).toEqual({
      usage: { submitted: 0 },
      report: { status: { pay: 'NOT_REQUESTED' }, pay: null, yoe: null },
    });
  });

  it.for<[DoorName, string]>([
    [
      'HTTP',
      'query ($answers: AnswersInput!) { report(answers: $answers) { pay { levelUsed } yoe(waitMs: -1) @include(if: false) { reportRating } } }',
    ],
    [
      'WebSocket',
      'query ($answers: AnswersInput!, $on: Boolean!) { ...Bad @skip(if: $on) report(answers: $answers) { pay { levelUsed } } } fragment Bad on Query { reportById(id: "x") { id } }',
    ],
  ])('is bought if the field is not included: %s', async ([door, query], context) => {
    const { start, upstream, expect } = context;
    const send: Send = DOORS[door];
    const { errors } = await send(await start(), { query, variables: { answers: numbered(), on: true } }, context);
    expect(errors).toBeUndefined();
    expect(upstream.submits()).toHaveLength(1);
  });
});
