import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { numbered } from '../fixtures/answers/answers.js';
import { startPostgres } from '../fixtures/postgres/postgres.js';
import { runCommand } from '../fixtures/server/command.js';
import { launchServer, type ServerProcess } from '../fixtures/server/server-process.js';
import { serverSettings } from '../fixtures/server/settings.js';
import { post } from '../fixtures/server/post.js';
import { testDirectory } from '../fixtures/test-directory.js';
import { startUpstream } from '../fixtures/upstream/upstream.js';

const FIGURES = `query ($answers: [AnswersInput!]!, $waitMs: Int!) { reports(answers: $answers) {
  id pay(waitMs: $waitMs) { collectedAt totalPay { percentile50 } } yoe(waitMs: $waitMs) { collectedAt } } }`;
const REQUEST = 'mutation ($answers: AnswersInput!) { requestReport(answers: $answers) { id } }';
const STATUS = 'query ($answers: [AnswersInput!]!) { reports(answers: $answers) { status { pay yoe } } }';

const STORED = [1, 2, 3].map(numbered);
const PENDING = [4, 5].map(numbered);

it('a ledger is moved to PostgreSQL by the command, a server goes on with it there, and nothing is bought again', async () => {
  const cwd = await testDirectory();
  const postgres = await startPostgres();
  onTestFinished(() => postgres.close());
  const upstream = await startUpstream({ pendingPolls: 0 });
  onTestFinished(() => upstream.close());
  const embedded = serverSettings(upstream.url, join(cwd, 'data'), upstream.options);
  const shared = { ...embedded, DATABASE_URL: postgres.url.replace('postgres@', 'postgres:s3cret@') };

  const first = launched(embedded);
  const url = await first.listening;
  const bought = await post(url, FIGURES, { answers: STORED, waitMs: 30_000 });
  expect(bought.errors).toEqual([]);
  upstream.options.pendingPolls = Infinity;
  for (const answers of PENDING) expect(await post(url, REQUEST, { answers })).toMatchObject({ errors: [] });
  const pending = PENDING.map(() => ({ status: { pay: 'PENDING', yoe: 'PENDING' } }));
  await expect.poll(() => statuses(url)).toEqual(pending);
  const posts = upstream.count('submit');

  expect(await runCommand('move-ledger', [], { settings: shared })).toMatchObject({ code: 1 });
  await first.end('SIGTERM');
  const moved = await runCommand('move-ledger', [], { settings: shared });
  expect(moved).toMatchObject({ code: 0, errors: '' });
  expect(moved.output).not.toContain('s3cret');

  const refused = launched(embedded);
  expect(await refused.exited).toMatchObject({ code: 1 });
  expect(refused.log()).toContain('have been moved to PostgreSQL');

  const second = launched(shared);
  const again = await second.listening;
  expect((await post(again, FIGURES, { answers: STORED, waitMs: 0 })).data).toEqual(bought.data);
  upstream.options.pendingPolls = 0;
  const ready = PENDING.map(() => ({ status: { pay: 'READY', yoe: 'READY' } }));
  await expect.poll(() => statuses(again)).toEqual(ready);
  expect(upstream.count('submit')).toBe(posts);
  await second.end('SIGTERM');
});

async function statuses(url: string): Promise<unknown> {
  return (await post<{ reports: object[] }, object>(url, STATUS, { answers: PENDING })).data?.reports;
}

function launched(settings: Readonly<Record<string, string>>): ServerProcess {
  const server = launchServer({ settings });
  onTestFinished(async () => void (await server.end('SIGKILL')));
  return server;
}
