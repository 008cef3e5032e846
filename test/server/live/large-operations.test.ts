import { describe, expect, it } from 'vitest';
import { heldMegabytes } from './heap.js';
import { useStage } from './stage.js';

const ROUNDS = 50;

// Not beside each other: what the process holds is what one of them made it hold.
describe('operations that are large, each another one', () => {
  useStage();

  it('are not kept in memory when they came over server-sent events', async ({ start, stream }) => {
    const server = await start();
    const before = await heldMegabytes();
    for (let round = 0; round < ROUNDS; round++) {
      const asked = await stream(server, { query: `# ${round} ${'.'.repeat(1_000_000)}\n{ __typename }` });
      await asked.ended;
      expect(asked.results).toEqual([{ data: { __typename: 'Query' } }]);
    }
    // 50 MB of text alone, if they were kept.
    expect((await heldMegabytes()) - before).toBeLessThan(25);
  });

  it('are not kept in memory when they came over the socket', async ({ start, greet }) => {
    const socket = await greet(await start());
    const before = await heldMegabytes();
    // Within a frame, and large once it is parsed.
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
