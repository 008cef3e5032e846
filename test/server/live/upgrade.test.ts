import { once } from 'node:events';
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, it } from 'vitest';
import { useServers } from '../../fixtures/server/use-servers.js';

/** As Java's HTTP client sends it with every request. */
const H2C = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA' };
const WEBSOCKET = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol': 'graphql-transport-ws',
};
const JSON_TYPE = { 'content-type': 'application/json' };
const OPERATION = JSON.stringify({ query: '{ __typename }' });

describe.concurrent('a request that offers an upgrade to HTTP/2', () => {
  useServers();

  it('is served as usual at /graphql', async ({ start, expect }) => {
    const { url } = await start();
    const { status, body } = await send(`${url}/graphql`, { ...H2C, ...JSON_TYPE }, OPERATION);
    expect([status, JSON.parse(body)]).toEqual([200, { data: { __typename: 'Query' } }]);
  });

  it('is served as usual at /graphql/stream', async ({ start, expect }) => {
    const { url } = await start();
    const headers = { ...H2C, ...JSON_TYPE, accept: 'text/event-stream' };
    const { status, body } = await send(`${url}/graphql/stream`, headers, OPERATION);
    expect(status).toBe(200);
    expect(body).toContain('event: next\ndata: {"data":{"__typename":"Query"}}\n\nevent: complete\n');
  });

  it('is served as usual at /healthz', async ({ start, expect }) => {
    const { url } = await start();
    const { status, body } = await send(`${url}/healthz`, H2C);
    expect([status, JSON.parse(body)]).toEqual([200, { status: 'ok' }]);
  });
});

describe.concurrent('a request for an upgrade to WebSocket', () => {
  useServers();

  it.for(['websocket', 'WebSocket'])('switches protocols at /graphql: %s', async (upgrade, { start, expect }) => {
    const { url } = await start();
    expect(await send(`${url}/graphql`, { ...WEBSOCKET, upgrade })).toMatchObject({ status: 101 });
  });

  it.for(['/', '/healthz', '/graphql/stream', '/nowhere'])('is refused with 404 at %s', async (path, context) => {
    const { start, expect } = context;
    const { url } = await start();
    expect(await send(`${url}${path}`, WEBSOCKET)).toMatchObject({ status: 404 });
  });
});

/** Sends a POST if there is a body, otherwise a GET, and hangs up after the answer. */
async function send(url: string, headers: OutgoingHttpHeaders, body?: string) {
  const sent = request(url, { method: body === undefined ? 'GET' : 'POST', headers, agent: false });
  sent.on('upgrade', (answer: IncomingMessage) => sent.emit('response', answer));
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const status = answer.statusCode;
  const received = status === 101 ? '' : await text(answer);
  sent.socket?.destroy();
  return { status, body: received };
}
