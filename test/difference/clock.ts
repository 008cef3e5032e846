/**
 * The wall clock of this process stands still unless it is moved, so that what two servers do at the same step happens at
 * the same time. Timers and the monotonic clock go on.
 */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Moves it by these seconds, also back. */
  move(seconds: number): void;
  set(now: number): void;
  /** From then on it is the machine's again. */
  release(): void;
}

export function stopClock(): Clock {
  const machine = Date.now;
  let now = machine();
  Date.now = () => now;
  return {
    now: () => now,
    move: (seconds) => void (now += seconds * 1_000),
    set: (time) => void (now = time),
    release: () => void (Date.now = machine),
  };
}

/** The time of the machine, whatever the clock says. */
export function machineTime(): number {
  return Math.round(performance.timeOrigin + performance.now());
}
