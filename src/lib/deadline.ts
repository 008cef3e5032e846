import { LONGEST_DELAY_MS } from './delay.js';

/** A signal that aborts with `signal` or after `ms` milliseconds, whichever comes first. `timedOut` tells which it was. */
export function deadline(ms: number, signal?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(Math.min(Math.max(Math.ceil(ms), 0), LONGEST_DELAY_MS));
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** Whether the signal was aborted by its timeout rather than by a caller. */
export function timedOut(signal: AbortSignal): boolean {
  return signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
}
