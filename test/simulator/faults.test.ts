import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/simulator/fault-rule.js';
import { askToken, CALLER, clientOf, NURSE, started, type Reply } from './helpers.js';

/** The outcome of a call: its status, or its error code or name. */
async function outcome(reply: Promise<Reply>): Promise<number | string> {
  try {
    return (await reply).status;
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    return cause?.code ?? name;
  }
}

describe('faults of the simulator', () => {
  it('respond with a status, Retry-After and errors, a given number of times', async () => {
    const simulator = await started();
    const client = await clientOf(simulator);
    const errors = [{ AnswerId: 'JobTitle', Message: 'No.', Code: 'Custom' }];
    simulator.configure({ faults: [{ on: 'submit', kind: 'status', status: 429, retryAfter: 7, errors, times: 2 }] });
    for (const left of [1, 0]) {
      const reply = await client.ask();
      expect(reply.status).toBe(429);
      expect(reply.headers.get('retry-after')).toBe('7');
      expect(reply.headers.get('x-jobalyzer-simulator')).toBe('true');
      expect(reply.body).toEqual({ Warnings: null, Errors: errors });
      expect(simulator.settings().faults[0]?.times).toBe(left);
    }
    expect((await client.ask()).status).toBe(200);
    expect(simulator.counters()).toMatchObject({ posts: 3, acceptedPosts: 1, submittedReports: 2, faults: 2 });
  });

  it('apply the letter case to errors and allow any Retry-After', async () => {
    const date = 'Sat, 21 Nov 2026 12:00:00 GMT';
    const faults: FaultRule[] = [{ on: 'poll', kind: 'status', status: 503, retryAfter: date }];
    const client = await clientOf(await started({ letterCase: 'camel', faults }));
    const reply = await client.get((await client.ask()).body.links.payReport);
    expect(reply.headers.get('retry-after')).toBe(date);
    expect(reply.body.errors[0].code).toBe('SimulatedFault');
  });

  it.each([
    [{ kind: 'reset' }, 'ECONNRESET'],
    [{ kind: 'malformed' }, 'SyntaxError'],
    [{ kind: 'truncated' }, 'UND_ERR_SOCKET'],
    [{ kind: 'empty', status: 502 }, 502],
    [{ kind: 'status' }, 500],
    [{ kind: 'slow', slowMs: 50 }, 200],
  ] as const)('apply to tokens, submissions, polls and lookups: %j', async (fault, wanted) => {
    const simulator = await started();
    const client = await clientOf(simulator);
    const link = (await client.ask()).body.Links.PayReport as string;
    const calls: [FaultRule['on'], () => Promise<Reply>][] = [
      ['token', () => askToken(simulator)],
      ['submit', () => client.ask()],
      ['poll', () => client.get(link)],
      ['lookup', () => client.get('/jobalyzer/v2/locations/sea')],
    ];
    for (const [on, request] of calls) {
      simulator.configure({ faults: [{ on, ...fault, times: 1 }] });
      expect(await outcome(request()), on).toBe(wanted);
      expect(await outcome(request()), `${on} afterwards`).toBe(200);
    }
    const accepted = fault.kind === 'slow' ? 3 : 2;
    expect(simulator.counters().acceptedPosts).toBe(accepted);
  });

  it('hang until the client gives up', async () => {
    const simulator = await started({ faults: [{ on: 'lookup', kind: 'hang' }] });
    const { authorization } = await clientOf(simulator);
    const request = fetch(`${simulator.origin}/jobalyzer/v2/locations/sea?${CALLER}`, {
      headers: { authorization },
      signal: AbortSignal.timeout(300),
    });
    await expect(request).rejects.toThrow(/timeout/);
  });

  it('delay either the body or the headers', async () => {
    const simulator = await started();
    const { authorization } = await clientOf(simulator);
    const ask = (slowPart: 'headers' | 'body'): Promise<Response> => {
      simulator.configure({ faults: [{ on: 'lookup', kind: 'slow', slowMs: 400, slowPart }] });
      return fetch(`${simulator.origin}/jobalyzer/v2/locations/sea?${CALLER}`, { headers: { authorization } });
    };
    let start = performance.now();
    const body = (await ask('body')).text();
    expect(await Promise.race([body, delay(50, 'not yet')])).toBe('not yet');
    expect(JSON.parse(await body)).toHaveProperty('Results');
    expect(performance.now() - start).toBeGreaterThan(380);
    start = performance.now();
    const late = await ask('headers');
    expect(performance.now() - start).toBeGreaterThan(380);
    await late.text();
  });

  it.each([
    [{ kind: 'reset' }, 'ECONNRESET'],
    [{ kind: 'truncated' }, 'UND_ERR_SOCKET'],
    [{ kind: 'status', status: 500 }, 500],
    [{ kind: 'empty' }, 200],
    [{ kind: 'malformed' }, 'SyntaxError'],
  ] as const)('lose the links of accepted reports: %j after acceptance', async (fault, wanted) => {
    const simulator = await started({ faults: [{ on: 'submit', ...fault, afterAccept: true, times: 1 }] });
    const client = await clientOf(simulator);
    expect(await outcome(client.ask())).toBe(wanted);
    expect(simulator.counters()).toMatchObject({ posts: 1, acceptedPosts: 1, submittedReports: 2, billableReports: 2 });
    expect((await client.ask()).status).toBe(200);
    expect(simulator.counters().duplicates).toBe(2);
  });

  it('hang after acceptance', async () => {
    const simulator = await started({ faults: [{ on: 'submit', kind: 'hang', afterAccept: true }] });
    const client = await clientOf(simulator);
    const hung = outcome(client.ask());
    await expect.poll(() => simulator.counters().submittedReports).toBe(2);
    await simulator.close();
    expect(await hung).toBe('UND_ERR_SOCKET');
  });

  it('after acceptance do not apply to a rejected submission', async () => {
    const simulator = await started({ faults: [{ on: 'submit', kind: 'reset', afterAccept: true, times: 1 }] });
    const client = await clientOf(simulator);
    expect((await client.ask({ ...NURSE, Country: 'Atlantis' })).status).toBe(400);
    expect(simulator.settings().faults[0]?.times).toBe(1);
  });

  it('apply to polls of one report type only', async () => {
    const client = await clientOf(
      await started({ faults: [{ on: 'poll', kind: 'status', status: 404, type: 'yoe' }] }),
    );
    const { Links } = (await client.ask()).body;
    expect((await client.get(Links.PayReport)).status).toBe(200);
    expect((await client.get(Links.YearsExperienceReport)).status).toBe(404);
  });

  it('apply to the same requests in every run with the same seed', async () => {
    const simulator = await started();
    const client = await clientOf(simulator);
    const run = async (seed: number) => {
      simulator.configure({ seed, faults: [{ on: 'lookup', kind: 'status', probability: 0.5 }] });
      const row: number[] = [];
      for (let at = 0; at < 20; at += 1) row.push((await client.get('/jobalyzer/v2/locations/sea')).status);
      return row;
    };
    const first = await run(7);
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await run(7)).toEqual(first);
    expect(await run(8)).not.toEqual(first);
  });

  it('return an OAuth error for a token request', async () => {
    const faults: FaultRule[] = [
      { on: 'token', kind: 'status', status: 401, error: 'invalid_client', times: 1 },
      { on: 'token', kind: 'status', status: 503 },
    ];
    const simulator = await started({ faults });
    expect(await askToken(simulator)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await askToken(simulator)).toMatchObject({ status: 503, body: { error: 'server_error' } });
    expect(simulator.counters().tokens).toBe(0);
  });
});
