import { describe, it } from 'vitest';
import { PayOnlyDocument } from '../../generated/operations.js';
import type { TestServer } from '../../fixtures/server/server.js';
import { hang } from '../../fixtures/upstream/upstream.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';

const LIMIT = 100;

/** Neither the wait of a query nor the poll of its report ends by itself. */
const PATIENT = { env: { REPORT_WAIT_MS: '600000' }, overrides: { timeouts: { poll: 600_000 } } };

describe.concurrent('a waiting query on a socket', () => {
  useServers();
  useSockets();

  it('ends as soon as the client completes it', async ({ start, connectAndInit, upstream, expect }) => {
    upstream.script.poll('pay').otherwise(hang());
    const server = await start(PATIENT);
    const socket = await connectAndInit(server);
    socket.subscribe('a', PayOnlyDocument, { answers: numbered() });
    await expect.poll(() => upstream.polls('pay').length).toBe(1);
    expect(ends(server)).toEqual([]);

    socket.send({ id: 'a', type: 'complete' });
    await expect.poll(() => ends(server).length).toBe(1);
    expect((await socket.run('{ __typename }')).data).toEqual({ __typename: 'Query' });
    expect(
      socket.messages.filter(({ id }) => id === 'a'),
      'no more messages about it',
    ).toEqual([]);
  });

  it('ends for each of two successive operations that use the same id', async ({
    start,
    connectAndInit,
    upstream,
    expect,
  }) => {
    upstream.script.poll('pay').otherwise(hang());
    const server = await start(PATIENT);
    const socket = await connectAndInit(server);
    const answers = numbered();
    socket.subscribe('a', PayOnlyDocument, { answers });
    await expect.poll(() => upstream.polls('pay').length).toBe(1);
    socket.send({ id: 'a', type: 'complete' });
    socket.subscribe('a', PayOnlyDocument, { answers });
    await expect.poll(() => ends(server).length).toBe(1);
    socket.send({ id: 'a', type: 'complete' });
    await expect.poll(() => ends(server).length).toBe(2);
  });

  it('ends for each of many that are completed immediately', async ({ start, connectAndInit, upstream, expect }) => {
    upstream.script.poll('pay').otherwise(hang());
    const server = await start(PATIENT);
    const socket = await connectAndInit(server);
    const payload = { query: String(PayOnlyDocument), variables: { answers: numbered() } };
    for (let index = 0; index < 3 * LIMIT; index++) {
      socket.send({ id: `q${index}`, type: 'subscribe', payload });
      socket.send({ id: `q${index}`, type: 'complete' });
    }

    // All slots must be free again: no completed query may still be waiting.
    const open = Array.from({ length: LIMIT }, (_, index) => `again${index}`);
    await expect.poll(async () => (await socket.run('{ __typename }')).data).toBeTruthy();
    let before = 0;
    const allEnded = async (): Promise<boolean> => {
      before = ends(server).length;
      for (let round = 0; round < 10; round++) await socket.run('{ __typename }');
      return before >= LIMIT && before === ends(server).length;
    };
    await expect.poll(allEnded).toBe(true);
    for (const id of open) socket.subscribe(id, PayOnlyDocument, { answers: numbered() });
    socket.subscribe('too many', '{ __typename }');
    expect(await socket.ended('too many')).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'RATE_LIMITED', limit: LIMIT } }],
    });
    expect(
      socket.messages.filter(({ id = '' }) => open.includes(id)),
      'these are waiting',
    ).toEqual([]);
    expect(ends(server)).toHaveLength(before);
    expect(before).toBeLessThanOrEqual(3 * LIMIT);
    await expect.poll(() => upstream.polls('pay').length).toBe(1);
    expect(upstream.bought()).toBe(1);
  });

  it('ends when its socket closes', async ({ start, connectAndInit, upstream, expect }) => {
    upstream.script.poll('pay').otherwise(hang());
    const server = await start(PATIENT);
    const socket = await connectAndInit(server);
    for (const id of ['a', 'b', 'c']) socket.subscribe(id, PayOnlyDocument, { answers: numbered() });
    await expect.poll(() => upstream.polls('pay').length).toBe(1);
    socket.wire.resetAndDestroy();
    await expect.poll(() => ends(server).length).toBe(3);
  });
});

/** The log lines of finished pay queries. */
function ends({ logged }: TestServer): Record<string, unknown>[] {
  return logged
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg, operation }) => msg === 'operation' && operation === 'PayOnly');
}
