/** Loaded into a server before its own code (`node --expose-gc --import`): tells its parent, when asked, what memory it holds. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Memory {
  /** What the process holds as it is, with what V8 has not let go of yet. */
  readonly looseBytes: number;
  /** What it holds at rest, once V8 has let go of all that it can. */
  readonly tightBytes: number;
}

/** Several, since in any one of them it may be in the middle of telling everybody something. */
const LOOKS = 5;
const APART_MS = 400;

process.on('message', (message) => {
  if (message === 'memory') void look();
});
process.channel?.unref();

async function look(): Promise<void> {
  const looseBytes = process.memoryUsage.rss();
  const collect = globalThis.gc as unknown as (options: object) => void;
  const tight: number[] = [];
  for (let turn = 0; turn < LOOKS; turn++) {
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    // Pages that were let go of are given back a moment later.
    await sleep(APART_MS);
    tight.push(process.memoryUsage.rss());
  }
  process.send?.({ looseBytes, tightBytes: Math.min(...tight) } satisfies Memory);
}
