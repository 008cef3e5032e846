import { beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { newDirectory } from '../fixtures/directory.ts';
import { numbered } from '../fixtures/answers/answers.ts';
import { eventually } from '../fixtures/eventually.ts';
import { accepted, gate, hang, slow, type Upstream } from '../fixtures/upstream/upstream.ts';
import { post } from '../fixtures/server/post.ts';
import { runKills } from './kill.ts';
import { readLeftLedger } from './ledger-file.ts';
import type { ServerProcess } from '../fixtures/server/server-process.ts';
import { useServers } from '../fixtures/server/use-servers.ts';

const ANSWERS = 'answers: { jobTitle: "Software Developer", country: "United States" }';
const KILLS = 8;
/** Each waits for the usage log to be read. */
const KILLS_WITH_LOG = 4;
/** That of property-based tests, unless KILL_SEED is another one. */
const seed = Number(process.env['KILL_SEED'] ?? process.env['FAST_CHECK_SEED']);

describe('a server that is killed repeatedly', () => {
  it('buys nothing twice and loses nothing', async () => {
    const summary = await runKills({ kills: KILLS, seed });
    expect(summary).toMatchObject({ kills: KILLS, unasked: 0 });
    expect(summary.collected, `with seed ${seed}`).toBeGreaterThan(0);
  });

  it('finds in a usage log what was cut off, apart from what that lacks', async () => {
    const summary = await runKills({ kills: KILLS_WITH_LOG, seed, log: 'missing' });
    expect(summary, `with seed ${seed}`).toMatchObject({ kills: KILLS_WITH_LOG, duplicates: 0, unasked: 0 });
    const { boughtAndUncertain = 0, refused = 0, neverLeft = 0 } = summary.usageLog ?? {};
    expect(summary.uncertain).toBe(boughtAndUncertain + refused + neverLeft);
    expect(Math.min(boughtAndUncertain, refused, neverLeft)).toBeGreaterThanOrEqual(0);
  });
});

describe('a server', () => {
  let dataDir: string;
  let upstream: Upstream;
  let launch: TestContext['launch'];

  useServers();
  beforeEach(async (context) => {
    ({ upstream, launch } = context);
    const { path, remove } = await newDirectory();
    dataDir = path;
    context.atEnd(remove);
  });

  async function start(settings = {}): Promise<{ server: ServerProcess; url: string }> {
    const server = launch(dataDir, settings);
    return { server, url: await server.listening };
  }

  function leftStates(): Promise<Record<string, string>> {
    return readLeftLedger(dataDir).then((left) => Object.fromEntries(left.map(({ type, state }) => [type, state])));
  }

  it('stopped with a submission in flight stores its links, and the next one collects the reports', async () => {
    const held = gate();
    upstream.script.submit.push(held);
    upstream.script.poll('pay').otherwise(hang());
    upstream.script.poll('yoe').otherwise(hang());
    const first = await start();
    await post(first.url, `mutation { ${query('requestReport')} { id } }`);
    await held.arrived;
    expect(await leftStates()).toEqual({ PAY: 'SENDING', YOE: 'SENDING' });

    const ended = first.server.end('SIGTERM');
    await eventually(() => expect(first.server.log()).toContain('SIGTERM'));
    held.release();
    const releasedAt = performance.now();
    expect(await ended).toEqual({ code: 0, signal: null });
    // A poll without a response would take ten seconds.
    expect(performance.now() - releasedAt).toBeLessThan(9_000);
    expect(await leftStates()).toEqual({ PAY: 'LINKED', YOE: 'LINKED' });

    upstream.script.poll('pay').otherwise();
    upstream.script.poll('yoe').otherwise();
    const second = await start();
    const { data, errors } = await post<{ report: unknown }, object>(
      second.url,
      `{ ${query('report')} { pay { collectedAt } yoe { collectedAt } } }`,
    );
    expect(errors).toEqual([]);
    expect(data?.report).toEqual({
      pay: { collectedAt: expect.any(String) },
      yoe: { collectedAt: expect.any(String) },
    });
    expect([upstream.count('submit'), upstream.bought('pay'), upstream.bought('yoe')]).toEqual([1, 1, 1]);
  });

  it('stopped while polling leaves the links to the next one, which submits nothing', async () => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const first = await start();
    await post(first.url, `{ ${query('report')} { pay(waitMs: 500) { collectedAt } } }`);
    await held.arrived;
    expect(await first.server.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await leftStates()).toEqual({ PAY: 'LINKED' });

    const second = await start();
    await eventually(async () => {
      const { data } = await post(second.url, `{ ${query('report')} { status { pay yoe } } }`);
      expect(data).toEqual({ report: { status: { pay: 'READY', yoe: 'NOT_REQUESTED' } } });
    });
    expect([upstream.count('submit'), upstream.bought()]).toEqual([1, 1]);
  });

  it('killed with a submission in flight is uncertain of it, and resubmits only on request', async () => {
    upstream.script.submit.push(accepted(hang()));
    const first = await start();
    await post(first.url, `mutation { ${query('requestReport', 'types: [PAY]')} { id } }`);
    await eventually(() => expect(upstream.bought()).toBe(1));
    expect(await first.server.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await leftStates()).toEqual({ PAY: 'SENDING' });

    const { url } = await start();
    const refused = await post(url, `{ ${query('report')} { pay { collectedAt } } }`);
    expect(refused.errors.map(({ extensions }) => extensions.code)).toEqual(['SUBMISSION_UNCERTAIN']);
    const since = refused.errors[0]?.extensions.since;
    await post(url, `mutation { ${query('requestReport', 'types: [PAY]')} { id } }`);
    expect(upstream.count('submit')).toBe(1);

    const { data } = await post(
      url,
      `mutation { ${query('requestReport', `types: [PAY], resubmitUncertain: true, since: "${since}"`)} { pay { collectedAt } } }`,
    );
    expect(data).toEqual({ requestReport: { pay: { collectedAt: expect.any(String) } } });
    expect([upstream.count('submit'), upstream.bought('pay')]).toEqual([2, 2]);
  });

  it('killed again and again while many buy, never exceeds a budget, and forgets no charge', async () => {
    const budget = { BUDGET_REPORTS_PER_DAY: '20' };
    const buy = 'mutation ($answers: AnswersInput!) { requestReport(answers: $answers, types: [PAY]) { id } }';
    let asked = 0;
    const askMany = (url: string): Promise<unknown> =>
      Promise.allSettled(Array.from({ length: 8 }, () => post(url, buy, { answers: numbered(asked++) })));

    for (let kill = 0; kill < 3; kill++) {
      upstream.script.submit.push(slow(300), accepted(hang()));
      const { server, url } = await start(budget);
      const sent = upstream.count('submit');
      const asking = askMany(url);
      await eventually(() => expect(upstream.count('submit')).toBeGreaterThan(sent));
      await server.end('SIGKILL');
      await asking;
    }
    const { server, url } = await start(budget);
    for (let round = 0; round < 3; round++) await askMany(url);
    const { data } = await post<{ viewer: { budget: object } }, object>(url, '{ viewer { budget { limit used } } }');
    expect(data?.viewer.budget).toEqual({ limit: 20, used: 20 });
    expect(upstream.bought()).toBeLessThanOrEqual(20);
    await server.end('SIGKILL');
    const left = await readLeftLedger(dataDir);
    expect(left.filter(({ state }) => state !== 'ABSENT' && state !== 'REJECTED')).toHaveLength(20);
  });
});

function query(field: string, more = ''): string {
  return `${field}(${ANSWERS} ${more})`;
}
