import { describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.js';
import { call, CALLER, clientOf, NURSE, started } from './helpers.js';

const JSON_POST = { method: 'POST', headers: { 'content-type': 'application/json' } };

describe('the settings of a running simulator', () => {
  it('can be read and changed individually', async () => {
    const { origin } = await started();
    const change = (body: unknown) =>
      call(`${origin}/simulator/settings`, { ...JSON_POST, body: JSON.stringify(body) });
    const before = (await call(`${origin}/simulator/settings`)).body;
    expect(before).toMatchObject({ letterCase: 'pascal', wrapper: 'Report', tokenLifeMs: 600_000, expiresIn: 3_600 });
    const after = (await change({ letterCase: 'camel' })).body;
    expect(after).toEqual({ ...before, letterCase: 'camel' });
    expect((await call(`${origin}/simulator/settings`)).body).toEqual(after);
  });

  it('apply from the next request', async () => {
    const simulator = await started();
    const client = await clientOf(simulator);
    expect((await client.get('/jobalyzer/v2/locations/sea')).body).toHaveProperty('Results');
    simulator.configure({ letterCase: 'camel', latencyMs: 200 });
    const start = performance.now();
    expect((await client.get('/jobalyzer/v2/locations/sea')).body).toHaveProperty('results');
    expect(performance.now() - start).toBeGreaterThan(180);
  });

  it('default to reports that take 200 to 2,000 ms', async () => {
    const simulator = await startSimulator();
    expect(simulator.settings().delayMs).toEqual({ min: 200, max: 2_000 });
    await simulator.close();
  });

  it.each([
    [{ letterCase: 'upper' }, 'letterCase'],
    [{ colour: 'red' }, 'colour'],
    [{ delayMs: { min: 5, max: 1 } }, 'delayMs'],
    [{ latencyMs: -1 }, 'latencyMs'],
    [{ faults: [{ on: 'poll', kind: 'explode' }] }, 'faults.0.kind'],
    [{ faults: [{ on: 'poll', kind: 'reset', afterAccept: true }] }, 'afterAccept'],
    [{ faults: [{ on: 'token', kind: 'reset', type: 'pay' }] }, 'type'],
    [{ faults: [{ on: 'poll', kind: 'status', retryAfter: 'a\nb' }] }, 'retryAfter'],
  ])('reject %j by name and stay unchanged', async (change, named) => {
    const simulator = await started();
    const before = simulator.settings();
    const url = `${simulator.origin}/simulator/settings`;
    const reply = await call(url, { ...JSON_POST, body: JSON.stringify({ wrapper: 'Reports', ...change }) });
    expect(reply.status).toBe(400);
    expect(reply.body.error).toContain(named);
    expect(simulator.settings()).toEqual(before);
    expect(() => simulator.configure(change as never)).toThrow(named);
  });

  it('are accepted only as a JSON object', async () => {
    const { origin } = await started();
    for (const init of [
      { method: 'POST', body: '{}' },
      { ...JSON_POST, body: '[]' },
      { ...JSON_POST, body: 'x' },
    ]) {
      expect((await call(`${origin}/simulator/settings`, init)).status).toBe(400);
    }
  });

  it('keep the remaining count of a fault when other settings change', async () => {
    const simulator = await started({ faults: [{ on: 'lookup', kind: 'status', times: 3 }] });
    await (await clientOf(simulator)).get('/jobalyzer/v2/locations/sea');
    simulator.configure({ letterCase: 'camel' });
    simulator.configure({ seed: 5 });
    expect(simulator.settings().faults[0]?.times).toBe(2);
  });

  it('are validated at the start', async () => {
    await expect(startSimulator({ wrapper: 'Envelope' as never })).rejects.toThrow('wrapper');
    await expect(startSimulator({ clientId: 'alone' })).rejects.toThrow('clientSecret');
  });
});

describe('the counters of the simulator', () => {
  it('count submitted and billable reports', async () => {
    const simulator = await started();
    const client = await clientOf(simulator);
    const { Links } = (await client.ask()).body;
    await client.ask({ ...NURSE, City: 'Boston' }, { requestedReports: ['yoe'] });
    await client.ask({ JobTitle: 'Judge', Country: 'United States', City: 'Helena' }, { requestedReports: ['pay'] });
    await client.ask({ ...NURSE, Country: 'Atlantis' });
    await client.get(Links.PayReport);
    await client.get(Links.PayReport);
    await client.get('/jobalyzer/v2/locations/sea');
    expect((await call(`${simulator.origin}/simulator/counters`)).body).toEqual({
      tokens: 1,
      posts: 4,
      acceptedPosts: 3,
      submittedReports: 4,
      billableReports: 3,
      duplicates: 0,
      polls: 2,
      polledLinks: 1,
      collected: 2,
      maxConcurrentPollsPerLink: 1,
      lookups: 1,
      usageReads: 0,
      unauthorized: 0,
      faults: 0,
      purchases: expect.any(Array),
      asked: expect.any(Array),
    });
  });

  it('tell what was asked for, accepted or not', async () => {
    const simulator = await started();
    const client = await clientOf(simulator);
    await client.ask();
    await client.ask({ ...NURSE, Country: 'Atlantis' }, { requestedReports: ['pay'] });
    simulator.configure({ faults: [{ on: 'submit', kind: 'status', status: 503, times: 1 }] });
    await client.ask({ ...NURSE, City: 'Boston' }, { requestedReports: ['yoe'] });
    const { asked, purchases } = simulator.counters();
    expect(asked.map(({ type }) => type)).toEqual([...purchases.map(({ type }) => type), 'pay', 'yoe']);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(3);
    expect(asked[0]?.key).toBe(purchases[0]?.key);
  });

  it('detect a duplicate purchase regardless of the order and whitespace of its answers', async () => {
    const simulator = await started();
    const client = await clientOf(simulator);
    const pay = { requestedReports: ['pay'] };
    await client.ask({ ...NURSE, Skills: ['Telemetry', 'Acute Care'] }, pay);
    await client.ask({ Skills: ['Acute Care ', 'Telemetry'], ...NURSE, State: null }, pay);
    expect(simulator.counters().duplicates).toBe(1);
    await client.ask({ ...NURSE, Skills: ['Telemetry', 'Acute Care'] }, { requestedReports: ['yoe'] });
    await client.ask({ ...NURSE, Skills: ['Telemetry', 'Acute Care'] }, { ...pay, AutoResolveJobTitle: true });
    const { duplicates, purchases } = simulator.counters();
    expect(duplicates).toBe(1);
    expect(purchases.map(({ type }) => type)).toEqual(['pay', 'pay', 'yoe', 'pay']);
    expect(new Set(purchases.map(({ key }) => key)).size).toBe(2);
    expect(purchases[0]).toEqual({
      at: expect.stringMatching(/^20.*Z$/),
      type: 'pay',
      key: expect.any(String),
      billable: true,
    });
  });

  it('record the maximum of concurrent polls of one link', async () => {
    const simulator = await started();
    const client = await clientOf(simulator);
    const { PayReport, YearsExperienceReport } = (await client.ask()).body.Links;
    // Successive polls are not concurrent.
    for (const link of [PayReport, PayReport]) await client.get(link);
    simulator.configure({ faults: [{ on: 'poll', kind: 'hang' }] });
    const hang = (link: string): void => void client.get(link).catch(() => 'ended with the simulator');
    for (const link of [PayReport, YearsExperienceReport]) hang(link);
    await expect.poll(() => simulator.counters().polls).toBe(4);
    expect(simulator.counters()).toMatchObject({ polledLinks: 2, maxConcurrentPollsPerLink: 1 });
    for (const link of [PayReport, PayReport]) hang(link);
    await expect.poll(() => simulator.counters().polls).toBe(6);
    expect(simulator.counters()).toMatchObject({ polledLinks: 2, maxConcurrentPollsPerLink: 3 });
  });

  it('are zero after a reset, while links keep working', async () => {
    const simulator = await started();
    const client = await clientOf(simulator);
    const { Links } = (await client.ask()).body;
    const { body } = await call(`${simulator.origin}/simulator/reset`, { method: 'POST' });
    expect(body).toMatchObject({ tokens: 0, posts: 0, submittedReports: 0, duplicates: 0, purchases: [] });
    expect((await client.get(Links.PayReport)).status).toBe(200);
    await client.ask();
    expect(simulator.counters()).toMatchObject({ submittedReports: 2, duplicates: 0, polls: 1 });
  });
});

describe('the simulator', () => {
  it('closes promptly with hanging and delayed requests', async () => {
    const simulator = await startSimulator({ faults: [{ on: 'lookup', kind: 'hang', times: 1 }] });
    const { authorization } = await clientOf(simulator);
    simulator.configure({ latencyMs: 60_000 });
    const url = `${simulator.origin}/jobalyzer/v2/locations/sea?${CALLER}`;
    const waiting = [1, 2].map(() => fetch(url, { headers: { authorization } }).catch(() => 'ended'));
    await expect.poll(() => simulator.counters().lookups).toBe(2);
    const start = performance.now();
    await simulator.close();
    expect(performance.now() - start).toBeLessThan(15_000);
    expect(await Promise.all(waiting)).toEqual(['ended', 'ended']);
  });

  it('logs that it is an imitation, and never a token or a secret', async () => {
    const lines: string[] = [];
    const log = { info: write, debug: write };
    function write(fields: object, message: string) {
      lines.push(`${message} ${JSON.stringify(fields)}`);
    }
    const simulator = await startSimulator({}, log);
    const client = await clientOf(simulator);
    await client.ask();
    await client.get('/nowhere');
    await simulator.close();
    expect(lines[0]).toContain('in place of Jobalyzer');
    expect(lines.length).toBeGreaterThan(2);
    const all = lines.join('\n');
    expect(all).not.toContain('a-secret');
    expect(all).not.toContain(client.authorization.slice('Bearer '.length));
  });
});
