import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { SEATTLE } from '../fixtures/answers/answers.js';
import type { TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { DOOR_NAMES, DOORS } from './doors.js';

const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on Report { id answers { city } pay { reportRating } } }
}`;

describe.concurrent('a router of Apollo Federation', () => {
  useServers({ pendingPolls: 0 });

  it('gets reports by their references, in their order, each with what it lacks', async ({
    start,
    upstream,
    expect,
  }) => {
    const server = await start();
    const id = await requested(server, SEATTLE);
    const reference = { __typename: 'Report', id };
    const unknown = { __typename: 'Report', id: 'A'.repeat(43) };
    const wrong = [{ __typename: 'Report', id: 'x' }, { __typename: 'Report' }, { __typename: 'Query', id }, { id }];
    const { data, errors } = await server.run(ENTITIES, {
      representations: [unknown, reference, ...wrong, { ...reference, other: { deep: [1] } }],
    });
    const report = { id, answers: { city: 'Seattle' }, pay: { reportRating: 0.86 } };
    expect(data).toEqual({ _entities: [null, report, null, null, null, null, report] });
    expect(errors.map(({ path, extensions }) => [path, extensions['code'], extensions['argument']])).toEqual([
      [['_entities', 2], 'BAD_USER_INPUT', 'representations[2].id'],
      [['_entities', 3], 'BAD_USER_INPUT', 'representations[3].id'],
      [['_entities', 4], 'BAD_USER_INPUT', 'representations[4].__typename'],
      [['_entities', 5], 'BAD_USER_INPUT', 'representations[5].__typename'],
    ]);
    expect(upstream.bought()).toBe(1);
  });

  it('buys nothing by referring to reports, and what it selects of them once', async ({ start, upstream, expect }) => {
    const server = await start();
    const id = await requested(server, SEATTLE, []);
    expect(id).toHaveLength(43);
    const bare = `{ _entities(representations: [{ __typename: "Report", id: "${id}" }]) { __typename ... on Node { id } } }`;
    expect((await server.run(bare)).data).toEqual({ _entities: [null] });
    await requested(server, SEATTLE, ['YOE']);
    expect((await server.run(bare)).data).toEqual({ _entities: [{ __typename: 'Report', id }] });
    await expect.poll(() => upstream.bought()).toBe(1);
    const representations = [1, 2, 3].map(() => ({ __typename: 'Report', id }));
    expect((await server.run(ENTITIES, { representations })).errors).toEqual([]);
    expect(upstream.bought()).toBe(2);
  });

  it('has the limits of everybody: reports count for each reference, and so do elements', async ({ start, expect }) => {
    const server = await start({ env: { MAX_REPORTS_PER_OPERATION: '3' } });
    const many = (count: number) => Array.from({ length: count }, () => ({ __typename: 'Report', id: 'A'.repeat(43) }));
    expect((await server.run(ENTITIES, { representations: many(3) })).errors).toEqual([]);
    expect((await server.run(ENTITIES, { representations: many(4) })).errors).toMatchObject([
      { extensions: { code: 'OPERATION_TOO_LARGE', limit: 3, value: 4 } },
    ]);
    const bare = ENTITIES.replace('pay { reportRating }', '');
    expect((await server.run(bare, { representations: many(1_000) })).errors).toEqual([]);
    expect((await server.run(bare, { representations: many(1_001) })).errors).toMatchObject([
      { extensions: { code: 'OPERATION_TOO_LARGE', limit: 1_000, value: 1_001 } },
    ]);
  });

  it.for([1, 'Report', ['Report'], null])('must refer by objects, not by %j', async (reference, { start, expect }) => {
    const server = await start();
    const { data, errors } = await server.run(ENTITIES, { representations: [reference] });
    expect([data, errors]).toMatchObject([null, [{ extensions: { code: 'BAD_USER_INPUT' } }]]);
    const literal = JSON.stringify(reference);
    const written = await server.run(`{ _entities(representations: [${literal}]) { __typename } }`);
    expect(written.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });
});

describe.concurrent('the schema', () => {
  useServers({ pendingPolls: 0 });
  useSockets();

  it('is shown to clients, and to routers as that of a subgraph, where introspection is allowed', async ({
    start,
    expect,
  }) => {
    const server = await start({ env: { INTROSPECTION: 'true' } });
    const page = await fetch(`${server.url}/schema.graphql`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    const text = await page.text();
    expect(readFileSync('schema.graphql', 'utf8')).toContain(`\n\n${text}`);
    const { data } = await server.run<{ service: { sdl: string } }, object>('{ service: _service { sdl } }', {});
    expect(data?.service.sdl).toContain('type Report implements Node @key(fields: "id") {');
    expect(data?.service.sdl).toContain(text.slice(-500));
  });

  it.for(DOOR_NAMES)('is hidden without introspection, while entities are served: %s', async (door, context) => {
    const { start, expect } = context;
    const server = await start({ env: { INTROSPECTION: 'false' } });
    const hidden = await DOORS[door](
      server,
      { query: '{ ...S } fragment S on Query { s: _service { sdl } }' },
      context,
    );
    expect(hidden.errors).toMatchObject([{ extensions: { validationErrorCode: 'INTROSPECTION_DISABLED' } }]);
    expect(JSON.stringify(hidden)).not.toContain('@key');
    const variables = { representations: [{ __typename: 'Report', id: 'A'.repeat(43) }] };
    expect(await DOORS[door](server, { query: ENTITIES, variables }, context)).toEqual({ data: { _entities: [null] } });
    expect((await fetch(`${server.url}/schema.graphql`)).status).toBe(404);
  });

  it('is shown to known clients only', async ({ start, expect }) => {
    const env = {
      INTROSPECTION: 'true',
      AUTH_MODE: 'api-key',
      API_KEYS: 'ann:a-long-key-of-ann-000000',
      OPERATORS: 'ann',
    };
    const server = await start({ env });
    const statusWith = async (headers: Record<string, string>) =>
      (await fetch(`${server.url}/schema.graphql`, { headers })).status;
    expect(await statusWith({})).toBe(401);
    expect(await statusWith({ 'x-api-key': 'a-long-key-of-ann-000000' })).toBe(200);
  });
});

async function requested(server: TestServer, a: typeof SEATTLE, types = ['PAY']) {
  const query =
    'mutation ($a: AnswersInput!, $types: [ReportType!]!) { requestReport(answers: $a, types: $types) { id } }';
  const { data } = await server.run<{ requestReport: { id: string } }, object>(query, { a, types });
  return data?.requestReport.id ?? '';
}
