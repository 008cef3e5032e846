import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Simulator, SimulatorOptions } from '../../src/simulator/simulator.js';
import { newDirectory, type Directory } from '../helpers/directory.ts';
import { eventually } from '../helpers/eventually.ts';
import { loadBuilt } from './built.ts';
import { ask } from './graphql.ts';
import { runKills } from './kill.ts';
import { readLeftLedger } from './ledger-file.ts';
import { launchServer, serverSettings, type ServerProcess } from './server-process.ts';

const ANSWERS = 'answers: { jobTitle: "Software Developer", country: "United States" }';
const KILLS = 10;

describe('a server that is killed repeatedly', () => {
  it('buys nothing twice and loses nothing', { timeout: 180_000 }, async () => {
    const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);
    const summary = await runKills({ kills: KILLS, seed });
    expect(summary).toMatchObject({ kills: KILLS, unasked: 0 });
    expect(summary.collected, `with seed ${seed}`).toBeGreaterThan(0);
  });
});

describe('a server', () => {
  const servers: ServerProcess[] = [];
  let directory: Directory;
  let simulator: Simulator;

  beforeEach(async () => {
    directory = await newDirectory();
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.end('SIGKILL')));
    await simulator.close();
    await directory.remove();
  });

  async function simulate(options: SimulatorOptions): Promise<void> {
    const { startSimulator } = await loadBuilt();
    simulator = await startSimulator(options);
  }

  async function start(): Promise<{ server: ServerProcess; url: string }> {
    const server = launchServer({ settings: serverSettings(simulator.origin, directory.path) });
    servers.push(server);
    return { server, url: await server.listening };
  }

  function leftStates(): Promise<Record<string, string>> {
    return readLeftLedger(directory.path).then((left) =>
      Object.fromEntries(left.map(({ type, state }) => [type, state])),
    );
  }

  it('stopped with a submission in flight stores its links, and the next one collects the reports', async () => {
    await simulate({
      delayMs: { min: 3_500, max: 3_500 },
      faults: [{ on: 'submit', kind: 'slow', slowPart: 'headers', slowMs: 1_500 }],
    });
    const first = await start();
    await ask(first.url, `mutation { ${query('requestReport')} { id } }`);
    await eventually(() => expect(simulator.counters().posts).toBe(1));
    expect(await leftStates()).toEqual({ PAY: 'SENDING', YOE: 'SENDING' });

    const stoppedAt = performance.now();
    expect(await first.server.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(performance.now() - stoppedAt).toBeLessThan(6_000);
    expect(await leftStates()).toEqual({ PAY: 'LINKED', YOE: 'LINKED' });

    const second = await start();
    const { data, errors } = await ask<{ report: unknown }>(
      second.url,
      `{ ${query('report')} { pay { collectedAt } yoe { collectedAt } } }`,
    );
    expect(errors).toEqual([]);
    expect(data?.report).toEqual({
      pay: { collectedAt: expect.any(String) },
      yoe: { collectedAt: expect.any(String) },
    });
    expect(simulator.counters()).toMatchObject({ posts: 1, submittedReports: 2, duplicates: 0 });
  });

  it('stopped while polling leaves the links to the next one, which submits nothing', async () => {
    await simulate({ delayMs: { min: 3_000, max: 3_000 } });
    const first = await start();
    await ask(first.url, `{ ${query('report')} { pay(waitMs: 500) { collectedAt } } }`);
    expect(await first.server.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await leftStates()).toEqual({ PAY: 'LINKED' });

    const second = await start();
    await eventually(async () => {
      const { data } = await ask(second.url, `{ ${query('report')} { status { pay yoe } } }`);
      expect(data).toEqual({ report: { status: { pay: 'READY', yoe: 'NOT_REQUESTED' } } });
    });
    expect(simulator.counters()).toMatchObject({ posts: 1, submittedReports: 1, collected: 1 });
  });

  it('killed with a submission in flight is uncertain of it, and resubmits only on request', async () => {
    await simulate({
      delayMs: { min: 50, max: 50 },
      faults: [{ on: 'submit', kind: 'slow', slowPart: 'headers', slowMs: 2_000, times: 1 }],
    });
    const first = await start();
    await ask(first.url, `mutation { ${query('requestReport', 'types: [PAY]')} { id } }`);
    await eventually(() => expect(simulator.counters().acceptedPosts).toBe(1));
    expect(await first.server.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await leftStates()).toEqual({ PAY: 'SENDING' });

    const { url } = await start();
    const refused = await ask(url, `{ ${query('report')} { pay { collectedAt } } }`);
    expect(refused.errors.map(({ extensions }) => extensions?.code)).toEqual(['SUBMISSION_UNCERTAIN']);
    await ask(url, `mutation { ${query('requestReport', 'types: [PAY]')} { id } }`);
    expect(simulator.counters().posts).toBe(1);

    const { data } = await ask(
      url,
      `mutation { ${query('requestReport', 'types: [PAY], resubmitUncertain: true')} { pay { collectedAt } } }`,
    );
    expect(data).toEqual({ requestReport: { pay: { collectedAt: expect.any(String) } } });
    expect(simulator.counters()).toMatchObject({ posts: 2, submittedReports: 2, duplicates: 1 });
  });
});

function query(field: string, more = ''): string {
  return `${field}(${ANSWERS} ${more})`;
}
