import { LONGEST_DELAY_MS } from './delay.js';

/** The given signal, or the end of `ms` milliseconds, whichever comes first; `aborted.reason` tells which. */
export function deadline(ms: number, signal?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(Math.min(Math.max(Math.ceil(ms), 0), LONGEST_DELAY_MS));
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** Whether this signal was ended by its time rather than by whoever held it. */
export function timedOut(signal: AbortSignal): boolean {
  return signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
}
