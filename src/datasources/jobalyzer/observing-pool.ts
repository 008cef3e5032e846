import type { HttpPool } from './connection-pool.js';
import type { HttpOutcome } from './http.js';

/** The pool, with `observe` called with each outcome before its caller gets it. `signal`: the one that ends the call. */
export function observingPool(pool: HttpPool, observe: (outcome: HttpOutcome, signal: AbortSignal) => void): HttpPool {
  return {
    ...pool,
    withConnection: (signal, work, ...rest) =>
      pool.withConnection(
        signal,
        (send) =>
          work(async (request) => {
            const outcome = await send(request);
            observe(outcome, signal);
            return outcome;
          }),
        ...rest,
      ),
  };
}
