import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhenResult } from 'cockatiel';
import type { Failure } from '../../errors.js';
import type { PurchaseResult } from './purchase.js';

/** Pauses buying after several purchases in a row that were 'unavailable'. Collecting has no breaker. */
export interface PurchaseBreaker {
  /** Runs the purchase, or returns at once why it was not run. */
  run(purchase: () => Promise<PurchaseResult>): Promise<Failure | null>;
}

const BREAK_AFTER_FAILURES = 5;
const HALF_OPEN_AFTER_MS = 5_000;

const PAUSED: Failure = {
  code: 'UPSTREAM_UNAVAILABLE',
  message: 'Jobalyzer has failed several times in a row; purchases are paused for a few seconds.',
  details: { retryAfterMs: HALF_OPEN_AFTER_MS },
};

export function createPurchaseBreaker(): PurchaseBreaker {
  const breaker = circuitBreaker(
    handleWhenResult((result) => result === 'unavailable'),
    { halfOpenAfter: HALF_OPEN_AFTER_MS, breaker: new ConsecutiveBreaker(BREAK_AFTER_FAILURES) },
  );

  return {
    async run(purchase) {
      try {
        await breaker.execute(purchase);
        return null;
      } catch (error) {
        if (error instanceof BrokenCircuitError) return PAUSED;
        throw error;
      }
    },
  };
}
