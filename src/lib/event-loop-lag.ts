import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface EventLoopLag {
  /** How late timers were, on average over the last second, in milliseconds. */
  current(): number;
  close(): void;
}

const RESOLUTION_MS = 20;
const LOOK_EVERY_MS = 1_000;
const NANOSECONDS_IN_MS = 1e6;

/** Measures how late the event loop is. */
export function measureEventLoopLag(lookEveryMs = LOOK_EVERY_MS): EventLoopLag {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  let current = 0;
  const looking = setInterval(() => {
    current = delays.count > 0 ? Math.max(0, delays.mean / NANOSECONDS_IN_MS - RESOLUTION_MS) : 0;
    delays.reset();
  }, lookEveryMs).unref();
  return {
    current: () => current,
    close() {
      clearInterval(looking);
      delays.disable();
    },
  };
}
