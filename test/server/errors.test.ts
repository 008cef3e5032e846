import { describe, expect, it, vi } from 'vitest';
import { PayStatisticsResolver } from '../../src/resolvers/pay-statistics-resolver.js';
import { PayOnlyDocument } from '../generated/operations.js';
import { startTestServer } from '../fixtures/server/server.js';
import { codes, logOf } from '../fixtures/server/responses.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

describe('an unexpected error', () => {
  it('is masked with an errorId that is also logged', async ({ start, onTestFinished }) => {
    const bug = new TypeError('Cannot read the secret of undefined');
    const broken = vi.spyOn(PayStatisticsResolver.prototype, 'percentileRank').mockImplementation(() => {
      throw bug;
    });
    onTestFinished(() => broken.mockRestore());
    const server = await start();
    const query = `query ($answers: AnswersInput!) {
      report(answers: $answers) { pay { basePay { percentile50 percentileRank(amount: 1) } } }
    }`;
    const response = await server.run<object, object>(query, { answers: SEATTLE });
    expect(response.data).toEqual({ report: { pay: { basePay: { percentile50: 104_300, percentileRank: null } } } });
    expect(response.errors).toHaveLength(1);
    const [error] = response.errors;
    expect(error?.extensions).toEqual({
      code: 'INTERNAL_SERVER_ERROR',
      errorId: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    expect(error?.path).toEqual(['report', 'pay', 'basePay', 'percentileRank']);
    expect(JSON.stringify(response)).not.toMatch(/secret|TypeError|stack|\.ts/);
    const errorId = error?.extensions['errorId'];
    const held = logOf(server).filter((line) => line['errorId'] === errorId);
    expect(held).toMatchObject([{ level: 50, err: { message: bug.message, stack: expect.any(String) } }]);
  });
});

describe.concurrent('a GraphQL request error', () => {
  it.for<[string, string, string]>([
    ['a syntax error', '{ report(', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ usage { spent } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a missing argument', '{ report { id } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['an invalid literal', '{ reportById(id: {}) { id } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['no operation', 'fragment A on Usage { saved }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('has its code and no stack trace: %s', async ([, document, code], { start }) => {
    const server = await start();
    const { errors, status } = await server.run(document);
    expect(status).toBe(400);
    expect(errors[0]?.extensions).toEqual({ code });
    expect(errors[0]?.message).not.toMatch(/Internal server error/);
    expect(logOf(server).filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  it('names the variable that is missing', async ({ start }) => {
    const server = await start();
    const { errors } = await server.run(String(PayOnlyDocument), {});
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'answers' });
  });

  it('names the variable that has the wrong type', async ({ start }) => {
    const server = await start();
    const { errors, status } = await server.run(String(PayOnlyDocument), { answers: SEATTLE, waitMs: 'long' });
    expect(status).toBeLessThan(500);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'waitMs' });
  });

  it.for([
    ['on', true],
    ['off', false],
  ] as const)('suggests schema names only with introspection: %s', async ([, introspection], { start }) => {
    const server = await start({ env: { INTROSPECTION: String(introspection) } });
    const introspected = await server.run('{ __schema { queryType { name } } }');
    expect(introspected.errors.length === 0).toBe(introspection);
    const wrong = ['{ usage { savd } }', '{ reporst { id } }', '{ suggestAnswers(kind: SKILL, term: "a") { answer } }'];
    for (const document of wrong) {
      const { errors } = await server.run(document);
      expect(errors).not.toEqual([]);
      expect(/did you mean/i.test(JSON.stringify(errors))).toBe(introspection);
    }
  });

  it('reveals no schema names in variable errors with introspection off', async ({ start }) => {
    const server = await start({ env: { INTROSPECTION: 'false' } });
    const variables = { answers: { ...SEATTLE, jobTitel: 'Cashier', highestDegreeEarned: 'BACHELOR' } };
    const { errors } = await server.run(String(PayOnlyDocument), variables);
    expect(errors).not.toEqual([]);
    expect(JSON.stringify(errors)).not.toMatch(/did you mean|jobTitle"|BACHELORS/i);
  });

  it('has no stack trace in production', async () => {
    const server = await startTestServer({ env: { NODE_ENV: 'production', SIMULATOR: 'true' } });
    try {
      const { errors } = await server.run('{ usage { spent } }');
      expect(errors[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
      expect(codes(await server.run('{ reportById(id: "x") { id } }'))).toEqual({ reportById: 'BAD_USER_INPUT' });
    } finally {
      await server.close();
    }
  });
});
