import { describe, it } from 'vitest';
import type { TestServer } from '../fixtures/server/server.js';
import { numbered } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';

const QUERY = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { levelUsed } } }';
/** Where the bytes of a test go. */
const CITY = 'CITY';
const BODY = JSON.stringify({ query: QUERY, variables: { answers: { ...numbered(), city: CITY } } });

const NOT_UTF_8: [what: string, bytes: number[]][] = [
  ['Latin-1', [0xfc]],
  ['a character cut off', [0xe2, 0x82]],
  ['a lone continuation byte', [0x80]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['an encoded surrogate', [0xed, 0xa0, 0x80]],
  ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ['a byte that UTF-8 never has', [0xff]],
];

const PATHS = ['/graphql', '/graphql/stream'] as const;
const HEADERS = { accept: 'text/event-stream, application/json', 'apollo-require-preflight': 'true' };

describe.concurrent('what is not UTF-8 is refused, and nothing is bought', () => {
  useServers();
  useSockets();

  it.for(NOT_UTF_8)('in a body: %s', async ([, bytes], { start, upstream, expect }) => {
    const server = await start();
    for (const path of PATHS) {
      expect(await posted(server, path, bodyWith(bytes)), path).toEqual(refusal(400, 'The body must be UTF-8.'));
    }
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it.for([
    ...NOT_UTF_8.map(([what, bytes]): [string, string] => [what, percentEncoded(bytes)]),
    ['a percent sign alone', '%'] as [string, string],
    ['half of an escape', '%f'] as [string, string],
    ['an escape that is not hexadecimal', '%zz'] as [string, string],
  ])('in a query string: %s', async ([, city], { start, upstream, expect }) => {
    const server = await start();
    const message = 'The query string must be percent-encoded UTF-8.';
    for (const path of PATHS) expect(await got(server, path, city), path).toEqual(refusal(400, message));
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it.for(NOT_UTF_8)('in a frame: %s', async ([, bytes], { start, connectAndInit, upstream, expect }) => {
    const server = await start();
    const message = `{"id":"1","type":"subscribe","payload":${BODY}}`;
    for (const [binary, code] of [
      [true, 4400],
      [false, 1007],
    ] as const) {
      const socket = await connectAndInit(server);
      socket.raw.send(replaced(message, bytes), { binary });
      expect((await socket.closed).code, binary ? 'binary' : 'text').toBe(code);
    }
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it.for(['latin1', 'ISO-8859-1', 'utf-16', '"windows-1252"', 'utf-8; charset=latin1'])(
    'in a body that says it is %s',
    async (charset, { start, upstream, expect }) => {
      const server = await start();
      for (const path of PATHS) {
        const { status, code } = await posted(server, path, bodyWith(), { 'content-type': typeWith(charset) });
        expect([status, code], path).toEqual([415, 'BAD_REQUEST']);
      }
      expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
    },
  );

  it('in a body that is compressed', async ({ start, upstream, expect }) => {
    const server = await start();
    for (const path of PATHS) {
      const { status, code } = await posted(server, path, bodyWith(), { 'content-encoding': 'gzip' });
      expect([status, code], path).toEqual([415, 'BAD_REQUEST']);
    }
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });
});

describe.concurrent('UTF-8 is read as it was sent', () => {
  useServers();
  useSockets();
  const UMLAUT = [...Buffer.from('Zürich 👩 ')];

  it.for(['utf-8', 'UTF-8', 'utf8', '"utf-8"', '"utf\\-8"', 'us-ascii'])(
    'in a body that says it is %s, at both paths',
    async (charset, { start, upstream, expect }) => {
      const server = await start();
      for (const path of PATHS) {
        const { status } = await posted(server, path, bodyWith(UMLAUT), { 'content-type': typeWith(charset) });
        expect(status, path).toBe(200);
      }
      expect(upstream.submits().map(({ answers }) => answers.City)).toEqual(['Zürich 👩']);
    },
  );

  it('with a byte order mark in front', async ({ start, upstream, expect }) => {
    const server = await start();
    for (const path of PATHS) {
      const body = Buffer.concat([Buffer.from('\ufeff'), bodyWith(UMLAUT)]);
      expect((await posted(server, path, body)).status, path).toBe(200);
    }
    expect(upstream.submits().map(({ answers }) => answers.City)).toEqual(['Zürich 👩']);
  });

  it('with one byte order mark at most', async ({ start, expect }) => {
    const server = await start();
    const body = Buffer.concat([Buffer.from('\ufeff\ufeff'), bodyWith(UMLAUT)]);
    const refused = refusal(400, 'The body must have one byte order mark at most.');
    for (const path of PATHS) expect(await posted(server, path, body), path).toEqual(refused);
  });

  it('in frames, text or binary', async ({ start, connectAndInit, upstream, expect }) => {
    const server = await start();
    const socket = await connectAndInit(server);
    for (const binary of [false, true]) {
      const id = String(binary);
      socket.raw.send(replaced(`{"id":"${id}","type":"subscribe","payload":${BODY}}`, UMLAUT), { binary });
      expect(await socket.ended(id)).toMatchObject({ type: 'complete' });
    }
    expect(upstream.submits().map(({ answers }) => answers.City)).toEqual(['Zürich 👩']);
  });

  it('in a query string, where + is a space', async ({ start, expect }) => {
    const server = await start();
    const query = 'query ($answers: AnswersInput!) { report(answers: $answers) { answers { city } } }';
    for (const path of PATHS) {
      for (const city of ['Z%C3%BCrich+Oerlikon', 'Z%c3%bcrich%20Oerlikon']) {
        const response = await fetch(urlWith(server, path, city, query), { headers: HEADERS });
        expect(await response.text(), path).toContain('"city":"Zürich Oerlikon"');
      }
    }
  });
});

interface Answered {
  readonly status: number;
  readonly code?: unknown;
  readonly message?: unknown;
}

function refusal(status: number, message: string): Answered {
  return { status, code: 'BAD_REQUEST', message };
}

async function posted(
  { url }: TestServer,
  path: string,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const type = { 'content-type': 'application/json' };
  return answered(await fetch(url + path, { method: 'POST', headers: { ...HEADERS, ...type, ...headers }, body }));
}

/** `city` is percent-encoded already. */
async function got(server: TestServer, path: string, city: string): Promise<Answered> {
  return answered(await fetch(urlWith(server, path, city), { headers: HEADERS }));
}

function urlWith({ url }: TestServer, path: string, city: string, query?: string): string {
  const asked = JSON.parse(BODY) as { query: string; variables: object };
  const search = new URLSearchParams({ query: query ?? asked.query, variables: JSON.stringify(asked.variables) });
  return `${url}${path}?${String(search).replace(CITY, city)}`;
}

async function answered(response: Response): Promise<Answered> {
  const { status } = response;
  const text = await response.text();
  if (status === 200) return { status };
  const { errors } = JSON.parse(text) as { errors: { message: string; extensions: { code: unknown } }[] };
  return { status, code: errors[0]?.extensions.code, message: errors[0]?.message };
}

function bodyWith(city: readonly number[] = [...Buffer.from('Seattle')]): Buffer {
  return replaced(BODY, city);
}

function replaced(text: string, city: readonly number[]): Buffer {
  const [before, after] = text.split(CITY).map((part) => Buffer.from(part));
  return Buffer.concat([before as Buffer, Buffer.from(city), after as Buffer]);
}

function typeWith(charset: string): string {
  return `application/json; charset=${charset}`;
}

function percentEncoded(bytes: readonly number[]): string {
  return bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
