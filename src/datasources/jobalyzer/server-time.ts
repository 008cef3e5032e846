import type { HttpPool } from './connection-pool.js';
import type { HttpOutcome } from './http.js';
import { observingPool } from './observing-pool.js';

/** The pool, with `observe` called with the time in each response (epoch ms), before its caller gets the response. */
export function observingTime(pool: HttpPool, observe: (serverTime: number) => void): HttpPool {
  return observingPool(pool, (outcome) => {
    const serverTime = timeIn(outcome);
    if (serverTime !== null) observe(serverTime);
  });
}

/** The time of the `Date` header, which has whole seconds; null if there is none. A cached response has that of its origin. */
function timeIn(outcome: HttpOutcome): number | null {
  if (outcome.kind !== 'response' || outcome.headers['age'] !== undefined) return null;
  const { date } = outcome.headers;
  const time = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isFinite(time) ? time : null;
}
