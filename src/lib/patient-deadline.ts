import { LONGEST_DELAY_MS } from './delay.js';
import { onAbort } from './on-abort.js';

/** A timer that is later than this fired in a process that was frozen or busy, not in one that waited. */
const LATE_MS = 500;
/** How long such a process may then read what has arrived meanwhile. */
const CATCH_UP_MS = 2_000;

/**
 * Calls `onPassed` after `ms` milliseconds, but not before what has arrived by then can have been read: timers run before
 * sockets are read, so a process that was frozen (SIGSTOP, a suspended machine) would otherwise throw away the response that
 * waits in its socket. Returns what ends the wait, which is called also when the time has passed.
 */
export function patientTimer(ms: number, onPassed: () => void): () => void {
  const dueAt = performance.now() + ms;
  let ended = false;
  const pass = (): void => void (ended || onPassed());
  const onDue = (): void => {
    if (performance.now() - dueAt > LATE_MS) timer = setTimeout(pass, CATCH_UP_MS);
    // Sockets are read between a timer and the second immediate after it.
    else setImmediate(() => setImmediate(pass));
  };
  let timer = setTimeout(onDue, Math.min(Math.max(Math.ceil(ms), 0), LONGEST_DELAY_MS));
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/** A signal that aborts then, or with `signal`. The caller closes it. */
export function patientDeadline(ms: number, signal?: AbortSignal): { readonly signal: AbortSignal; close(): void } {
  const controller = new AbortController();
  const endTimer = patientTimer(ms, () => controller.abort(deadlinePassed()));
  const abort = (): void => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  const leave = signal && !signal.aborted ? onAbort(signal, abort) : null;

  return {
    signal: controller.signal,
    close() {
      endTimer();
      leave?.();
    },
  };
}

export function deadlinePassed(): DOMException {
  return new DOMException('The deadline has passed.', 'TimeoutError');
}
