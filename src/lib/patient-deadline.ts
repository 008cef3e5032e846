import { LONGEST_DELAY_MS } from './delay.js';

/** A timer that is later than this fired in a process that was frozen or busy, not in one that waited. */
const LATE_MS = 500;
/** How long such a process may then read what has arrived meanwhile. */
const CATCH_UP_MS = 2_000;

/**
 * A signal that aborts with `signal` or after `ms` milliseconds, but not before what has arrived by then can have been
 * read: timers run before sockets are read, so a process that was frozen (SIGSTOP, a suspended machine) would otherwise
 * throw away the response that waits in its socket. The caller closes it.
 */
export function patientDeadline(ms: number, signal?: AbortSignal): { readonly signal: AbortSignal; close(): void } {
  const controller = new AbortController();
  const dueAt = performance.now() + ms;
  const timeOut = (): void => controller.abort(new DOMException('The deadline has passed.', 'TimeoutError'));
  const onDue = (): void => {
    if (performance.now() - dueAt > LATE_MS) timer = setTimeout(timeOut, CATCH_UP_MS);
    // Sockets are read between a timer and the second immediate after it.
    else setImmediate(() => setImmediate(timeOut));
  };
  let timer = setTimeout(onDue, Math.min(Math.max(Math.ceil(ms), 0), LONGEST_DELAY_MS));
  const onAbort = (): void => controller.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });

  return {
    signal: controller.signal,
    close() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}
