import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  accepted,
  gate,
  hang,
  json,
  raw,
  rejected,
  reset,
  resetAfter,
  slow,
  startUpstream,
  status,
  truncated,
  type Step,
  type Upstream,
} from '../upstream.js';
import { PlainClient } from './plain-client.js';

let upstream: Upstream;
let client: PlainClient;

beforeEach(async () => {
  upstream = await startUpstream();
  client = new PlainClient(upstream);
});
afterEach(async () => {
  await client.agent.destroy();
  await upstream.close();
});

const inspecting: Step = ({ kind }) => status(kind === 'submit' ? 418 : 200);

describe('scripted steps', () => {
  it.each<[string, () => Step, number, number]>([
    ['a non-2xx status', () => status(503), 503, 0],
    ['a non-2xx status after accepting', () => accepted(status(500)), 500, 1],
    ['an unparsable 2xx', () => raw('<html>'), 200, 1],
    ['a 2xx with custom links', () => json({ Links: { PayReport: upstream.link('pay') } }), 200, 1],
    ['a 2xx with Errors', () => rejected(), 200, 0],
    ['a delayed answer', () => slow(5), 200, 1],
    ['a step function', () => inspecting, 418, 0],
  ])('answer once as scripted and count the purchase: %s', async (_name, step, code, bought) => {
    upstream.script.submit.push(step());
    expect((await client.submit(['pay'])).status).toBe(code);
    expect(upstream.bought()).toBe(bought);
    expect((await client.submit(['pay'])).status).toBe(200);
    expect(upstream.violations).toEqual([]);
  });

  it.each<[string, () => Step, number]>([
    ['reset', reset, 0],
    ['reset after accepting', () => resetAfter('accepting'), 1],
    ['reset within the body', () => resetAfter(7), 1],
    ['truncated within the body', truncated, 1],
    ['truncated before the first byte', () => resetAfter(0), 1],
  ])('break the connection: %s', async (_name, step, bought) => {
    upstream.script.submit.push(step());
    await expect(client.submit(['pay'])).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/),
    });
    expect(upstream.bought()).toBe(bought);
    expect(upstream.violations).toEqual([]);
  });

  it('send half of the body when truncated', async () => {
    upstream.script.status.push(truncated(raw('0123456789')));
    const chunks: string[] = [];
    const answer = await request(`${upstream.url}/status`, {
      dispatcher: client.agent,
      headers: { 'accept-encoding': 'identity', ...(await client.bearer()) },
    });
    expect(answer.headers['content-length']).toBe('10');
    await expect(async () => {
      for await (const chunk of answer.body) chunks.push(String(chunk));
    }).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    expect(chunks.join('')).toBe('01234');
  });

  it('hold a request until it is released, and still accept it if the client has disconnected', async () => {
    const held = gate();
    upstream.script.submit.push(held);
    const leaving = client.submit(['pay']).catch((error: unknown) => error);
    expect((await held.arrived).kind).toBe('submit');
    expect(upstream.bought()).toBe(0);
    await client.agent.destroy();
    expect(await leaving).toMatchObject({ code: 'UND_ERR_DESTROYED' });
    held.release();
    await expect.poll(() => upstream.bought()).toBe(1);
  });

  it('end hanging and slow requests on close', async () => {
    upstream.script.submit.push(hang(), slow(60_000));
    const headers = await client.bearer();
    const all = Promise.allSettled([client.submit(['pay'], {}, headers), client.submit(['yoe'], {}, headers)]);
    await expect.poll(() => upstream.count('submit')).toBe(2);
    const before = performance.now();
    await upstream.close();
    expect((await all).map((one) => one.status)).toEqual(['rejected', 'rejected']);
    expect(performance.now() - before).toBeLessThan(15_000);
    expect(upstream.openConnections).toBe(0);
    expect(upstream.bought()).toBe(0);
  });

  it('repeat the step passed to otherwise()', async () => {
    upstream.script.token.push(json({ error: 'slow_down' }, 429, { 'retry-after': '1' })).otherwise(status(503));
    expect(await client.token()).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect([(await client.token()).status, (await client.token()).status]).toEqual([503, 503]);
    upstream.script.token.otherwise();
    expect((await client.token()).status).toBe(200);
  });

  it('record a violation when a step function throws', async () => {
    upstream.script.submit.push(() => {
      throw new Error('oops');
    });
    await expect(client.submit()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    expect(upstream.violations).toEqual([expect.stringContaining('oops')]);
  });
});
