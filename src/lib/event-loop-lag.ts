export interface EventLoopLag {
  /** How late the event loop is, in milliseconds: the least of the latest three looks. One pause alone is not lag. */
  current(): number;
  close(): void;
}

const LOOKS = 3;
const LOOK_EVERY_MS = 250;

/** Measures how late timers are: a process that was frozen, or paused once, is late once, and one that is overloaded always. */
export function measureEventLoopLag(lookEveryMs = LOOK_EVERY_MS): EventLoopLag {
  const latest = Array.from({ length: LOOKS }, () => 0);
  let due = performance.now() + lookEveryMs;
  const look = (): void => {
    const now = performance.now();
    latest.shift();
    latest.push(Math.max(0, now - due));
    due = now + lookEveryMs;
    timer.refresh();
  };
  const timer = setTimeout(look, lookEveryMs).unref();
  return {
    current: () => Math.min(...latest),
    close: () => clearTimeout(timer),
  };
}
