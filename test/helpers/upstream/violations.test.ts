import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_HINT, gate, pending, ready, redirect, startUpstream, type Upstream } from '../upstream.js';
import { ANSWERS, PlainClient } from './plain-client.js';

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

describe('the test upstream records a violation for', () => {
  it.each<[string, () => ReturnType<PlainClient['ask']>, number, RegExp]>([
    ['a wrong client secret', () => client.token({ client_secret: 'guess' }), 400, /client_secret/],
    ['a token request as JSON', () => client.token({}, { 'content-type': 'application/json' }), 400, /content-type/],
    ['basic auth for a token', () => client.token({}, { authorization: 'Basic eDp5' }), 200, /authorization/],
    ['a missing bearer token', () => client.submit(['pay'], {}, {}), 401, /no bearer/],
    ['an unknown bearer token', () => client.submit(['pay'], {}, { authorization: 'Bearer x' }), 401, /never issued/],
    ['a wrong customerId', () => client.submit(['pay'], { customerId: 'other' }), 400, /customerId/],
    ['a wrong user', () => client.submit(['pay'], { user: 'other' }), 400, /user/],
    ['a report requested twice', () => client.submit(['pay', 'pay']), 400, /twice/],
    ['an unknown report type', () => client.submit(['salary']), 400, /requestedReports/],
    ['an unknown answer field', () => client.submit(['pay'], { answers: { ...ANSWERS, skills: [] } }), 400, /skills/],
    ['a missing job title', () => client.submit(['pay'], { answers: { Country: 'Germany' } }), 400, /JobTitle/],
    ['an unexpected path', () => client.ask(`${upstream.url}/jobalyzer/v3/reports`), 404, /unexpected path/],
    ['a poll of Self', async () => client.poll((await client.submit()).json.Links.Self), 404, /unexpected path/],
    ['an unknown link', () => client.poll(`${upstream.url}/jobalyzer/v1/reports/r9/pay`), 404, /never given/],
    ['a gzip accept-encoding', () => client.token({}, { 'accept-encoding': 'gzip' }), 200, /accept-encoding/],
  ])('%s', async (_name, act, code, fault) => {
    expect((await act()).status).toBe(code);
    expect(upstream.violations).toEqual([expect.stringMatching(fault)]);
  });

  it('an Expect header', async () => {
    const headers = { expect: '100-continue', 'accept-encoding': 'identity', ...(await client.bearer()) };
    await new Promise((resolve) =>
      get(`${upstream.url}/status`, { headers }, (got) => got.resume().once('end', resolve)),
    );
    expect(upstream.violations).toEqual([expect.stringContaining('expect: 100-continue')]);
  });

  it('a poll without customerId and user', async () => {
    const headers = await client.bearer();
    expect((await client.ask(upstream.link('pay'), { headers })).status).toBe(400);
    expect(upstream.violations).toHaveLength(2);
  });

  it('an early poll, unless the hint was invalid', async () => {
    const headers = await client.bearer();
    const link = upstream.link('pay');
    upstream.script.poll('pay').push(pending(0), pending(-5), pending(null), pending('NaN'), pending(NO_HINT));
    upstream.script.poll('pay').push(pending(1e9), pending(Number.NaN), pending(30_000));
    const bodies: object[] = [];
    for (let asked = 0; asked < 8; asked++) bodies.push((await client.poll(link, headers)).json);
    expect(bodies.map((body) => ('RetryAfterMilliseconds' in body ? body.RetryAfterMilliseconds : 'absent'))).toEqual([
      0,
      -5,
      null,
      'NaN',
      'absent',
      1e9,
      null,
      30_000,
    ]);
    expect(upstream.violations).toEqual([]);
    await client.poll(link, headers);
    expect(upstream.violations).toEqual([expect.stringContaining('before RetryAfterMilliseconds')]);
  });

  it('concurrent polls of one link, but not of different links', async () => {
    const headers = await client.bearer();
    const [one, other] = [upstream.link('pay'), upstream.link('pay')];
    const holds = [gate(), gate(), gate()] as const;
    upstream.script.poll('pay').push(...holds);
    const first = client.poll(one, headers);
    await holds[0].arrived;
    const second = client.poll(other, headers);
    await holds[1].arrived;
    expect(upstream.violations).toEqual([]);
    const third = client.poll(one, headers);
    await holds[2].arrived;
    expect(upstream.violations).toEqual([expect.stringContaining('another poll')]);
    expect(upstream.maxOpenPollsPerLink).toBe(2);
    for (const held of holds) held.release(ready());
    expect((await Promise.all([first, second, third])).map((got) => got.status)).toEqual([200, 200, 200]);
  });

  it('concurrent polls, but not a poll that is read just before the end of the connection of the last one', async () => {
    const { authorization } = await client.bearer();
    const link = new URL(upstream.link('pay'));
    const held = gate();
    upstream.script.poll('pay').push(held);
    const { customerId } = upstream.options;
    const [first, second] = [connect(upstream.port, link.hostname), connect(upstream.port, link.hostname)];
    await Promise.all([once(first, 'connect'), once(second, 'connect')]);
    const poll = [
      `GET ${link.pathname}?customerId=${customerId}&user=${customerId} HTTP/1.1`,
      `host: ${link.host}`,
      'accept-encoding: identity',
      `authorization: ${authorization}`,
    ].join('\r\n');
    first.write(`${poll}\r\n\r\n`);
    await held.arrived;
    // The upstream runs in this process too, and so receives both in one turn, in this order.
    second.write(`${poll}\r\n\r\n`);
    first.destroy();
    expect(String((await once(second, 'data'))[0])).toMatch(/^HTTP\/1.1 202/);
    expect(upstream.count('poll')).toBe(2);
    expect([upstream.maxOpenPollsPerLink, upstream.violations]).toEqual([1, []]);
    second.destroy();
  });

  it('following a redirect', async () => {
    const headers = await client.bearer();
    upstream.script.poll('pay').push(redirect('/elsewhere'));
    const got = await client.poll(upstream.link('pay'), headers);
    expect(got).toMatchObject({ status: 302, headers: { location: '/elsewhere' } });
    expect(upstream.violations).toEqual([]);
    await client.ask(`${upstream.url}/elsewhere`);
    expect(upstream.violations).toContainEqual(expect.stringContaining('redirect was followed'));
  });
});
