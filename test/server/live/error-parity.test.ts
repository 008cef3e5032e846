import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'vitest';
import { FullReportDocument } from '../../generated/operations.js';
import { rejected, status } from '../../helpers/upstream.js';
import type { TestServer } from '../../helpers/server.js';
import type { Fault, Result } from './raw-socket.js';
import { numbered, useStage } from './stage.js';

interface Case {
  readonly name: string;
  readonly query: string;
  readonly variables?: object;
  readonly operationName?: string;
  readonly code: string;
  readonly env?: Readonly<Record<string, string>>;
}

const REPORT = String(FullReportDocument);
const HIDDEN = { INTROSPECTION: 'false' };

const CASES: readonly Case[] = [
  { name: 'with a syntax error', query: '{', code: 'GRAPHQL_PARSE_FAILED' },
  { name: 'that is empty', query: '', code: 'BAD_REQUEST' },
  { name: 'with an unknown field', query: '{ reprt { id } }', code: 'GRAPHQL_VALIDATION_FAILED' },
  {
    name: 'with a misspelt field and introspection off',
    query: '{ usag { submitted } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    env: HIDDEN,
  },
  {
    name: 'with a misspelt enum value and introspection off',
    query: '{ suggestAnswers(kind: JOB_TITEL, term: "soft") { answer } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    env: HIDDEN,
  },
  {
    name: 'that introspects the schema with introspection off',
    query: '{ __schema { queryType { name } } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    env: HIDDEN,
  },
  {
    name: 'with an unknown operationName',
    query: 'query A { __typename } query B { __typename }',
    operationName: 'C',
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    name: 'with several operations and no operationName',
    query: 'query A { __typename } query B { __typename }',
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  { name: 'with fragments only', query: 'fragment A on Query { __typename }', code: 'GRAPHQL_VALIDATION_FAILED' },
  { name: 'without a required variable', query: REPORT, variables: {}, code: 'BAD_USER_INPUT' },
  {
    name: 'with a variable of the wrong type',
    query: REPORT,
    variables: { answers: { jobTitle: 7, country: 'United States' } },
    code: 'BAD_USER_INPUT',
  },
  {
    name: 'with a misspelt field in a variable and introspection off',
    query: REPORT,
    variables: { answers: { jobTitel: 'Cashier', country: 'United States' } },
    code: 'BAD_USER_INPUT',
    env: HIDDEN,
  },
  {
    name: 'with an out-of-range answer',
    query: REPORT,
    variables: { answers: { jobTitle: '', country: 'United States' } },
    code: 'BAD_USER_INPUT',
  },
  { name: 'for a malformed id', query: '{ reportById(id: "x") { id } }', code: 'BAD_USER_INPUT' },
  {
    name: 'with an answer unknown to upstream',
    query: REPORT,
    variables: { answers: numbered(31) },
    code: 'UNCONFIRMED_ANSWER',
  },
  {
    name: 'with @include at the root of a subscription',
    query: `subscription ($answers: AnswersInput!, $on: Boolean!) {
      reportStatus(answers: $answers) @include(if: $on) { status }
    }`,
    variables: { answers: numbered(), on: true },
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'with @skip in a fragment at the root of a subscription',
    query: `subscription { ...Root } fragment Root on Subscription {
      reportStatusById(id: "x") @skip(if: true) { status }
    }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: 'whose lookup fails upstream',
    query: '{ skillImpact(jobTitle: "Cashier") { impacts { answer } } }',
    code: 'UPSTREAM_BAD_RESPONSE',
  },
];

describe.concurrent('HTTP, WebSocket and server-sent events return the same error for', () => {
  useStage();

  it.for(CASES)('an operation $name', async (bad, context) => {
    const { start, upstream, expect } = context;
    upstream.script.submit.otherwise(rejected());
    upstream.script.lookup.otherwise(status(400));
    const server = await start(bad.env ? { env: bad.env } : {});
    const [http, socket, stream] = await atEveryDoor(server, context, bad);

    expect(new Set(said(http).map(({ code }) => code))).toEqual(new Set([bad.code]));
    expect(said(socket), 'over WebSocket').toEqual(said(http));
    expect(said(stream), 'over server-sent events').toEqual(said(http));
    if (bad.env === HIDDEN) expect(JSON.stringify([http, socket, stream])).not.toMatch(/did you mean|jobTitle"\?/i);
  });

  it('a null variable for an argument with a default', async (context) => {
    const { start, upstream, expect } = context;
    const query =
      'query ($answers: AnswersInput!, $b: Boolean) { report(answers: $answers, autoResolveJobTitle: $b) { id } }';
    const answers = await atEveryDoor(await start(), context, { query, variables: { answers: numbered(), b: null } });
    for (const { errors } of answers) {
      const extensions = { code: 'BAD_USER_INPUT', argument: 'autoResolveJobTitle', reason: expect.any(String) };
      expect(errors).toEqual([expect.objectContaining({ path: ['report'], extensions })]);
    }
    expect(said(answers[1])).toEqual(said(answers[0]));
    expect(said(answers[2])).toEqual(said(answers[0]));
    expect(upstream.submits()).toEqual([]);
  });

  it('an unexpected error, which is masked with a logged errorId', async (context) => {
    const { start, expect } = context;
    const server = await start();
    await server.run(FullReportDocument, { answers: numbered() });
    await server.stop();
    spoilBodies(server.dataDir);
    const again = await start({ dataDir: server.dataDir });

    const answers = await atEveryDoor(again, context, { query: REPORT, variables: { answers: numbered() } });
    for (const { errors } of answers) {
      expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
        'INTERNAL_SERVER_ERROR',
        'INTERNAL_SERVER_ERROR',
      ]);
      for (const { message, extensions } of errors ?? []) {
        const errorId = String(extensions?.['errorId']);
        expect(message).toContain(errorId);
        expect(message).not.toMatch(/JSON/);
        expect(again.logged.filter((line) => line.includes(errorId))).toHaveLength(1);
      }
    }
  });
});

describe.concurrent('WebSocket and server-sent events return the same error for a subscription with', () => {
  useStage();

  it.for([
    ['out-of-range answers', '{ jobTitle: "", country: "United States" }', 'BAD_USER_INPUT'],
    ['answers of the wrong type', '{ jobTitle: 7, country: "United States" }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('%s', async ([, answers, code], context) => {
    const { start, upstream, expect } = context;
    const query = `subscription { reportStatus(answers: ${answers}) { status } }`;
    const [, socket, stream] = await atEveryDoor(await start(), context, { query });
    expect(said(socket)).toEqual([expect.objectContaining({ code })]);
    expect(said(stream)).toEqual(said(socket));
    expect(upstream.submits()).toEqual([]);
  });

  it.for([
    ['a malformed id', 'x', 'BAD_USER_INPUT'],
    ['an id that was never requested', '', 'NOT_FOUND'],
  ])('%s', async ([, given, code], context) => {
    const { start, expect } = context;
    const server = await start();
    const { data } = await server.run<{ report: { id: string } }, object>(
      'query ($answers: AnswersInput!) { report(answers: $answers) { id } }',
      { answers: numbered(32) },
    );
    const variables = { id: given === '' ? data?.report.id : given };
    const query = 'subscription ($id: ID!) { reportStatusById(id: $id) { status } }';
    const [, socket, stream] = await atEveryDoor(server, context, { query, variables });
    expect(said(socket)).toEqual([expect.objectContaining({ code })]);
    expect(said(stream)).toEqual(said(socket));
  });

  it('over plain HTTP a subscription is refused with a hint, and nothing is bought', async ({
    start,
    upstream,
    expect,
  }) => {
    const server = await start();
    const query = 'subscription ($answers: AnswersInput!) { reportStatus(answers: $answers) { status } }';
    const { data, errors } = await server.run(query, { answers: numbered() });
    expect([data, errors.map(({ extensions }) => extensions['code'])]).toEqual([null, ['BAD_REQUEST']]);
    expect(errors[0]?.message).toMatch(/subscription.*(graphql\/stream|graphql-transport-ws|WebSocket)/i);
    expect(upstream.submits()).toEqual([]);
  });
});

type Operation = Pick<Case, 'query' | 'variables' | 'operationName'>;

async function atEveryDoor(
  server: TestServer,
  { connectAndInit, stream }: TestContext,
  operation: Operation,
): Promise<readonly [http: Result, socket: Result, stream: Result]> {
  const { query, variables, operationName } = operation;
  const posting = fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables, operationName }),
  });
  const http = (await (await posting).json()) as Result;
  const socket = await (await connectAndInit(server)).run(query, variables, operationName);
  const streamed = await stream(server, operation);
  await streamed.ended;
  return [http, socket, streamed.results[0] ?? { errors: streamed.errors }];
}

/** An error without its locations. */
function said({ errors = [] }: Result) {
  return errors.map(({ message, path, extensions }: Fault) => ({
    code: extensions?.['code'],
    message,
    path,
    extensions,
  }));
}

function spoilBodies(dataDir: string): void {
  const ledger = new DatabaseSync(join(dataDir, 'ledger.sqlite'));
  try {
    ledger.exec("UPDATE bodies SET body = '{'");
  } finally {
    ledger.close();
  }
}
