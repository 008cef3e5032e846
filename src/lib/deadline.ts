import { LONGEST_DELAY_MS } from './delay.js';

/** A signal that aborts with `signal` or after `ms` milliseconds, whichever comes first. */
export function deadline(ms: number, signal?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(Math.min(Math.max(Math.ceil(ms), 0), LONGEST_DELAY_MS));
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}
