/** Loaded into a server before its own code (`node --import`): tells its parent, when asked, how late its event loop ran. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoopDelay {
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

const RESOLUTION_MS = 1;
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delays.enable();

process.on('message', (message) => {
  if (message === 'reset') return delays.reset();
  if (message !== 'loop delay') return;
  // The histogram holds the whole interval between two looks, the one that was meant included.
  const late = (nanoseconds: number): number => Math.max(nanoseconds / 1e6 - RESOLUTION_MS, 0);
  const told: LoopDelay = {
    medianMs: late(delays.percentile(50)),
    p99Ms: late(delays.percentile(99)),
    mostMs: late(delays.max),
  };
  process.send?.(told);
});
process.channel?.unref();
