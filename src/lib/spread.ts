export interface SpreadOptions {
  readonly windowMs: number;
  /** As many moments as fall into one window. */
  readonly most: number;
}

/** Keeps moments that coincide apart, and leaves all others where they are. */
export interface Spread {
  /**
   * Takes the first moment from `dueAt` on that has room: `dueAt` itself, unless its window is full; then a place in the
   * next one that is not. `now`: windows before it are forgotten. Any clock, in milliseconds.
   */
  place(dueAt: number, now: number): number;
}

interface Window {
  count: number;
  /** The next window that may have room, if this one has none. */
  next: number;
}

/**
 * Time is divided into windows of equal length, each with room for `most` moments. Moments that do not find room are spaced
 * evenly over the windows that have some, in the order in which they are placed.
 */
export function createSpread({ windowMs, most }: SpreadOptions): Spread {
  const windows = new Map<number, Window>();
  let untilSweep = 0;

  /** What has been passed once is skipped from then on: a window that is full stays so. */
  function roomFrom(first: number): number {
    const passed: Window[] = [];
    let number = first;
    for (let found = windows.get(number); found && found.count >= most; found = windows.get(number)) {
      passed.push(found);
      number = found.next;
    }
    for (const full of passed) full.next = number;
    return number;
  }

  /** As often as there are windows, so that each moment pays for a fixed part of it. */
  function sweep(now: number): void {
    if (untilSweep-- > 0) return;
    const current = Math.floor(now / windowMs);
    for (const number of windows.keys()) if (number < current) windows.delete(number);
    untilSweep = windows.size;
  }

  return {
    place(dueAt, now) {
      sweep(now);
      const due = Math.floor(dueAt / windowMs);
      const number = roomFrom(due);
      const window = windows.get(number) ?? { count: 0, next: number + 1 };
      windows.set(number, window);
      const at = number === due ? dueAt : (number + window.count / most) * windowMs;
      window.count += 1;
      return at;
    },
  };
}
