import { describe, it } from 'vitest';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { rejected, unconfirmed } from '../fixtures/upstream/upstream.js';
import { BODIES, DOORS } from './doors.js';

const BLANK = { jobTitle: ' ', country: 'United States' };
const MANY = `query ($many: [AnswersInput!]!) {
  reports(answers: $many) { answers { averageSizeCompetitor } pay { reportRating } }
}`;

describe.concurrent('a list of reports', () => {
  useServers({ pendingPolls: 0 });
  useSockets();

  it.for(BODIES)(
    'has null and an error for an entry that is invalid, and buys the others: %s',
    async (door, context) => {
      const { start, upstream, expect } = context;
      const server = await start();
      const variables = { many: [numbered(1), BLANK, numbered(2)] };
      const { data, errors } = await DOORS[door](server, { query: MANY, variables }, context);
      const shown = (averageSizeCompetitor: number) => ({
        answers: { averageSizeCompetitor },
        pay: { reportRating: 0.86 },
      });
      expect(data).toEqual({ reports: [shown(1), null, shown(2)] });
      expect(errors).toMatchObject([
        { path: ['reports', 1], extensions: { code: 'BAD_USER_INPUT', argument: 'answers[1].jobTitle' } },
      ]);
      expect(upstream.bought()).toBe(2);
    },
  );

  it('does not keep other fields from being bought, and is executed alike once the others are stored', async ({
    start,
    upstream,
    expect,
  }) => {
    const server = await start();
    const query = `query ($one: AnswersInput!, $many: [AnswersInput!]!) {
      report(answers: $one) { pay { reportRating } }
      reports(answers: $many) { pay { reportRating } }
    }`;
    const variables = { one: numbered(1), many: [BLANK, numbered(2)] };
    const results = [];
    for (let times = 0; times < 3; times += 1) results.push(await server.run(query, variables));
    for (const { data, errors } of results) {
      const pay = { reportRating: 0.86 };
      expect(data).toEqual({ report: { pay }, reports: [null, { pay }] });
      expect(errors).toMatchObject([{ path: ['reports', 0], extensions: { argument: 'answers[0].jobTitle' } }]);
    }
    expect(upstream.bought()).toBe(2);
  });
});

describe.concurrent('a report', () => {
  useServers({ pendingPolls: 0 });

  it('is found by node and by reportById alike, and buys nothing by itself', async ({ start, upstream, expect }) => {
    const server = await start();
    const asked = await server.run('mutation ($a: AnswersInput!) { requestReport(answers: $a, types: [PAY]) { id } }', {
      a: SEATTLE,
    });
    const { id } = (asked.data as { requestReport: { id: string } }).requestReport;
    const part = '__typename id ... on Report { answers { city } status { yoe } pay { reportRating } }';
    const query = `query ($id: ID!) { node(id: $id) { ${part} } reportById(id: $id) { ${part} } }`;
    const { data, errors } = await server.run(query, { id });
    const found = {
      __typename: 'Report',
      id,
      answers: { city: 'Seattle' },
      status: { yoe: 'NOT_REQUESTED' },
      pay: { reportRating: 0.86 },
    };
    expect([errors, data]).toEqual([[], { node: found, reportById: found }]);
    expect(upstream.bought()).toBe(1);
  });

  it('has a node for no other id', async ({ start, expect }) => {
    const server = await start();
    const query = 'query ($id: ID!) { node(id: $id) { id } reportById(id: $id) { id } }';
    expect((await server.run(query, { id: 'A'.repeat(43) })).data).toEqual({ node: null, reportById: null });
    const { data, errors } = await server.run(query, { id: 'UmVwb3J0OjE=' });
    expect(data).toEqual({ node: null, reportById: null });
    expect(errors.map(({ path, extensions }) => [path?.[0], extensions['code'], extensions['argument']])).toEqual([
      ['node', 'BAD_USER_INPUT', 'id'],
      ['reportById', 'BAD_USER_INPUT', 'id'],
    ]);
  });

  it('asked for by node counts as a report', async ({ start, expect }) => {
    const server = await start({ env: { MAX_REPORTS_PER_OPERATION: '1' } });
    const query = `{ node(id: "${'A'.repeat(43)}") { ... on Report { pay { levelUsed } ... on Node { ... on Report { yoe { reportRating } } } } } }`;
    const { errors } = await server.run(query);
    expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_LARGE', limit: 1, value: 2 } }]);
  });

  it('says why its types have failed, and until when they are stored, once they have been resolved', async ({
    start,
    upstream,
    expect,
  }) => {
    const server = await start();
    const query = `query ($a: AnswersInput!) { report(answers: $a, autoResolveJobTitle: false) {
      autoResolveJobTitle
      failures { type code message since issues { field answerId } }
      expires: expiresAt(type: PAY) yoeExpires: expiresAt(type: YOE)
      pay { reportRating }
    } }`;
    const { data } = await server.run<{ report: { expires: string } }, { a: typeof SEATTLE }>(query, { a: SEATTLE });
    expect(data?.report).toEqual({
      autoResolveJobTitle: false,
      failures: [],
      expires: expect.any(String),
      yoeExpires: null,
      pay: { reportRating: 0.86 },
    });
    const hours = (Date.parse(data?.report.expires ?? '') - Date.now()) / 3_600_000;
    expect(Math.round(hours)).toBe(168);

    upstream.script.submit.push(rejected([unconfirmed('JobTitle', 'Wizard')]));
    const refused = await server.run(query, { a: { ...SEATTLE, jobTitle: 'Wizard' } });
    expect(refused.data).toMatchObject({ report: { expires: null, yoeExpires: null, pay: null } });
    const [error] = refused.errors;
    expect((refused.data as { report: { failures: object[] } }).report.failures).toEqual([
      {
        type: 'PAY',
        code: 'UNCONFIRMED_ANSWER',
        message: error?.message,
        since: expect.any(String),
        issues: [{ field: 'jobTitle', answerId: 'JobTitle' }],
      },
    ]);
  });
});

describe.concurrent('a root field that fails', () => {
  useServers({ pendingPolls: 0 });

  it('leaves the others whole', async ({ start, expect }) => {
    const server = await start();
    const query = `query ($a: AnswersInput!, $bad: AnswersInput!) {
      good: report(answers: $a) { pay { reportRating } }
      bad: report(answers: $bad) { id }
      skillImpact(jobTitle: " ") { impacts { answer } }
      suggestAnswers(kind: SKILLS, term: "Pyth") { answer }
      suggestLocations(term: "${'x'.repeat(201)}") { text }
      matchJobTitle(jobTitle: " ") { yearsExperience }
      usage(since: "2030-01-02T00:00:00Z", until: "2030-01-01T00:00:00Z") { submitted }
    }`;
    const { data, errors } = await server.run(query, { a: SEATTLE, bad: BLANK });
    expect(data).toEqual({
      good: { pay: null },
      bad: null,
      skillImpact: null,
      suggestAnswers: [{ answer: 'Python' }],
      suggestLocations: null,
      matchJobTitle: null,
      usage: null,
    });
    expect(errors).toHaveLength(6);
  });
});
