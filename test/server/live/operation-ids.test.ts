import { describe, it } from 'vitest';
import { pending } from '../../fixtures/upstream/upstream.js';
import type { Message, RawSocket } from '../../fixtures/sockets/raw-socket.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';

const FOLLOW = `subscription ($answers: AnswersInput!) {
  reportStatus(answers: $answers, types: [PAY]) { status report { answers { averageSizeCompetitor } } }
}`;

describe.concurrent('an operation id that is used again as soon as the client has completed the operation', () => {
  useServers();
  useSockets();

  it('belongs to the second subscription alone', async ({ start, connectAndInit, expect }) => {
    const socket = await connectAndInit(await start());
    for (let round = 0; round < 10; round++) {
      socket.subscribe('a', FOLLOW, { answers: numbered(2 * round) });
      socket.send({ id: 'a', type: 'complete' });
      const before = socket.messages.length;
      socket.subscribe('a', FOLLOW, { answers: numbered(2 * round + 1) });
      await nextEnd(socket, before);
      const sizes = sizesIn(socket.messages.slice(before));
      expect(sizes.at(-1), 'its own report is READY').toBe(2 * round + 1);
      socket.messages.slice(before).forEach(({ type }) => expect(['next', 'complete']).toContain(type));
    }
    // Those that had the id first received at most what was on its way when they were completed.
    const all = sizesIn(socket.messages);
    expect(all.filter((year) => year % 2 === 0).length).toBeLessThanOrEqual(10);
  });

  it('belongs to the second query alone', async ({ start, connectAndInit, upstream, expect }) => {
    upstream.script.poll('pay').push(pending(400));
    const socket = await connectAndInit(await start());
    const query =
      'query ($answers: AnswersInput!) { report(answers: $answers) { answers { averageSizeCompetitor } pay { levelUsed } } }';
    socket.subscribe('a', query, { answers: numbered(1) });
    socket.send({ id: 'a', type: 'complete' });
    socket.subscribe('a', query, { answers: numbered(2) });
    await socket.ended('a');
    expect(socket.results('a')).toMatchObject([{ data: { report: { answers: { averageSizeCompetitor: 2 } } } }]);
    expect(socket.results('a')[0]?.errors).toBeUndefined();
  });

  it('leaves nothing of the first ones: they take no room on the socket, and go when it goes', async ({
    start,
    connectAndInit,
    upstream,
    expect,
  }) => {
    upstream.script.poll('pay').otherwise(pending(60_000));
    const server = await start();
    const socket = await connectAndInit(server);
    for (let round = 0; round < 300; round++) {
      socket.subscribe('a', FOLLOW, { answers: numbered() });
      socket.send({ id: 'a', type: 'complete' });
    }
    expect(await socket.run('{ __typename }')).toMatchObject({ data: { __typename: 'Query' } });
    const before = socket.messages.length;
    for (let index = 0; index < 100; index++) socket.subscribe(`b${index}`, FOLLOW, { answers: numbered() });
    await expect.poll(() => new Set(socket.messages.slice(before).map(({ id }) => id)).size).toBe(100);
    expect(socket.messages.slice(before).filter(({ type }) => type === 'error')).toEqual([]);
    expect(socket.messages.slice(before).filter(({ id }) => id === 'a')).toEqual([]);
    await expect.poll(() => upstream.bought()).toBe(1);
  });

  it('is a duplicate while the first is still open', async ({ start, connectAndInit, upstream, expect }) => {
    upstream.script.poll('pay').otherwise(pending(60_000));
    const socket = await connectAndInit(await start());
    socket.subscribe('a:b', FOLLOW, { answers: numbered() });
    socket.subscribe('a:b', FOLLOW, { answers: numbered() });
    expect(await socket.closed).toEqual({ code: 4409, reason: 'Subscriber for a:b already exists' });
  });
});

describe.concurrent('an operation that cannot be read', () => {
  useServers();
  useSockets();

  it('is an error of its own, and does not close the socket', async ({ start, connectAndInit, stream, expect }) => {
    const server = await start();
    const socket = await connectAndInit(server);
    const deep = `query Deep ${'{ report '.repeat(5_000)}${'}'.repeat(5_000)}`;
    socket.subscribe('deep', deep);
    expect(await socket.ended('deep')).toMatchObject({ type: 'error' });
    expect((await socket.run('{ __typename }')).data).toEqual({ __typename: 'Query' });
    const streamed = await stream(server, { query: deep });
    await streamed.ended;
    expect(streamed.results).toMatchObject([{ errors: [{ extensions: { code: expect.any(String) } }] }]);
  });

  it.for(['ping', 'connection_init'])(
    'closes the socket with 4400 and the reason where a %s is nested too deeply',
    async (type, { start, connect, connectAndInit, expect }) => {
      const server = await start();
      const socket = type === 'ping' ? await connectAndInit(server) : await connect(server);
      socket.send(`{"type":"${type}","payload":${'['.repeat(15_000)}${']'.repeat(15_000)}}`);
      expect(await socket.closed).toEqual({ code: 4400, reason: expect.stringContaining('100 levels') });
    },
  );
});

/** The end of the first operation whose messages come after the first `from`. */
function nextEnd(socket: RawSocket, from: number): Promise<Message> {
  return socket.until((message) => message.type === 'complete' && socket.messages.indexOf(message) >= from);
}

function sizesIn(messages: readonly Message[]): number[] {
  return messages
    .filter(({ type }) => type === 'next')
    .map(
      ({ payload }) =>
        (payload as { data: { reportStatus: { report: { answers: { averageSizeCompetitor: number } } } } }).data,
    )
    .map(({ reportStatus }) => reportStatus.report.answers.averageSizeCompetitor);
}
