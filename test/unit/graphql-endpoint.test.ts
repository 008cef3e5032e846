import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createGraphQLEndpoint,
  endpointUrl,
  retryAfterOf,
  wholeOf,
  type EndpointOptions,
} from '../../src/commands/graphql-endpoint.js';
import { TypedDocumentString } from '../../src/commands/generated/operations.js';
import { Secret } from '../../src/lib/secret.js';

const DOCUMENT = new TypedDocumentString<unknown, object>('query A { a }');
const SIGNAL = new AbortController().signal;
const NO_DETAILS = { path: [], extensions: {} };

/** Answers each request by the next of these; the last one goes on. */
async function endpoint(answers: readonly RequestListener[], options: Partial<EndpointOptions> = {}) {
  const requests: { readonly headers: NodeJS.Dict<string | string[]>; readonly body: unknown }[] = [];
  const answer = async (...[request, response]: Parameters<RequestListener>): Promise<void> => {
    const body: unknown = JSON.parse(await text(request));
    const next = answers[Math.min(requests.length, answers.length - 1)];
    requests.push({ headers: request.headers, body });
    next?.(request, response);
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(close);
  const url = endpointUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, true);
  const waits: string[] = [];
  const onWait = (reason: string, ms: number): void => void waits.push(`${reason} ${ms}`);
  return { endpoint: createGraphQLEndpoint({ url, key: null, onWait, ...options }), requests, waits, close, url };
}

const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
const refusal = (code: string, extensions = {}) =>
  json({ errors: [{ message: `${code}!`, extensions: { code, ...extensions } }] }, 503);
const page =
  (status: number, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end('<html>');
const broken: RequestListener = (_request, response) => response.destroy();

describe('the endpoint of a server', () => {
  it('sends an operation with its variables, and the key as a bearer token', async () => {
    const { endpoint: server, requests } = await endpoint([json({ data: { a: 1 } })], { key: new Secret('k') });
    expect(await server.request(DOCUMENT, { b: 2 }, SIGNAL)).toEqual({
      data: { a: 1 },
      errors: [],
      simulated: false,
    });
    expect(requests).toEqual([
      {
        headers: expect.objectContaining({ authorization: 'Bearer k', 'content-type': 'application/json' }),
        body: { query: 'query A { a }', variables: { b: 2 } },
      },
    ]);
  });

  it.each(['two\nlines', 'Schlüssel', 'a\0'])('gets no key that no header may hold, nor does a message: %j', (text) => {
    const url = endpointUrl('http://127.0.0.1', true);
    expect(() => createGraphQLEndpoint({ url, key: new Secret(text) })).toThrow(
      /^The key has characters in it that no key has\.$/,
    );
  });

  it('has data beside its errors, and whether it is invented', async () => {
    const error = { message: 'm', path: ['a', 0], extensions: { code: 'REPORT_FAILED' } };
    const answer = json({ data: { a: [null] }, errors: [error, {}] }, 200, { 'x-jobalyzer-simulator': 'true' });
    const { endpoint: server } = await endpoint([answer]);
    const result = await server.request(DOCUMENT, {}, SIGNAL);
    expect(result).toEqual({
      data: { a: [null] },
      errors: [
        { ...error, code: 'REPORT_FAILED' },
        { ...NO_DETAILS, message: '', code: 'UNKNOWN' },
      ],
      simulated: true,
    });
    expect(() => wholeOf(result)).toThrow('m (REPORT_FAILED)\n (UNKNOWN)');
  });

  it.each(['RATE_LIMITED', 'OVERLOADED', 'AUTHENTICATION_UNAVAILABLE'])(
    'is asked again when it says, after %s',
    async (code) => {
      const {
        endpoint: server,
        requests,
        waits,
      } = await endpoint([refusal(code, { retryAfterMs: 150 }), refusal(code), json({ data: {} })]);
      expect(wholeOf(await server.request(DOCUMENT, {}, SIGNAL))).toEqual({});
      expect(requests).toHaveLength(3);
      expect(waits).toEqual([`${code}! 150`, `${code}! 100`]);
    },
  );

  it('is not asked again after another refusal', async () => {
    const { endpoint: server, requests } = await endpoint([refusal('UNAUTHENTICATED')]);
    const { errors } = await server.request(DOCUMENT, {}, SIGNAL);
    expect(errors).toEqual([expect.objectContaining({ code: 'UNAUTHENTICATED' })]);
    expect(requests).toHaveLength(1);
  });

  it('is not asked again where a part of the result was refused', async () => {
    const error = { message: 'm', path: ['a'], extensions: { code: 'RATE_LIMITED' } };
    const { endpoint: server, requests } = await endpoint([json({ data: { a: null }, errors: [error] })]);
    expect(await server.request(DOCUMENT, {}, SIGNAL)).toMatchObject({ data: { a: null }, errors: [error] });
    expect(requests).toHaveLength(1);
  });

  it('that does not answer in time cannot be reached', async () => {
    const { endpoint: server } = await endpoint([() => undefined], { timeoutMs: 100 });
    await expect(server.request(DOCUMENT, {}, SIGNAL)).rejects.toThrow(/cannot be reached: .*timeout/);
  });

  it('is asked again after pauses that double, and for as long again once it has answered', async () => {
    const {
      endpoint: server,
      waits,
      url,
    } = await endpoint(
      [json({ data: {} }), broken, broken, refusal('OVERLOADED', { retryAfterMs: 500 }), broken, json({ data: {} })],
      { patienceMs: 700 },
    );
    await server.request(DOCUMENT, {}, SIGNAL);
    await server.request(DOCUMENT, {}, SIGNAL);
    const away = expect.stringContaining(`${url.origin} cannot be reached: `) as string;
    expect(waits).toEqual([away, away, 'OVERLOADED! 500', away]);
    expect(waits.map((wait) => wait.split(' ').at(-1))).toEqual(['100', '200', '500', '400']);
  });

  it('is asked again when a connection breaks, or a proxy does not reach it', async () => {
    const { endpoint: server, requests } = await endpoint([
      json({ data: {} }),
      broken,
      json('<html>', 502),
      json({ data: { a: 2 } }),
    ]);
    await server.request(DOCUMENT, {}, SIGNAL);
    expect(wholeOf(await server.request(DOCUMENT, {}, SIGNAL))).toEqual({ a: 2 });
    expect(requests).toHaveLength(4);
  });

  it.each([429, 503])('is asked again when a proxy says, after %s', async (status) => {
    const { endpoint: server, requests } = await endpoint([page(status, { 'retry-after': '1' }), json({ data: {} })]);
    const startedAt = performance.now();
    expect(wholeOf(await server.request(DOCUMENT, {}, SIGNAL))).toEqual({});
    expect(performance.now() - startedAt).toBeGreaterThan(990);
    expect(requests).toHaveLength(2);
  });

  it('is asked again as long as a proxy admits too little, and not as long as it does not reach it', async () => {
    const impatient = { patienceMs: 0 };
    const busy = await endpoint([page(429), page(429), json({ data: {} })], impatient);
    expect(wholeOf(await busy.endpoint.request(DOCUMENT, {}, SIGNAL))).toEqual({});
    const gone = await endpoint([page(502), page(502), json({ data: {} })], impatient);
    await expect(gone.endpoint.request(DOCUMENT, {}, SIGNAL)).rejects.toThrow('answered 502, which is no result');
  });

  it('that leads elsewhere is not followed, with a key least of all', async () => {
    const elsewhere = await endpoint([json({ data: {} })]);
    const location = `${elsewhere.url.origin}/api/graphql?a=b`;
    const { endpoint: server, url } = await endpoint([page(308, { location })], { key: new Secret('k') });
    await expect(server.request(DOCUMENT, {}, SIGNAL)).rejects.toThrow(
      `${url} leads to ${elsewhere.url.origin}/api/graphql: name that as --url.`,
    );
    expect(elsewhere.requests).toEqual([]);
  });

  it('gets nothing that is too large for it: it is refused as the server itself refuses it', async () => {
    const { endpoint: server, requests } = await endpoint([page(413), json({ data: {} })]);
    const refused = { data: null, errors: [expect.objectContaining({ code: 'OPERATION_TOO_LARGE' })] };
    expect(await server.request(DOCUMENT, { a: 'é'.repeat(300_000) }, SIGNAL)).toMatchObject(refused);
    expect(requests).toEqual([]);
    expect(await server.request(DOCUMENT, {}, SIGNAL)).toMatchObject(refused);
  });

  it('may say anything as its errors', async () => {
    const { endpoint: server } = await endpoint([json({ errors: [null, 'a', { path: 'a', extensions: 'b' }] })]);
    const { errors } = await server.request(DOCUMENT, {}, SIGNAL);
    expect(errors.map(({ code }) => code)).toEqual(Array(3).fill('UNKNOWN'));
    expect(errors.flatMap(({ path }) => path)).toEqual([]);
  });

  it('that stays away is given up after a while', async () => {
    const { endpoint: server, close, url } = await endpoint([json({ data: {} })], { patienceMs: 300 });
    await server.request(DOCUMENT, {}, SIGNAL);
    close();
    await expect(server.request(DOCUMENT, {}, SIGNAL)).rejects.toThrow(`${url.origin} cannot be reached: `);
  });

  it('that was never reached is given up at once, and it is said why', async () => {
    const { endpoint: server, close, waits, url } = await endpoint([json({ data: {} })]);
    close();
    await expect(server.request(DOCUMENT, {}, SIGNAL)).rejects.toThrow('cannot be reached');
    expect(waits).toEqual([]);
    // A name that may have several addresses, none of which is there.
    const named = endpointUrl(`http://localhost:${url.port}`, false);
    const asked = createGraphQLEndpoint({ url: named, key: null }).request(DOCUMENT, {}, SIGNAL);
    await expect(asked).rejects.toThrow(/cannot be reached: .*ECONNREFUSED/);
  });

  it.each([
    ['<html>', 200],
    [{ message: 'Not found' }, 404],
    [null, 200],
  ])('that answers something else is no GraphQL endpoint: %j', async (body, status) => {
    const { endpoint: server } = await endpoint([json(body, status)]);
    await expect(server.request(DOCUMENT, {}, SIGNAL)).rejects.toThrow(`answered ${status}, which is no result`);
  });

  it('is not waited for any longer than the signal says', async () => {
    const { endpoint: server } = await endpoint([refusal('RATE_LIMITED', { retryAfterMs: 60_000 })]);
    const controller = new AbortController();
    const asked = server.request(DOCUMENT, {}, controller.signal);
    setTimeout(() => controller.abort(new Error('Enough.')), 200);
    await expect(asked).rejects.toThrow('Enough.');
  });

  it('is not listened to any longer than the signal says', async () => {
    const controller = new AbortController();
    const { endpoint: server, waits } = await endpoint([
      (_request, response) => void response.writeHead(200).write('{', () => controller.abort(new Error('Enough.'))),
    ]);
    await expect(server.request(DOCUMENT, {}, controller.signal)).rejects.toThrow('Enough.');
    expect(waits).toEqual([]);
  });

  it('says how long to wait, or nothing', () => {
    expect(retryAfterOf({ extensions: { retryAfterMs: 5 } })).toBe(5);
    expect(retryAfterOf({ extensions: { retryAfterMs: 'soon' } })).toBeNull();
    expect(retryAfterOf({ extensions: JSON.parse('{"retryAfterMs":1e999}') as Record<string, unknown> })).toBeNull();
  });
});

it('a result without data and without errors is none', () => {
  expect(() => wholeOf({ data: null, errors: [], simulated: false })).toThrow('without data');
});

describe('the URL of an endpoint', () => {
  it.each([
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000/graphql'],
    ['http://localhost:4000/', 'http://localhost:4000/graphql'],
    ['http://[::1]:4000/graphql', 'http://[::1]:4000/graphql'],
    ['http://127.0.0.1:4000/graphql/', 'http://127.0.0.1:4000/graphql'],
    ['https://pay.example.com/api/?a=b#c', 'https://pay.example.com/api/graphql'],
  ])('is that of the server, or its own: %s', (given, url) => {
    expect(endpointUrl(given, true).href).toBe(url);
  });

  it.each([
    ['pay.example.com', true, '--url must be an http or https URL; it is pay.example.com.'],
    ['ftp://pay.example.com', false, '--url must be an http or https URL'],
    ['https://a:b@pay.example.com', false, '--url must not have credentials in it.'],
    ['http://pay.example.com', true, '--url must be an https URL: over http the key could be read on the way.'],
  ])('is refused in words: %s', (given, hasKey, message) => {
    expect(() => endpointUrl(given, hasKey)).toThrow(message);
  });

  it.each(['https://a:secret@b', 'ftp://a:secret@b', 'a:secret@b', 'https://a:secret@', 'http://b/?c=secret@d'])(
    'is not repeated where a password may be in it: %s',
    (given) => {
      expect(() => endpointUrl(given, false)).toThrow(/^--url must not have credentials in it\.$/);
    },
  );

  it('may be in the clear where no key is sent', () => {
    expect(endpointUrl('http://pay.internal:4000', false).href).toBe('http://pay.internal:4000/graphql');
  });
});
