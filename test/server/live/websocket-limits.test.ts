import { describe, it } from 'vitest';
import { FollowAnswersDocument as FOLLOWED, type StepFragment } from '../../generated/operations.js';
import { gate, pending } from '../../fixtures/upstream/upstream.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';

describe.concurrent('opening a WebSocket', () => {
  useServers();
  useSockets();

  const pages = 'https://app.example.com,http://localhost:5173';
  it.for([
    { origins: pages, origin: 'https://app.example.com', allowed: true },
    { origins: pages, origin: 'http://localhost:5173', allowed: true },
    { origins: pages, origin: 'https://app.example.com.evil.example', allowed: false },
    { origins: pages, origin: 'http://app.example.com', allowed: false },
    { origins: pages, origin: 'null', allowed: false },
    { origins: pages, origin: undefined, allowed: true },
    { origins: pages, origin: 'itself', allowed: true },
    { origins: '', origin: 'https://app.example.com', allowed: false },
    { origins: '', origin: 'itself', allowed: true },
    { origins: '', origin: undefined, allowed: true },
    { origins: '*', origin: 'https://anything.example', allowed: true },
    { origins: '*', origin: 'null', allowed: false },
  ])('CORS_ORIGINS=$origins, origin $origin: allowed $allowed', async (given, { start, connect, expect }) => {
    const server = await start({ env: { CORS_ORIGINS: given.origins } });
    const origin = given.origin === 'itself' ? server.url : given.origin;
    const opening = connect(server, origin === undefined ? {} : { origin });
    if (given.allowed) expect((await opening).raw.protocol).toBe('graphql-transport-ws');
    else await expect(opening).rejects.toThrow('403');
  });
});

describe.concurrent('the operation limit of a socket', () => {
  useServers();
  useSockets();

  it('rejects the 101st subscription while the other 100 continue', async ({
    start,
    connectAndInit,
    upstream,
    expect,
  }) => {
    const held = [gate(), gate()] as const;
    upstream.script.poll('pay').push(held[0]);
    upstream.script.poll('yoe').push(held[1]);
    const socket = await connectAndInit(await start());
    const ids = Array.from({ length: 100 }, (_, index) => `s${index}`);
    for (const id of ids) socket.subscribe(id, FOLLOWED, { answers: numbered() });
    await Promise.all([held[0].arrived, held[1].arrived]);

    socket.subscribe('one too many', FOLLOWED, { answers: numbered(6) });
    expect(await socket.ended('one too many')).toEqual({
      id: 'one too many',
      type: 'error',
      payload: [{ message: expect.stringContaining('100'), extensions: { code: 'RATE_LIMITED', limit: 100 } }],
    });
    held.forEach((gate) => gate.release());
    const ends = await Promise.all(ids.map((id) => socket.ended(id)));

    expect(ends.filter(({ type }) => type !== 'complete')).toEqual([]);
    for (const id of ids) {
      const steps = socket.results(id).map(({ data }) => data?.['reportStatus'] as StepFragment);
      expect(steps.filter(({ status }) => status === 'READY').map(({ type }) => type)).toHaveLength(2);
    }
    expect(upstream.bought(), 'one purchase for all of them, none for the rejected one').toBe(2);
    expect((await socket.run('{ __typename }')).data, 'below the limit again').toEqual({ __typename: 'Query' });
  });

  it('counts running operations only, not rejected or finished ones', async ({ start, connectAndInit, expect }) => {
    const socket = await connectAndInit(await start());
    for (let round = 0; round < 3; round++) {
      const runs = Array.from({ length: 100 }, (_, index) =>
        socket.run(index % 2 === 0 ? '{ __typename }' : '{ nonsense }'),
      );
      const codes = (await Promise.all(runs)).map(({ errors }) => errors?.[0]?.extensions?.['code'] ?? 'fine');
      expect(new Set(codes)).toEqual(new Set(['fine', 'GRAPHQL_VALIDATION_FAILED']));
    }
  });

  it('frees the slot of a subscription that the client completes', async ({
    start,
    connectAndInit,
    upstream,
    expect,
  }) => {
    upstream.script.poll('pay').otherwise(pending(15_000));
    upstream.script.poll('yoe').otherwise(pending(15_000));
    const socket = await connectAndInit(await start());
    for (let index = 0; index < 100; index++) socket.subscribe(`s${index}`, FOLLOWED, { answers: numbered() });
    await socket.until(({ id }) => id === 's99');
    socket.send({ id: 's7', type: 'complete' });
    socket.subscribe('another', FOLLOWED, { answers: numbered() });
    expect(await socket.until(({ id }) => id === 'another')).toMatchObject({ type: 'next' });
    const atEnd = socket.messages.filter(({ id }) => id === 's7').length;
    socket.subscribe('last', '{ __typename }');
    expect(await socket.ended('last'), 'at the limit again').toMatchObject({ type: 'error' });
    expect(socket.messages.filter(({ id }) => id === 's7')).toHaveLength(atEnd);
  });
});
