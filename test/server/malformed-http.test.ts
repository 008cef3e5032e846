import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'vitest';
import type { TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';

const ASKED_FOR = 'apollo-require-preflight: true\r\n';
const UPGRADE =
  'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n' +
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n';
const OPERATION = '{"query":"{ __typename }"}';
const posted = (path: string, more: string): string =>
  `POST ${path} HTTP/1.1\r\n${more}content-type: application/json\r\ncontent-length: ${OPERATION.length}\r\n\r\n${OPERATION}`;

/** Each door with these headers, and whatever else it needs. */
const DOORS: Readonly<Record<string, (headers: string, version?: string) => string>> = {
  HTTP: (headers) => posted('/graphql', headers),
  'HTTP by GET': (headers, version = '1.1') =>
    `GET /graphql?query=%7B__typename%7D HTTP/${version}\r\n${headers}${ASKED_FOR}\r\n`,
  'server-sent events': (headers) => posted('/graphql/stream', `${headers}accept: text/event-stream\r\n`),
  'server-sent events by GET': (headers, version = '1.1') =>
    `GET /graphql/stream?query=%7B__typename%7D HTTP/${version}\r\n${headers}accept: text/event-stream\r\n${ASKED_FOR}\r\n`,
  WebSocket: (headers) => `GET /graphql HTTP/1.1\r\n${headers}${UPGRADE}\r\n`,
};

describe.concurrent('the Host header', () => {
  useServers();
  const message = 'The request must have one valid Host header.';

  it.for([
    ['is missing', ''],
    ['is empty', 'host:\r\n'],
    ['is there twice', 'host: localhost\r\nhost: localhost\r\n'],
    ['is two hosts', 'host: localhost\r\nhost: evil.example\r\n'],
    ['has a space', 'host: local host\r\n'],
    ['has a path', 'host: localhost/graphql\r\n'],
    ['has a user', 'host: localhost@evil.example\r\n'],
    ['has no valid port', 'host: localhost:http\r\n'],
    ['has a port beyond all', 'host: localhost:65536\r\n'],
    ['is half an address', 'host: [::1\r\n'],
    ['is an escape', 'host: %6cocalhost\r\n'],
    ['has a zero byte', 'host: local\0host\r\n'],
  ] as const)('is refused alike at every door if it %s', async ([what, headers], { start, expect }) => {
    const server = await start();
    for (const [door, request] of Object.entries(DOORS)) {
      const { status, errors } = await exchange(server, request(headers));
      const said = what === 'has a zero byte' ? 'The request is not valid HTTP.' : message;
      expect([status, errors], door).toEqual([400, [{ message: said, extensions: { code: 'BAD_REQUEST' } }]]);
    }
  });

  it('is needed in a request of HTTP/1.0, too', async ({ start, expect }) => {
    const server = await start();
    for (const door of ['HTTP by GET', 'server-sent events by GET']) {
      const { status, errors } = await exchange(server, DOORS[door]?.('', '1.0') ?? '');
      expect([status, errors], door).toMatchObject([400, [{ message }]]);
      const served = await exchange(server, DOORS[door]?.('host: localhost\r\n', '1.0') ?? '');
      expect(served.status, door).toBe(200);
    }
  });
});

describe.concurrent('what HTTP refuses is a GraphQL error without a stack:', () => {
  useServers();
  const HOST = 'host: localhost\r\n';
  const LONG = 'x'.repeat(20_000);

  it.for<[string, string, number, string]>([
    ['not HTTP', 'hello\r\n\r\n', 400, 'BAD_REQUEST'],
    ['an unknown version', 'GET / HTTP/9.9\r\n\r\n', 400, 'BAD_REQUEST'],
    [
      'two lengths',
      `POST /graphql HTTP/1.1\r\n${HOST}content-length: 1\r\ncontent-length: 2\r\n\r\n`,
      400,
      'BAD_REQUEST',
    ],
    ['headers that are too large', `GET /graphql HTTP/1.1\r\n${HOST}x: ${LONG}\r\n\r\n`, 431, 'BAD_REQUEST'],
    ['a URL that is too long', `GET /graphql?query=${LONG} HTTP/1.1\r\n${HOST}\r\n`, 431, 'BAD_REQUEST'],
    [
      'an upgrade that is too large',
      `GET /graphql HTTP/1.1\r\n${HOST}x: ${LONG}\r\n${UPGRADE}\r\n`,
      431,
      'BAD_REQUEST',
    ],
    ['a path that is no escape', `GET /graphql/%ZZ HTTP/1.1\r\n${HOST}\r\n`, 400, 'BAD_REQUEST'],
    ['a path with a slash at its end', `GET /graphql/ HTTP/1.1\r\n${HOST}\r\n`, 404, 'NOT_FOUND'],
    ['a POST to a path with a slash at its end', posted('/graphql/', HOST), 404, 'NOT_FOUND'],
    ['a stream with a slash at its end', posted('/graphql/stream/', HOST), 404, 'NOT_FOUND'],
    ['an upgrade with a slash at its end', `GET /graphql/ HTTP/1.1\r\n${HOST}${UPGRADE}\r\n`, 404, 'NOT_FOUND'],
    [
      'a handshake without a key',
      `GET /graphql HTTP/1.1\r\n${HOST}${UPGRADE.replace(/sec-websocket-key.*\r\n/, '')}\r\n`,
      400,
      'BAD_REQUEST',
    ],
    [
      'a handshake of another version',
      `GET /graphql HTTP/1.1\r\n${HOST}${UPGRADE.replace('13', '7')}\r\n`,
      400,
      'BAD_REQUEST',
    ],
    [
      'a handshake with protocols that cannot be read',
      `GET /graphql HTTP/1.1\r\n${HOST}${UPGRADE.replace('graphql-transport-ws', ',,')}\r\n`,
      400,
      'BAD_REQUEST',
    ],
    ['an unknown path', `GET /nowhere HTTP/1.1\r\n${HOST}\r\n`, 404, 'NOT_FOUND'],
    ['a whole URL with an unknown path', `GET http://localhost/nowhere HTTP/1.1\r\n${HOST}\r\n`, 404, 'NOT_FOUND'],
    ['another method', `PUT /graphql HTTP/1.1\r\n${HOST}content-length: 0\r\n\r\n`, 405, 'BAD_REQUEST'],
    [
      'a body of another type',
      `POST /graphql HTTP/1.1\r\n${HOST}content-type: text/xml\r\ncontent-length: 1\r\n\r\n<`,
      415,
      'BAD_REQUEST',
    ],
    ['a compressed body', posted('/graphql', `${HOST}content-encoding: gzip\r\n`), 415, 'BAD_REQUEST'],
    [
      'a broken chunk',
      `POST /graphql HTTP/1.1\r\n${HOST}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
      400,
      'BAD_REQUEST',
    ],
  ])('%s', async ([, request, status, code], { start, expect }) => {
    const server = await start();
    const answer = await exchange(server, request);
    expect(answer).toMatchObject({ status, errors: [{ message: expect.any(String), extensions: { code } }] });
    expect(answer.text).not.toMatch(/node_modules|\n\s+at |"stack"|FST_|HPE_/);
    expect(answer.text).toMatch(/content-type: application\/json; charset=utf-8/i);
    if (status === 415) expect(answer.text).toMatch(/\r\naccept-encoding: identity\r\n/);
    if (status === 405) expect(answer.text).toMatch(/\r\nallow: GET, POST\r\n/);
  });

  it('a HEAD has no body', async ({ start, expect }) => {
    const server = await start();
    for (const path of ['/graphql?query=%7B__typename%7D', '/graphql/stream?query=%7B__typename%7D']) {
      const { status, text } = await exchange(server, `HEAD ${path} HTTP/1.1\r\n${HOST}${ASKED_FOR}\r\n`);
      expect([status, text.split('\r\n\r\n')[1]], path).toEqual([405, '']);
    }
  });

  it('what follows a stream in progress does not get into it', async ({ start, expect }) => {
    const server = await start();
    const query = 'subscription { reportStatus(answers: { jobTitle: "Cashier", country: "Canada" }) { status } }';
    const body = JSON.stringify({ query });
    const text = await textOf(
      server,
      `POST /graphql/stream HTTP/1.1\r\n${HOST}accept: text/event-stream\r\ncontent-type: application/json\r\n` +
        `content-length: ${body.length}\r\n\r\n${body}`,
      'not HTTP\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1.1 200 /);
    expect(text).not.toContain('errors');
  });
});

interface Answer {
  readonly status: number;
  readonly errors: readonly object[];
  readonly text: string;
}

async function exchange(server: TestServer, request: string): Promise<Answer> {
  const text = await textOf(server, request);
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const errors = body.startsWith('{') ? ((JSON.parse(body) as { errors?: object[] }).errors ?? []) : [];
  return { status: Number(head.split(' ')[1]), errors, text };
}

/** Sends the text, and what comes then once something has been answered; resolves to the whole answer. */
async function textOf({ url }: TestServer, request: string, then?: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (data: string) => {
    if (text === '' && then !== undefined) socket.write(then);
    text += data;
    const length = /\r\ncontent-length: (\d+)\r\n[^]*?\r\n\r\n/i.exec(text);
    const complete = length && text.length >= length.index + length[0].length + Number(length[1]);
    if (then === undefined && (complete || request.startsWith('HEAD') || text.endsWith('0\r\n\r\n'))) socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.write(request, 'latin1');
  await once(socket, 'close');
  return text;
}
