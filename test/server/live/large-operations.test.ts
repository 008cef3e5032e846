import { describe, expect, it } from 'vitest';
import { heldMegabytes } from '../../fixtures/heap.js';
import { numbered } from '../../fixtures/answers/answers.js';
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
    // Small, but large once parsed.
    for (let round = 0; round < ROUNDS; round++) {
      const { data } = await socket.run(
        `query A${round} ($answers: AnswersInput!) { report(answers: $answers) { ${'__typename '.repeat(3_900)} } }`,
        { answers: numbered() },
      );
      expect(data).toEqual({ report: { __typename: 'Report' } });
    }
    expect((await heldMegabytes()) - before).toBeLessThan(25);
  });
});
