import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../fixtures/eventually.js';
import { testDatabase } from '../fixtures/postgres/test-database.js';
import { startTestServer, type TestServer } from '../fixtures/server/server.js';
import { countsOf, uncertainOf } from '../fixtures/server/uncertain.js';
import { loggedSettings, loseResponses, question, startLoggingSimulator } from '../fixtures/server/usage-log.js';
import { execute, SCHEMA } from './shared-ledger.js';

const PAY = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { reportRating } } }';
const STATUS = 'query ($answers: AnswersInput!) { report(answers: $answers) { status { pay } } }';

it('what one of two servers has lost is looked for by one of them, and both tell what was seen and found', async () => {
  const url = await testDatabase();
  const simulator = await startLoggingSimulator({ usage: { missingEvery: 1 } });
  onTestFinished(() => simulator.close());
  const env = { ...loggedSettings(simulator), DATABASE_URL: url };
  const servers = [await start(env), await start(env)];
  /** A look that is under way says in its end when the next one is: so again and again. */
  const lookUntil = (seen: () => Promise<void>): Promise<void> =>
    eventually(async () => {
      await execute(url, `UPDATE ${SCHEMA}.purchases SET look_at = 0 WHERE look_at IS NOT NULL`);
      await seen();
    }, 200);
  for (const [number, server] of servers.entries()) {
    loseResponses(simulator);
    const { errors } = await server.run(PAY, { answers: question(number) });
    expect(errors).toMatchObject([{ extensions: { code: 'SUBMISSION_UNCERTAIN' } }]);
  }
  const seen = { candidates: [], evidence: { accepted: 0, inLog: 0 } };
  for (const server of servers)
    await lookUntil(async () => expect(await uncertainOf(server)).toMatchObject([seen, seen]));
  simulator.configure({ usage: { missingEvery: 0 } });
  for (const server of servers) {
    for (const number of servers.keys()) {
      await lookUntil(async () =>
        expect((await server.run(STATUS, { answers: question(number) })).data).toEqual({
          report: { status: { pay: 'READY' } },
        }),
      );
    }
  }
  expect(simulator.counters().posts).toBe(2);
  const counts = { submitted: 2, collected: 2, recovered: 2, uncertain: 0, uncertainNow: 0, failed: 0 };
  for (const server of servers) expect(await countsOf(server)).toMatchObject(counts);
  const reads = await Promise.all(servers.map(readsOf));
  expect(reads.filter((count) => count > 0)).toHaveLength(1);
});

async function start(env: Readonly<Record<string, string>>): Promise<TestServer> {
  const server = await startTestServer({ env });
  onTestFinished(() => server.close());
  return server;
}

/** How often this server has read the usage log. */
async function readsOf({ url }: TestServer): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^usage_log_reads_total\{outcome="ok"\} (\d+)/m.exec(text)?.[1]);
}
