import { ApiError } from '../../errors.js';
import type { MaybeAsync } from '../../lib/maybe-async.js';
import type { IdentifiedRequest, Layer, Outcome, Receive } from '../operation.js';

export interface Pressure {
  /** How late the event loop is, in milliseconds. */
  readonly lagMs: () => number;
  readonly mostLagMs?: number;
  /** Operations that have no result yet. A subscription has one once it has started. */
  readonly mostOperations?: number;
}

/** A burst of a thousand queries makes a small machine a second late; one that stays later has more to do than it can. */
const MOST_LAG_MS = 2_000;
const MOST_OPERATIONS = 10_000;
const RETRY_AFTER_MS = 5_000;

/** Under pressure new requests are refused, so that those that were admitted, and what was bought, come to their end. */
export function relieve({
  lagMs,
  mostLagMs = MOST_LAG_MS,
  mostOperations = MOST_OPERATIONS,
}: Pressure): Layer<Receive<IdentifiedRequest>> {
  let open = 0;

  const close = (): void => void (open -= 1);

  return (next) => (request) => {
    if (open >= mostOperations || lagMs() > mostLagMs) throw overloaded();
    open += 1;
    let outcome: MaybeAsync<Outcome> | undefined;
    try {
      outcome = next(request);
      return outcome instanceof Promise ? outcome.finally(close) : outcome;
    } finally {
      if (!(outcome instanceof Promise)) close();
    }
  };
}

function overloaded(): ApiError {
  const details = { retryAfterMs: RETRY_AFTER_MS };
  return new ApiError('OVERLOADED', 'The server has too much to do. Nothing was done; try again later.', details);
}
