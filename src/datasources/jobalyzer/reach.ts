import type { HttpPool } from './connection-pool.js';
import type { HttpOutcome } from './http.js';
import { observingPool } from './observing-pool.js';

/** Whether a host answers, as the latest calls tell. */
export interface Reach {
  /** Whether the latest call had no response at all. Nobody may have called since: then it is forgotten after a while. */
  isOut(): boolean;
  /** The pool, whose calls count. */
  observing(pool: HttpPool): HttpPool;
}

const FORGOTTEN_AFTER_MS = 2 * 60_000;

/** `now`: a monotonic clock in milliseconds. */
export function createReach(now: () => number = () => performance.now()): Reach {
  let outAt: number | null = null;

  function note(outcome: HttpOutcome, signal: AbortSignal): void {
    if (outcome.kind === 'response' || outcome.status !== null) outAt = null;
    // The server stops, or nobody waits any more.
    else if (!signal.aborted) outAt = now();
  }

  return {
    isOut: () => outAt !== null && now() - outAt < FORGOTTEN_AFTER_MS,
    observing: (pool) => observingPool(pool, note),
  };
}
