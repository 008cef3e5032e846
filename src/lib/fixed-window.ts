import { LRUCache } from 'lru-cache';

/** So many keys are remembered. Whoever comes after that pushes out who has not asked for the longest time. */
const MOST_KEYS = 100_000;

interface Window {
  readonly endsAt: number;
  used: number;
}

/**
 * Points of which each key may use so many in a window of time. A window begins with the first use. Nothing is ever waited for,
 * so that two uses cannot both take the last point.
 */
export class FixedWindow {
  readonly #windows: LRUCache<string, Window>;

  constructor(
    readonly most: number,
    private readonly windowMs: number,
    mostKeys = MOST_KEYS,
  ) {
    // With `max` it would allocate the room for all of them at once, 20 ms of a start.
    this.#windows = new LRUCache({ maxSize: mostKeys, sizeCalculation: () => 1 });
  }

  /**
   * Uses the points, and returns null; or uses none, because they are more than are left, and returns how long the window
   * lasts, in milliseconds.
   */
  use(key: string, points: number, now = performance.now()): number | null {
    let window = this.#windows.get(key);
    if (!window || now >= window.endsAt) this.#windows.set(key, (window = { endsAt: now + this.windowMs, used: 0 }));
    if (window.used + points > this.most) return Math.ceil(window.endsAt - now);
    window.used += points;
    return null;
  }
}
