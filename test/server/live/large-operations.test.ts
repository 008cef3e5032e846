import { describe, expect, it } from 'vitest';
import { heldMegabytes } from '../../fixtures/heap.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';

const ROUNDS = 50;
const STREAMS = 200;

// Not concurrent, because the tests measure the memory of the process.
describe('large, distinct operations', () => {
  useServers();
  useSockets();

  it('are not kept in memory when received over server-sent events', async ({ start, stream }) => {
    const server = await start();
    const before = await heldMegabytes();
    for (let round = 0; round < STREAMS; round++) {
      const asked = await stream(server, { query: `# ${round} ${'.'.repeat(250_000)}\n{ __typename }` });
      await asked.ended;
      expect(asked.results).toEqual([{ data: { __typename: 'Query' } }]);
    }
    // The texts alone would take 50 MB.
    expect((await heldMegabytes()) - before).toBeLessThan(25);
  });

  it('are not kept in memory when received over WebSocket', async ({ start, connectAndInit }) => {
    const socket = await connectAndInit(await start());
    const before = await heldMegabytes();
    // Small enough for a frame, but large once parsed.
    for (let round = 0; round < ROUNDS; round++) {
      const fields = Array.from({ length: 5_000 }, (_, index) => `a${index}:__typename`).join(' ');
      const { data } = await socket.run(
        `query A${round} ($no: Boolean = false) { ...F @include(if: $no) } fragment F on Query { ${fields.slice(0, 40_000).replace(/ \S*$/, '')} }`,
      );
      expect(data).toEqual({});
    }
    expect((await heldMegabytes()) - before).toBeLessThan(25);
  });
});
