import { createHash, hash } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import { describe, it, type TestContext } from 'vitest';
import { FollowAnswersDocument, FullReportDocument, RequestReportDocument } from '../generated/operations.js';
import { numbered } from '../fixtures/answers/answers.js';
import { newDirectory } from '../fixtures/directory.js';
import { logOf } from '../fixtures/server/responses.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { BODIES, DOOR_NAMES, DOORS, STREAMING, type DoorName, type Sent } from './doors.js';

const LISTED = 'query Listed {\n  name: __typename\n}';
const DATA = { data: { name: 'Query' } };
const REFUSED = {
  errors: [
    {
      message: 'The server executes only the operations of its safelist, and this is none of them.',
      extensions: { code: 'OPERATION_NOT_LISTED' },
    },
  ],
};
const MD5 = createHash('md5').update(LISTED).digest('hex');

/** As Apollo's generator writes it. */
const APOLLO = JSON.stringify({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: [
    { id: 'listed-1', name: 'Listed', type: 'query', body: LISTED },
    ...[FullReportDocument, RequestReportDocument, FollowAnswersDocument].map(String).map((body, index) => ({
      id: hash('sha256', body),
      name: `Of the tests ${index}`,
      type: 'query',
      body,
    })),
  ],
});
/** As Relay's compiler writes it. */
const RELAY = JSON.stringify({ [MD5]: LISTED });

describe.concurrent('with a safelist', () => {
  useServers({ pendingPolls: 0 });
  useSockets();

  it.for<[string, string, Sent]>([
    ['its id as a hash', APOLLO, { extensions: persisted('listed-1') }],
    ['its SHA-256, whatever its id is', APOLLO, { extensions: persisted(hash('sha256', LISTED)) }],
    ['its id as documentId', APOLLO, { documentId: 'listed-1' }],
    ['its SHA-256 as documentId', APOLLO, { documentId: `sha256:${hash('sha256', LISTED)}` }],
    ['its text', APOLLO, { query: LISTED }],
    ['its text with other spaces and comments', APOLLO, { query: '# Mine.\nquery Listed { name: __typename, }' }],
    ['its text and its id', APOLLO, { query: LISTED, extensions: persisted('listed-1') }],
    [
      'its text and a hash of its own',
      APOLLO,
      { query: `${LISTED} `, extensions: persisted(hash('sha256', `${LISTED} `)) },
    ],
    ["Relay's id as documentId", RELAY, { documentId: MD5 }],
    ["Relay's id as a hash", RELAY, { extensions: persisted(MD5) }],
    ['its text in a map', RELAY, { query: LISTED }],
  ])('a listed operation is served by %s, at every door', async ([, manifest, sent], context) => {
    const { start, expect } = context;
    const server = await start({ env: { SAFELIST_FILE: await file(context, manifest) } });
    for (const door of DOOR_NAMES) expect(await DOORS[door](server, sent, context), door).toEqual(DATA);
  });

  it.for<[string, Sent, readonly DoorName[]]>([
    ['another text', { query: '{ __typename }' }, DOOR_NAMES],
    ['a text that has more', { query: `${LISTED} query More { __typename }`, operationName: 'Listed' }, DOOR_NAMES],
    ['what cannot be parsed', { query: '{' }, DOOR_NAMES],
    ['half a string', { query: '{ a(b: "' }, DOOR_NAMES],
    ['a hash', { extensions: persisted(hash('sha256', '{ __typename }')) }, DOOR_NAMES],
    ['a text with its hash', { query: '{ a: __typename }', extensions: persisted('a') }, DOOR_NAMES],
    ['the id of what every object has', { documentId: 'constructor' }, DOOR_NAMES],
    ['introspection', { query: getIntrospectionQuery() }, DOOR_NAMES],
    [
      'a purchase',
      { query: String(FullReportDocument).replace('{', '{ __typename '), variables: { answers: numbered() } },
      BODIES,
    ],
    ['a subscription', { query: 'subscription { reportStatusById(id: "x") { status } }' }, STREAMING],
  ])('nothing else is served, at any door: %s', async ([, sent, doors], context) => {
    const { start, upstream, expect } = context;
    const env = { SAFELIST_FILE: await file(context, APOLLO), INTROSPECTION: 'true', PLAYGROUND: 'false' };
    const server = await start({ env });
    for (const door of doors) expect(await DOORS[door](server, sent, context), door).toEqual(REFUSED);
    expect(upstream.submits()).toEqual([]);
    for (const { errors } of logOf(server).filter(({ msg }) => msg === 'operation')) {
      expect(errors).toEqual(['OPERATION_NOT_LISTED']);
    }
  });

  it.for(BODIES)('a text that is too large to be compared is refused for that by %s', async (door, context) => {
    const { start, expect } = context;
    const server = await start({ env: { SAFELIST_FILE: await file(context, APOLLO) } });
    const { errors } = await DOORS[door](server, { query: `{ ${'a '.repeat(5_000)} }` }, context);
    expect(errors?.[0]?.extensions?.['code']).toBe('OPERATION_TOO_LARGE');
  });

  it('the manifest may be larger than a file of keys', async (context) => {
    const { start, expect } = context;
    const server = await start({ env: { SAFELIST_FILE: await file(context, `${APOLLO}${' '.repeat(2 ** 21)}`) } });
    expect((await server.run(LISTED)).errors).toEqual([]);
  });

  it('a refusal has the status 403', async (context) => {
    const { start, stream, expect } = context;
    const server = await start({ env: { SAFELIST_FILE: await file(context, APOLLO) } });
    expect((await server.run('{ __typename }')).status).toBe(403);
    expect((await stream(server, { query: '{ __typename }' })).status).toBe(403);
  });

  it('a text and the id of another operation are refused', async (context) => {
    const { start, expect } = context;
    const server = await start({ env: { SAFELIST_FILE: await file(context, APOLLO) } });
    const sent = { query: String(FullReportDocument), extensions: persisted('listed-1') };
    for (const door of BODIES) {
      const { errors } = await DOORS[door](server, sent, context);
      expect(errors?.[0]?.extensions, door).toEqual({ code: 'BAD_REQUEST' });
    }
  });

  it('listed operations buy and are followed', async (context) => {
    const { start, upstream, expect } = context;
    const server = await start({ env: { SAFELIST_FILE: await file(context, APOLLO) } });
    const variables = { answers: numbered() };
    const query = String(FollowAnswersDocument);
    for (const door of STREAMING) {
      expect(
        (await DOORS[door](server, { extensions: persisted(hash('sha256', query)), variables }, context)).errors,
      ).toBe(undefined);
    }
    expect((await server.run(FullReportDocument, variables)).errors).toEqual([]);
    expect(upstream.bought()).toBe(2);
  });

  it('the playground may read the schema, where it is served and introspection is on', async (context) => {
    const { start, expect } = context;
    const SAFELIST_FILE = await file(context, APOLLO);
    const shown = await start({ env: { SAFELIST_FILE, PLAYGROUND: 'true', INTROSPECTION: 'true' } });
    expect((await shown.run(getIntrospectionQuery())).errors).toEqual([]);
    expect((await shown.run('{ __schema { queryType { name } } }')).status).toBe(403);
    const hidden = await start({ env: { SAFELIST_FILE, PLAYGROUND: 'true', INTROSPECTION: 'false' } });
    expect((await hidden.run(getIntrospectionQuery())).status).toBe(403);
  });

  it('a new version of the file counts within seconds, and a bad one changes nothing', async (context) => {
    const { start, expect } = context;
    const path = await file(context, RELAY);
    const server = await start({ env: { SAFELIST_FILE: path } });
    const served = async (query: string) => (await server.run(query)).status === 200;
    const logged = (msg: string) => logOf(server).filter((line) => line['msg'] === msg);
    expect([await served(LISTED), await served('{ a: __typename }')]).toEqual([true, false]);

    await replace(path, '{"1":"{ a: __typename }"}');
    await expect.poll(() => served('{ a: __typename }')).toBe(true);
    expect(await served(LISTED)).toBe(false);
    expect(logged('the safelist has changed')).toHaveLength(1);

    await replace(path, '{"1":"{ a: __typename }","2":"{ nothing }"}');
    const fault = 'the file of the safelist cannot be used; the last list is';
    await expect
      .poll(() => logged(fault))
      .toMatchObject([{ level: 50, file: path, fault: expect.stringContaining('Cannot query field "nothing"') }]);
    expect([await served('{ a: __typename }'), await served('{ nothing }')]).toEqual([true, false]);

    await replace(path, RELAY);
    await expect.poll(() => served(LISTED)).toBe(true);
    expect(logged('the file of the safelist can be used again')).toHaveLength(1);
  });

  it.for([
    ['is missing', null, 'cannot be read (ENOENT)'],
    ['is no JSON', 'query Listed { __typename }', 'is not JSON'],
    ['is no manifest', '[]', 'is not a manifest of persisted operations'],
    ['lists nothing', '{}', 'has no operation'],
    [
      'lists what is not valid',
      JSON.stringify({ [MD5]: LISTED, misspelt: '{ reprt { id } }' }),
      'has an operation that this server cannot execute, "misspelt": Cannot query field "reprt"',
    ],
    [
      'lists what cannot be parsed',
      '{"half":"{"}',
      'has an operation that this server cannot execute, "half": Syntax Error',
    ],
  ] as const)('the server does not start if it %s', async ([, text, fault], context) => {
    const { start, upstream, expect } = context;
    const path = text === null ? join(await directory(context), 'none.json') : await file(context, text);
    await expect(start({ env: { SAFELIST_FILE: path } })).rejects.toThrow(`SAFELIST_FILE: ${path} ${fault}`);
    expect(upstream.submits()).toEqual([]);
  });
});

function persisted(sha256Hash: string): object {
  return { persistedQuery: { version: 1, sha256Hash } };
}

async function directory({ atEnd }: TestContext): Promise<string> {
  const { path, remove } = await newDirectory();
  atEnd(remove);
  return path;
}

async function file(context: TestContext, text: string): Promise<string> {
  const path = join(await directory(context), 'safelist.json');
  await writeFile(path, text);
  return path;
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
