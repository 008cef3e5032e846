/** Preloaded into a server (`node --import`): reports its event loop delay and processor time to the parent process on request. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Since the start, in milliseconds. */
export interface CpuTime {
  /** Of the thread of the event loop. */
  readonly main: number;
  /** Of all threads. */
  readonly process: number;
}

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
  if (message === 'cpu time') return void process.send?.(cpuTime());
  if (message !== 'loop delay') return;
  // The histogram records whole intervals, which include the intended resolution.
  const late = (nanoseconds: number): number => Math.max(nanoseconds / 1e6 - RESOLUTION_MS, 0);
  const measured: LoopDelay = {
    medianMs: late(delays.percentile(50)),
    p99Ms: late(delays.percentile(99)),
    mostMs: late(delays.max),
  };
  process.send?.(measured);
});
process.channel?.unref();

function cpuTime(): CpuTime {
  const [main, all] = [process.threadCpuUsage(), process.cpuUsage()];
  return { main: (main.user + main.system) / 1_000, process: (all.user + all.system) / 1_000 };
}
