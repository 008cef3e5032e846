/** Preloaded into a server (`node --expose-gc --import`): reports to the parent process what a leak would make grow. */
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Vitals {
  /** The heap after a full garbage collection, in bytes. */
  readonly heapBytes: number;
  /** The resident set size at that moment, in bytes. */
  readonly rssBytes: number;
  readonly fileDescriptors: number;
  /** Those that are sockets: connections to clients and to upstream, idle ones too. */
  readonly sockets: number;
  /** All that keeps the event loop alive: connections in use, timers, files, requests. */
  readonly handles: number;
  /** Exceptions that nothing caught, unhandled rejections among them; the server ends after the first. */
  readonly uncaught: number;
}

/** Finalizers run, and pages are released, a moment after the collection. */
const SETTLE_MS = 300;

let uncaught = 0;
process.on('uncaughtExceptionMonitor', () => (uncaught += 1));
process.on('message', (message) => {
  if (message === 'vitals') void look();
});
process.channel?.unref();

async function look(): Promise<void> {
  const collect = globalThis.gc as unknown as (options: object) => void;
  for (let turn = 0; turn < 2; turn++) {
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    await sleep(SETTLE_MS);
  }
  const { heapUsed: heapBytes, rss: rssBytes } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().length;
  const open = readdirSync('/proc/self/fd').map(target);
  const sockets = open.filter((path) => path.startsWith('socket:')).length;
  process.send?.({ heapBytes, rssBytes, fileDescriptors: open.length, sockets, handles, uncaught } satisfies Vitals);
}

/** Empty for a descriptor that has been closed meanwhile: that of reading the directory. */
function target(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}
