import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createJobalyzerClient, type JobalyzerSettings } from '../../src/datasources/jobalyzer/client.js';
import { exchange } from '../../src/datasources/jobalyzer/exchange.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import { NURSE } from '../fixtures/answers/answers.js';

vi.mock(import('../../src/datasources/jobalyzer/exchange.js'), { spy: true });

const REQUEST = { autoResolveJobTitle: true, answers: canonicalAnswers(NURSE, 'answers') };
const TOKEN = 'POST /auth/connect/token';
const LINKS = { Links: { PayReport: '/gateway/jobalyzer/v1/reports/1/pay' } };
const SENDING = {
  beforeConnect: () => undefined,
  beforeSend: () => Promise.resolve(),
  beforeFirstByte: () => undefined,
  settled: Promise.resolve(),
};
const signal = new AbortController().signal;

describe('the client', () => {
  it('gets a token with its credentials, once, and buys with it in one POST on a connection of its own', async () => {
    const { client, requests } = await speaking({
      'POST /gateway/jobalyzer/v1/reports': [200, LINKS, { 'set-cookie': 'lb=1; Path=/' }],
    });
    const order: string[] = [];
    const beforeSend = async (): Promise<void> => void order.push(requests.map(({ route }) => route).join());
    const bought = await client.purchase(REQUEST, ['PAY', 'YOE'], { ...SENDING, beforeSend }, signal);
    expect(bought).toEqual({ kind: 'responded', body: JSON.stringify(LINKS), cookies: 'lb=1' });
    await client.purchase(REQUEST, ['PAY'], SENDING, signal);
    const [token, first, second] = requests;
    expect(requests.map(({ route }) => route)).toEqual([
      TOKEN,
      ...Array.from({ length: 2 }, () => 'POST /gateway/jobalyzer/v1/reports'),
    ]);
    expect(order).toEqual([TOKEN]);
    expect(token?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      connection: 'close',
    });
    expect(Object.fromEntries(new URLSearchParams(token?.body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'jobalyzer',
      client_id: 'id',
      client_secret: 'a secret & more',
    });
    expect(first?.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Bearer t1',
      accept: 'application/json',
      'accept-encoding': 'identity',
      connection: 'close',
    });
    expect(JSON.parse(first?.body ?? '')).toEqual({
      customerId: 'customer',
      user: 'customer',
      AutoResolveJobTitle: true,
      requestedReports: ['pay', 'yoe'],
      answers: { JobTitle: 'Registered Nurse', Country: 'United States' },
    });
    expect(JSON.parse(second?.body ?? '')).toMatchObject({ requestedReports: ['pay'] });
    expect(first?.port).not.toBe(second?.port);
  });

  it('reads links of a stored response for its own origin', async () => {
    const { client } = await speaking({});
    const body = JSON.stringify({ Links: { PayReport: 'https://else.example/jobalyzer/v1/reports/1/pay' } });
    expect(client.readPurchase(body, ['PAY', 'YOE'])).toEqual(
      new Map([
        ['PAY', { kind: 'linked', link: '/gateway/jobalyzer/v1/reports/1/pay', warnings: [] }],
        ['YOE', expect.objectContaining({ kind: 'uncertain' })],
      ]),
    );
  });

  it('polls a link with its cookies and its customer, on a connection that is kept, and keeps the cookies up to date', async () => {
    const path = '/gateway/jobalyzer/v1/reports/1/pay';
    const route = `GET ${path}?customerId=customer&user=customer`;
    const { client, requests } = await speaking({
      [route]: [202, { RetryAfterMilliseconds: 700 }, { 'set-cookie': 'lb=2' }],
    });
    const link = { type: 'PAY', link: path } as const;
    expect(await client.poll({ ...link, cookies: 'lb=1' }, signal)).toEqual({
      outcome: { kind: 'pending', hintMs: 700, retryAfterMs: null },
      cookies: 'lb=2',
    });
    await client.poll({ ...link, cookies: null }, signal);
    const [, first, second] = requests;
    expect(first?.headers).toMatchObject({ cookie: 'lb=1', authorization: 'Bearer t1', connection: 'keep-alive' });
    expect(second?.headers.cookie).toBeUndefined();
  });

  it('keeps the cookies of a poll that had no response', async () => {
    const { client } = await speaking({ [TOKEN]: [200, token(1)] });
    const polled = { type: 'PAY', link: '/gateway/jobalyzer/cut', cookies: 'lb=1' } as const;
    expect(await client.poll(polled, signal)).toMatchObject({ outcome: { kind: 'fault' }, cookies: 'lb=1' });
    const half = { type: 'PAY', link: '/gateway/jobalyzer/half', cookies: 'lb=1' } as const;
    expect(await client.poll(half, signal)).toMatchObject({ outcome: { kind: 'fault' }, cookies: 'lb=1' });
  });

  it('looks things up below the base path, on a connection that is kept', async () => {
    const route = 'GET /gateway/jobalyzer/v1/impact/skills?jobTitle=Nurse+%26+more';
    const { client, requests } = await speaking({ [route]: [200, { a: 1 }] });
    const query = { jobTitle: 'Nurse & more' };
    const found = await client.lookup('/jobalyzer/v1/impact/skills', query, signal);
    expect(found).toMatchObject({ kind: 'response', status: 200, text: '{"a":1}' });
    expect(requests[1]?.headers.connection).toBe('keep-alive');
    expect(client).toMatchObject({ customerId: 'customer', apiVersion: 'v1' });
  });

  it('gets a new token after a 401, and sends the request once more', async () => {
    let refused = 0;
    const { client, requests } = await speaking({
      'GET /gateway/x?': () => (refused++ === 0 ? [401, {}] : [200, {}]),
    });
    expect(await client.lookup('/x', {}, signal)).toMatchObject({ status: 200 });
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Bearer t1',
      undefined,
      'Bearer t2',
    ]);
  });

  it('says in the log what was asked, what came of it and how long it took, and never with what', async () => {
    const { client, logged } = await speaking({ 'GET /gateway/x?': [200, {}], 'GET /gateway/y?': [404, {}] });
    const startedAt = performance.now() - 1;
    await client.lookup('/x', {}, signal);
    await client.lookup('/y', {}, signal);
    await client.poll({ type: 'PAY', link: '/gateway/jobalyzer/cut', cookies: null }, signal);
    await client.purchase(REQUEST, ['PAY'], SENDING, signal);
    expect(logged).toMatchObject([
      { call: 'token', status: 200, level: 30 },
      { call: 'lookup', status: 200, level: 30 },
      { call: 'lookup', status: 404, level: 40 },
      { call: 'poll', status: null, sent: true, timedOut: false, cause: 'UND_ERR_SOCKET', level: 40 },
      { call: 'submit', status: 404, level: 40 },
    ]);
    for (const { ms } of logged)
      expect(ms).toSatisfy((value: number) => value >= 0 && value < performance.now() - startedAt);
    expect(JSON.stringify(logged)).not.toMatch(/secret|Bearer|gateway/);
  });

  it('notes the time in each response', async () => {
    const { client, times } = await speaking({
      'GET /gateway/x?': [200, {}, { date: 'Tue, 01 Jan 2030 00:00:00 GMT' }],
    });
    await client.lookup('/x', {}, signal);
    expect(times.at(-1)).toBe(Date.UTC(2030, 0, 1));
    expect(times).toHaveLength(2);
  });

  it('sends nothing if it may not, or if it is not wanted any more', async () => {
    const { client, requests } = await speaking({});
    const beforeSend = () => Promise.reject(new Error('The ledger is full.'));
    await expect(client.purchase(REQUEST, ['PAY'], { ...SENDING, beforeSend }, signal)).rejects.toThrow('full');
    const stopped = AbortSignal.abort(new Error('Stopped.'));
    await expect(client.purchase(REQUEST, ['PAY'], SENDING, stopped)).rejects.toThrow('Stopped.');
    await expect(client.lookup('/x', {}, stopped)).rejects.toThrow('Stopped.');
    expect(requests.map(({ route }) => route)).toEqual([TOKEN]);
  });

  it('gives up on a response that does not come in time', async () => {
    const { client } = await speaking({}, { timeouts: { lookup: 50, poll: 50, submit: 50 } });
    expect(await client.lookup('/never', {}, signal)).toMatchObject({ kind: 'failed', sent: true, timedOut: true });
    const polled = { type: 'PAY', link: '/gateway/jobalyzer/never', cookies: null } as const;
    expect(await client.poll(polled, signal)).toMatchObject({ outcome: { failure: { code: 'UPSTREAM_TIMEOUT' } } });
  });

  it('has a deadline for each kind of call, which a purchase has for itself: it is not given up when the server stops', async () => {
    vi.mocked(exchange).mockClear();
    const { client } = await speaking({});
    await client.lookup('/x', {}, signal);
    await client.poll({ type: 'PAY', link: '/gateway/jobalyzer/x', cookies: null }, signal);
    await client.purchase(REQUEST, ['PAY'], SENDING, signal);
    const requests = vi.mocked(exchange).mock.calls.map(([, request]) => request);
    expect(requests.map(({ deadlineMs, unstoppable = false }) => [deadlineMs, unstoppable])).toEqual([
      [10_000, false],
      [10_000, false],
      [10_000, false],
      [30_000, true],
    ]);
  });

  it('has so many connections at once for each kind of call, and those of one kind hold up no other', async () => {
    const { client, requests, open } = await speaking({ 'POST /gateway/jobalyzer/v1/reports': 'never' });
    const calls: [count: number, call: (index: number) => Promise<unknown>][] = [
      [40, (index) => client.lookup(`/never?${index}`, {}, signal)],
      [110, (index) => client.poll({ type: 'PAY', link: `/gateway/jobalyzer/never?${index}`, cookies: null }, signal)],
      [40, () => client.purchase(REQUEST, ['PAY'], SENDING, signal)],
    ];
    const unanswered = calls.flatMap(([count, call]) =>
      Array.from({ length: count }, (_, index) => call(index).catch(() => undefined)),
    );
    // Lookups and polls: those that have just begun, and as many that are known to be slow.
    await expect.poll(open).toBe(16 + 16 + 48 + 48 + 32);
    expect(requests.filter(({ route }) => route.startsWith('POST /gateway/jobalyzer/v1/reports'))).toHaveLength(32);
    await client.close();
    await Promise.all(unanswered);
    const purchases = requests.filter(({ route }) => route.startsWith('POST /gateway/jobalyzer/v1/reports'));
    expect(purchases, 'those that had waited for a connection').toHaveLength(32);
  });

  it('closes its connections, also one that waits for a response, and sends nothing afterwards', async () => {
    const { client, requests, open } = await speaking({ 'GET /gateway/x?': [200, {}] });
    await client.lookup('/x', {}, signal);
    const waiting = client.lookup('/never', {}, signal);
    await expect.poll(() => requests.at(-1)?.route).toBe('GET /gateway/never?');
    expect(await open()).toBeGreaterThan(0);
    await client.close();
    expect(await waiting).toMatchObject({ kind: 'failed' });
    await expect.poll(open).toBe(0);
    expect(await client.lookup('/x', {}, signal)).toMatchObject({ kind: 'failed', sent: false });
  });

  it('does not wait for a token once it is closed', async () => {
    const { client, requests } = await speaking({ [TOKEN]: 'never' });
    const waiting = client.lookup('/x', {}, signal).catch((error: unknown) => error);
    await expect.poll(() => requests).toHaveLength(1);
    await client.close();
    expect(await waiting).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', message: expect.stringContaining('reached') });
  });
});

function token(number: number) {
  return { access_token: `t${number}`, expires_in: 600, token_type: 'Bearer' };
}

type Answer = readonly [status: number, body: object, headers?: Readonly<Record<string, string>>];
type Answers = Readonly<Record<string, Answer | 'never' | (() => Answer)>>;

interface Seen {
  readonly route: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly port: number | undefined;
}

/** A client, and a peer on loopback that has these answers: to anything else 404, and none at all to `/never`. */
async function speaking(answers: Answers, settings: Partial<JobalyzerSettings> = {}) {
  const requests: Seen[] = [];
  let tokens = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = `${request.method} ${request.url}`;
    const { remotePort: port } = request.socket;
    requests.push({ route, headers: request.headers, body: await textOf(request), port });
    if (route.includes('/cut')) return void request.socket.destroy();
    if (route.includes('/half')) {
      response.writeHead(200, { 'content-length': '100', 'set-cookie': 'lb=2' }).write('{');
      return void setTimeout(() => request.socket.destroy(), 10);
    }
    if (route.includes('/never')) return;
    const given = answers[route] ?? (route === TOKEN ? ([200, token(++tokens)] as const) : ([404, {}] as const));
    if (given === 'never') return;
    const [status, body, headers] = typeof given === 'function' ? given() : given;
    response.writeHead(status, headers).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const logged: Record<string, unknown>[] = [];
  const times: number[] = [];
  const client = createJobalyzerClient(
    {
      apiUrl: `${origin}/gateway/`,
      authUrl: `${origin}/auth`,
      apiVersion: 'v1',
      clientId: 'id',
      clientSecret: () => 'a secret & more',
      customerId: 'customer',
      ...settings,
    },
    pino({}, { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) }),
    { time: (time) => times.push(time) },
  );
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  const open = () =>
    new Promise<number>((resolve, reject) =>
      server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  return { client, requests, logged, times, open };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
