import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.js';
import { numbered } from '../fixtures/answers/answers.js';
import { runCommand } from '../fixtures/server/command.js';
import { testDirectory } from '../fixtures/test-directory.js';
import { launchServer, type ServerProcess } from '../fixtures/server/server-process.js';
import { serverSettings } from '../fixtures/server/settings.js';
import { post } from '../fixtures/server/post.js';

const FIGURES = `query ($answers: [AnswersInput!]!, $waitMs: Int!) { reports(answers: $answers) {
  id pay(waitMs: $waitMs) { collectedAt totalPay { percentile50 } } yoe(waitMs: $waitMs) { collectedAt } } }`;
const STATUS = 'query ($answers: [AnswersInput!]!) { reports(answers: $answers) { status { pay yoe } } }';
const REQUEST = 'mutation ($answers: AnswersInput!) { requestReport(answers: $answers) { id } }';

const BEFORE = [1, 2, 3, 4, 5].map(numbered);

it('a backup made under load is restored by the documented steps, and nothing is bought again', async () => {
  const cwd = await testDirectory();
  const simulator = await startSimulator({ delayMs: { min: 20, max: 80 } });
  onTestFinished(() => simulator.close());
  const dataDir = join(cwd, 'data');
  const settings = serverSettings(simulator.origin, dataDir);
  await mkdir(join(cwd, 'backups'));

  const first = launched(settings);
  const url = await first.listening;
  const bought = await post(url, FIGURES, { answers: BEFORE, waitMs: 30_000 });
  expect(bought.errors).toEqual([]);

  const load = startLoad(url);
  await load.under;
  const backup = await runCommand('backup', [join(cwd, 'backups', 'monday')], { settings });
  expect(backup).toMatchObject({ code: 0, errors: '' });
  expect(backup.output).toMatch(/ledger\.sqlite: \d+ reports, \d+ bodies, \d+ bytes, checked\.\n$/);
  expect(await runCommand('verify', [], { settings })).toMatchObject({ code: 0, errors: '' });
  expect(await load.stop()).toEqual([]);
  await first.end('SIGKILL');

  const [check, ...restore] = await documentedSteps();
  expect(check).toBe('npm run verify -- backups/monday');
  const verified = await runCommand('verify', [join(cwd, 'backups', 'monday')]);
  expect(verified).toMatchObject({ code: 0, errors: '' });
  await promisify(execFile)('sh', ['-c', restore.join('\n')], { cwd });
  expect(await readdir(dataDir)).toEqual(['ledger.sqlite']);

  const before = simulator.counters().submittedReports;
  const second = launched(settings);
  const again = await second.listening;
  expect((await post(again, FIGURES, { answers: BEFORE, waitMs: 0 })).data).toEqual(bought.data);
  const asked = Array.from({ length: load.asked() }, (_, index) => numbered(10 + index));
  await expect
    .poll(async () => {
      const statuses: string[] = [];
      for (let from = 0; from < asked.length; from += 20) {
        const { data } = await post<{ reports: { status: { pay: string; yoe: string } }[] }, object>(again, STATUS, {
          answers: asked.slice(from, from + 20),
        });
        statuses.push(...(data?.reports ?? []).flatMap(({ status }) => [status.pay, status.yoe]));
      }
      return statuses.filter((status) => status === 'SUBMITTING' || status === 'PENDING');
    })
    .toEqual([]);
  expect(simulator.counters().submittedReports).toBe(before);
  expect(await runCommand('verify', [], { settings })).toMatchObject({ code: 0, errors: '' });
  await second.end('SIGTERM');
});

it('of a server on the embedded simulator, the simulated ledger is backed up', async () => {
  const cwd = await testDirectory();
  const settings = { PORT: '0', DATA_DIR: join(cwd, 'data') };
  const server = launched(settings);
  const bought = await post(await server.listening, FIGURES, { answers: BEFORE.slice(0, 1), waitMs: 30_000 });
  expect(bought.errors).toEqual([]);
  expect(await runCommand('backup', [join(cwd, 'copy')], { settings })).toMatchObject({
    code: 0,
    output: expect.stringContaining(`${join(cwd, 'copy', 'simulated.sqlite')}: 1 reports, 2 bodies`),
  });
  expect(await runCommand('verify', [join(cwd, 'copy')])).toMatchObject({
    code: 0,
    output: `${join(cwd, 'copy', 'simulated.sqlite')}: 1 reports, 2 entries, 2 bodies, no problems.\n`,
  });
  await server.end('SIGTERM');

  // A copy that was cut short on its way.
  const copied = join(cwd, 'copy', 'simulated.sqlite');
  await writeFile(copied, (await readFile(copied)).subarray(0, 20_000));
  const damaged = await runCommand('verify', [copied]);
  expect(damaged.code).toBe(1);
  expect(damaged.errors).toContain(`${copied}: `);
  expect(damaged.output).toMatch(/, \d+ problems?\.\n$/);
});

it('a backup whose file cannot be written says so, exits with 1 and leaves nothing', async () => {
  const cwd = await testDirectory();
  const settings = { PORT: '0', DATA_DIR: join(cwd, 'data') };
  const server = launched(settings);
  await server.listening;
  const wrapper = ['/bin/sh', '-c', 'ulimit -f 8; exec "$0" "$@"'];
  const refused = await runCommand('backup', [join(cwd, 'copies', 'monday')], { settings, wrapper });
  expect(refused).toMatchObject({ code: 1, output: '' });
  expect(refused.errors).toMatch(/^backup: .*simulated\.sqlite could not be backed up: .+\n$/);
  expect(await readdir(join(cwd, 'copies'))).toEqual([]);
  await server.end('SIGTERM');
});

it.each(['backup', 'verify'])('%s explains itself, and refuses what it does not know', async (name) => {
  expect(await runCommand(name, ['--help'])).toMatchObject({
    code: 0,
    output: expect.stringContaining(`Usage: npm run ${name}`),
    errors: '',
  });
  const settings = { DATA_DIR: '/nowhere' };
  for (const operands of [['--force'], ['a', 'b'], ['x']]) {
    const refused = await runCommand(name, operands, { settings });
    expect(refused).toMatchObject({ code: 1, output: '' });
    expect(refused.errors).toMatch(new RegExp(`^${name}: \\S`));
  }
});

/** The shell commands of the section on restoring, in their order. */
async function documentedSteps(): Promise<readonly string[]> {
  const [, section = ''] = (await readFile('docs/backup.md', 'utf8')).split('## Restoring');
  const steps = [...section.matchAll(/^ {4}(.+)$/gm)].map(([, step = '']) => step);
  expect(steps).toHaveLength(3);
  return steps;
}

function launched(settings: Record<string, string>): ServerProcess {
  const server = launchServer({ settings });
  onTestFinished(async () => void (await server.end('SIGKILL')));
  return server;
}

/** Requests new reports, several at a time, until it is stopped; `stop` resolves to the errors there were. */
function startLoad(url: string) {
  let asked = 0;
  const stop = new AbortController();
  const errors: unknown[] = [];
  let begun: () => void;
  const under = new Promise<void>((resolve) => (begun = resolve));
  const client = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const answers = numbered(10 + asked);
      asked += 1;
      errors.push(...(await post(url, REQUEST, { answers })).errors);
      if (asked === 30) begun();
    }
  };
  const clients = Promise.all([client(), client(), client(), client()]);
  return {
    under,
    asked: () => asked,
    async stop() {
      stop.abort();
      await clients;
      return errors;
    },
  };
}
