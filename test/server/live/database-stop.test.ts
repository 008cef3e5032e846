import { describe, it, type TestContext } from 'vitest';
import { numbered } from '../../fixtures/answers/answers.js';
import { newDirectory } from '../../fixtures/directory.js';
import { eventually } from '../../fixtures/eventually.js';
import { startPostgres, type Postgres } from '../../fixtures/postgres/postgres.js';
import { post } from '../../fixtures/server/post.js';
import { launchServer, type ServerProcess } from '../../fixtures/server/server-process.js';
import { serverSettings } from '../../fixtures/server/settings.js';
import { gate } from '../../fixtures/upstream/steps.js';
import { startUpstream } from '../../fixtures/upstream/upstream.js';

const REQUEST = `mutation ($answers: AnswersInput!) { requestReport(answers: $answers, types: [PAY]) { status { pay } } }`;
const STATUS = `query ($answers: [AnswersInput!]!) { reports(answers: $answers) { status { pay } } }`;

async function openParts({ onTestFinished }: TestContext) {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.close());
  const upstream = await startUpstream({ pendingPolls: 1_000_000 });
  onTestFinished(() => upstream.close());
  const { path, remove } = await newDirectory();
  onTestFinished(remove);
  const settings = {
    ...serverSettings(upstream.url, path, upstream.options),
    DATABASE_URL: postgres.url,
    LEASE_MS: '3000',
  };
  const launch = (): ServerProcess => {
    const server = launchServer({ settings, cwd: path });
    onTestFinished(async () => void (await server.end('SIGKILL')));
    return server;
  };
  return { postgres, upstream, launch };
}

describe.concurrent('a server that is told to stop while its database is away', () => {
  it.for<[string, (postgres: Postgres) => Promise<void>, (postgres: Postgres) => Promise<void>, readonly string[]]>([
    ['does not listen', (postgres) => postgres.crash(), (postgres) => postgres.restart(), ['FAILED']],
    // What was on its way to it is executed when it goes on.
    ['does not answer', (postgres) => postgres.pause(), (postgres) => postgres.resume(), ['PENDING', 'FAILED']],
  ])(
    'ends although the database %s, and another one goes on with what it had',
    async ([, takeAway, bringBack, outcomes], context) => {
      const { expect } = context;
      const { postgres, upstream, launch } = await openParts(context);
      const server = launch();
      const url = await server.listening;
      await post(url, REQUEST, { answers: numbered(1) });
      await eventually(() => expect(upstream.polls()).not.toEqual([]));
      const held = gate();
      upstream.script.submit.push(held);
      await post(url, REQUEST, { answers: numbered(2) });
      await held.arrived;
      await takeAway(postgres);
      const ended = server.end('SIGTERM');
      held.release();
      expect(await ended).toEqual({ code: 0, signal: null });

      await bringBack(postgres);
      const polls = upstream.polls().length;
      const other = await launch().listening;
      const pay = async (): Promise<readonly string[]> => {
        const answers = [numbered(1), numbered(2)];
        const { data } = await post<{ reports: { status: { pay: string } }[] }, object>(other, STATUS, { answers });
        return data?.reports.map(({ status }) => status.pay) ?? [];
      };
      // What was answered could not be stored, or not for certain: that is a doubt, and not bought again by itself.
      await eventually(async () => expect(await pay()).toEqual(['PENDING', expect.toBeOneOf(outcomes)]));
      await eventually(() => expect(upstream.polls().length).toBeGreaterThan(polls));
      expect(upstream.count('submit')).toBe(2);
    },
  );
});
