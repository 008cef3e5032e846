import { describe, it } from 'vitest';
import { send, UPGRADE } from '../../fixtures/server/request.js';
import { useServers } from '../../fixtures/server/use-servers.js';

/** As Java's HTTP client sends it with every request. */
const H2C = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA' };
const JSON_TYPE = { 'content-type': 'application/json' };
const OPERATION = JSON.stringify({ query: '{ __typename }' });

describe.concurrent('a request that offers an upgrade to HTTP/2', () => {
  useServers();

  it('is served as usual at /graphql', async ({ start, expect }) => {
    const { url } = await start();
    const { status, body } = await send(`${url}/graphql`, { headers: { ...H2C, ...JSON_TYPE }, body: OPERATION });
    expect([status, JSON.parse(body)]).toEqual([200, { data: { __typename: 'Query' } }]);
  });

  it('is served as usual at /graphql/stream', async ({ start, expect }) => {
    const { url } = await start();
    const headers = { ...H2C, ...JSON_TYPE, accept: 'text/event-stream' };
    const { status, body } = await send(`${url}/graphql/stream`, { headers, body: OPERATION });
    expect(status).toBe(200);
    expect(body).toContain('event: next\ndata: {"data":{"__typename":"Query"}}\n\nevent: complete\n');
  });

  it('is served as usual at /healthz', async ({ start, expect }) => {
    const { url } = await start();
    const { status, body } = await send(`${url}/healthz`, { headers: H2C });
    expect([status, JSON.parse(body)]).toEqual([200, { status: 'ok', version: expect.any(String) }]);
  });
});

describe.concurrent('a request for an upgrade to WebSocket', () => {
  useServers();

  it.for(['websocket', 'WebSocket'])('switches protocols at /graphql: %s', async (upgrade, { start, expect }) => {
    const { url } = await start();
    expect(await send(`${url}/graphql`, { headers: { ...UPGRADE, upgrade } })).toMatchObject({ status: 101 });
  });

  it.for(['/', '/healthz', '/graphql/stream', '/nowhere'])('is refused with 404 at %s', async (path, context) => {
    const { start, expect } = context;
    const { url } = await start();
    expect(await send(`${url}${path}`, { headers: UPGRADE })).toMatchObject({ status: 404 });
  });
});
