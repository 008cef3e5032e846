/** Preloaded into a server (`node --expose-gc --import`): reports its memory to the parent process on request. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Memory {
  /** The resident set size as it is, including garbage that V8 has not collected. */
  readonly looseBytes: number;
  /** The resident set size after a full garbage collection. */
  readonly tightBytes: number;
}

/** Several, since any single sample may coincide with a broadcast to all subscribers. */
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
    // Freed pages are returned to the operating system a moment later.
    await sleep(APART_MS);
    tight.push(process.memoryUsage.rss());
  }
  process.send?.({ looseBytes, tightBytes: Math.min(...tight) } satisfies Memory);
}
