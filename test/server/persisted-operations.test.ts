import { hash } from 'node:crypto';
import { describe, it } from 'vitest';
import { FollowAnswersDocument, FullReportDocument, RequestReportDocument } from '../generated/operations.js';
import { numbered } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { BODIES, DOOR_NAMES, DOORS, STREAMING, type Sent } from './doors.js';

const NOT_FOUND = { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } };

describe.concurrent('automatic persisted queries', () => {
  useServers({ pendingPolls: 0 });
  useSockets();

  it.for(DOOR_NAMES)('are registered by %s with their text, and then served at every door', async (door, context) => {
    const { start, expect } = context;
    const server = await start();
    const query = `{ __typename } # ${door}`;
    const asked = { extensions: persisted(query) };
    for (const each of DOOR_NAMES) {
      expect(await DOORS[each](server, asked, context), each).toEqual({ errors: [NOT_FOUND] });
    }
    expect(await DOORS[door](server, { ...asked, query }, context)).toEqual({ data: { __typename: 'Query' } });
    for (const each of DOOR_NAMES) {
      expect(await DOORS[each](server, asked, context), each).toEqual({ data: { __typename: 'Query' } });
    }
  });

  it('are served by the documentId of GraphQL over HTTP, too', async (context) => {
    const { start, expect } = context;
    const server = await start();
    const query = 'query Named { name: __typename }';
    const documentId = `sha256:${hash('sha256', query)}`;
    for (const each of DOOR_NAMES) {
      expect(await DOORS[each](server, { documentId }, context), each).toEqual({ errors: [NOT_FOUND] });
    }
    expect((await server.run(query)).errors).toEqual([]);
    for (const each of DOOR_NAMES) {
      const { data } = await DOORS[each](server, { documentId, operationName: 'Named' }, context);
      expect(data, each).toEqual({ name: 'Query' });
    }
    const other = await DOORS.HTTP(server, { documentId: `sha256:${hash('sha256', 'a')}`, query });
    expect(other.errors?.[0]?.extensions).toEqual({ code: 'BAD_REQUEST' });
  });

  it('buy what they select, with their variables', async (context) => {
    const { start, upstream, expect } = context;
    const server = await start();
    const query = String(FullReportDocument);
    for (const [index, door] of BODIES.entries()) {
      const sent: Sent = { extensions: persisted(query), variables: { answers: numbered(index) } };
      if (index === 0) await DOORS[door](server, { ...sent, query }, context);
      const { data, errors } = await DOORS[door](server, sent, context);
      expect(errors, door).toBeUndefined();
      expect(data, door).toMatchObject({ report: { pay: { basePay: { percentile50: 104_300 } } } });
    }
    expect(upstream.count('submit')).toBe(BODIES.length);
  });

  it('follow a report, wherever subscriptions are served', async (context) => {
    const { start, expect } = context;
    const server = await start();
    const query = String(FollowAnswersDocument);
    const sent = { extensions: persisted(query), variables: { answers: numbered() } };
    for (const door of STREAMING) {
      expect(await DOORS[door](server, sent, context), door).toEqual({ errors: [NOT_FOUND] });
    }
    const { data } = await DOORS.WebSocket(server, { ...sent, query }, context);
    expect(data).toMatchObject({ reportStatus: { type: expect.any(String) } });
    for (const door of STREAMING) {
      expect((await DOORS[door](server, sent, context)).errors, door).toBeUndefined();
    }
  });

  it('are no way around what is not valid: that is refused, and not registered', async (context) => {
    const { start, expect } = context;
    const server = await start();
    const query = '{ nothing }';
    for (const door of DOOR_NAMES) {
      const { errors } = await DOORS[door](server, { query, extensions: persisted(query) }, context);
      expect(errors?.[0]?.extensions?.['code'], door).toBe('GRAPHQL_VALIDATION_FAILED');
      expect(await DOORS[door](server, { extensions: persisted(query) }, context), door).toEqual({
        errors: [NOT_FOUND],
      });
    }
  });

  it('are not registered under a hash that is not theirs', async (context) => {
    const { start, expect } = context;
    const server = await start();
    const query = '{ a: __typename }';
    const wrong = { extensions: persisted('{ b: __typename }') };
    for (const door of DOOR_NAMES) {
      const { errors } = await DOORS[door](server, { query, ...wrong }, context);
      expect(errors?.[0]?.extensions, door).toEqual({ code: 'BAD_REQUEST' });
      expect(await DOORS[door](server, wrong, context), door).toEqual({ errors: [NOT_FOUND] });
    }
  });

  it('count as operations, also those that are missing', async (context) => {
    const { start, expect } = context;
    const server = await start({ env: { RATE_LIMIT_MAX: String(DOOR_NAMES.length) } });
    const sent = { extensions: persisted('{ __typename }') };
    for (const door of DOOR_NAMES)
      expect(await DOORS[door](server, sent, context), door).toEqual({ errors: [NOT_FOUND] });
    for (const door of DOOR_NAMES) {
      const { errors } = await DOORS[door](server, sent, context);
      expect(errors?.[0]?.extensions?.['code'], door).toBe('RATE_LIMITED');
    }
  });

  it('by GET are none that a cache may keep while they are missing, and no mutations', async (context) => {
    const { start, expect } = context;
    const { url, run } = await start();
    const get = (query: string) =>
      fetch(`${url}/graphql?extensions=${encodeURIComponent(JSON.stringify(persisted(query)))}`, {
        headers: { 'apollo-require-preflight': 'true' },
      });
    const missing = await get('{ __typename }');
    expect([missing.status, missing.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const mutation = String(RequestReportDocument);
    await run<object, object>(mutation, { answers: numbered(), types: [] });
    expect((await get(mutation)).status).toBe(405);
  });
});

function persisted(query: string): object {
  return { persistedQuery: { version: 1, sha256Hash: hash('sha256', query) } };
}
