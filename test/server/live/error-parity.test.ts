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
  { name: 'that does not parse', query: '{', code: 'GRAPHQL_PARSE_FAILED' },
  { name: 'that is empty', query: '', code: 'BAD_REQUEST' },
  { name: 'with an unknown field', query: '{ reprt { id } }', code: 'GRAPHQL_VALIDATION_FAILED' },
  {
    name: 'with a misspelt field, where the schema is hidden',
    query: '{ usag { submitted } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    env: HIDDEN,
  },
  {
    name: 'with a misspelt argument value, where the schema is hidden',
    query: '{ suggestAnswers(kind: JOB_TITEL, term: "soft") { answer } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    env: HIDDEN,
  },
  {
    name: 'that asks for the schema, where it is hidden',
    query: '{ __schema { queryType { name } } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    env: HIDDEN,
  },
  {
    name: 'with an operation name that is in no document',
    query: 'query A { __typename } query B { __typename }',
    operationName: 'C',
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    name: 'of which nobody says which one is meant',
    query: 'query A { __typename } query B { __typename }',
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  { name: 'of fragments alone', query: 'fragment A on Query { __typename }', code: 'GRAPHQL_VALIDATION_FAILED' },
  { name: 'without a variable it needs', query: REPORT, variables: {}, code: 'BAD_USER_INPUT' },
  {
    name: 'with a variable of the wrong kind',
    query: REPORT,
    variables: { answers: { jobTitle: 7, country: 'United States' } },
    code: 'BAD_USER_INPUT',
  },
  {
    name: 'with a misspelt field in a variable, where the schema is hidden',
    query: REPORT,
    variables: { answers: { jobTitel: 'Cashier', country: 'United States' } },
    code: 'BAD_USER_INPUT',
    env: HIDDEN,
  },
  {
    name: 'with an answer out of bounds',
    query: REPORT,
    variables: { answers: { jobTitle: '', country: 'United States' } },
    code: 'BAD_USER_INPUT',
  },
  { name: 'for an id that cannot be one', query: '{ reportById(id: "x") { id } }', code: 'BAD_USER_INPUT' },
  {
    name: 'whose answer upstream does not know',
    query: REPORT,
    variables: { answers: numbered(31) },
    code: 'UNCONFIRMED_ANSWER',
  },
  {
    name: 'whose lookup fails upstream',
    query: '{ skillImpact(jobTitle: "Cashier") { impacts { answer } } }',
    code: 'UPSTREAM_BAD_RESPONSE',
  },
];

describe.concurrent('the same mistake at every door gets the same error', () => {
  useStage();

  it.for(CASES)('an operation $name', async (bad, context) => {
    const { start, upstream, expect } = context;
    upstream.script.submit.otherwise(rejected());
    upstream.script.lookup.otherwise(status(400));
    const server = await start(bad.env ? { env: bad.env } : {});
    const [http, socket, stream] = await atEveryDoor(server, context, bad);

    expect(new Set(said(http).map(({ code }) => code))).toEqual(new Set([bad.code]));
    expect(said(socket), 'over the socket').toEqual(said(http));
    expect(said(stream), 'over server-sent events').toEqual(said(http));
    if (bad.env === HIDDEN) expect(JSON.stringify([http, socket, stream])).not.toMatch(/did you mean|jobTitle"\?/i);
  });

  it('names the argument that has a default and was given null by a variable', async (context) => {
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

  it('an unexpected one is masked, with the id under which the log has it', async (context) => {
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

describe.concurrent('the same mistake in a subscription gets the same error over the socket and over events', () => {
  useStage();

  it.for([
    ['answers out of bounds', '{ jobTitle: "", country: "United States" }', 'BAD_USER_INPUT'],
    ['answers of the wrong kind', '{ jobTitle: 7, country: "United States" }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('%s', async ([, answers, code], context) => {
    const { start, upstream, expect } = context;
    const query = `subscription { reportStatus(answers: ${answers}) { status } }`;
    const [, socket, stream] = await atEveryDoor(await start(), context, { query });
    expect(said(socket)).toEqual([expect.objectContaining({ code })]);
    expect(said(stream)).toEqual(said(socket));
    expect(upstream.submits()).toEqual([]);
  });

  it.for([
    ['cannot be one', 'x', 'BAD_USER_INPUT'],
    ['nothing was ever asked under', '', 'NOT_FOUND'],
  ])('an id that %s', async ([, given, code], context) => {
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

  it('over HTTP proper a subscription is refused with a hint, and nothing is bought', async ({
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
  { greet, stream }: TestContext,
  operation: Operation,
): Promise<readonly [http: Result, socket: Result, stream: Result]> {
  const { query, variables, operationName } = operation;
  const posting = fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables, operationName }),
  });
  const http = (await (await posting).json()) as Result;
  const socket = await (await greet(server)).run(query, variables, operationName);
  const streamed = await stream(server, operation);
  await streamed.ended;
  return [http, socket, streamed.results[0] ?? { errors: streamed.errors }];
}

/** All of an error but where in the text it was. */
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
