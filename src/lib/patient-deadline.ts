import { LONGEST_DELAY_MS } from './delay.js';
import { onAbort } from './on-abort.js';

/** A timer that is later than this fired in a process that was frozen or busy, not in one that waited. */
const LATE_MS = 500;
/** How long such a process may then read what has arrived meanwhile. */
const CATCH_UP_MS = 2_000;
/** Of the time in which a process is too busy to notice anything, so much is charged to a deadline at once. */
const SLICE_MS = 250;

/**
 * Calls `onPassed` after `ms` milliseconds, but not before what has arrived by then can have been read: timers run before
 * sockets are read, so a process that was frozen (SIGSTOP, a suspended machine) would otherwise throw away the response that
 * waits in its socket. Returns what ends the wait, which is called also when the time has passed. `sliceMs`: the time is waited in such
 * parts, of which each counts as no longer if the process was busy.
 */
export function patientTimer(ms: number, onPassed: () => void, sliceMs = LONGEST_DELAY_MS): () => void {
  let left = Math.min(Math.max(Math.ceil(ms), 0), LONGEST_DELAY_MS);
  let wasFrozen = false;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const pass = (): void => void (ended || onPassed());

  function wait(): void {
    const slice = Math.min(left, sliceMs);
    const dueAt = performance.now() + slice;
    left -= slice;
    timer = setTimeout(() => {
      wasFrozen ||= performance.now() - dueAt > LATE_MS;
      if (left > 0) wait();
      else if (wasFrozen) timer = setTimeout(pass, CATCH_UP_MS);
      // Sockets are read between a timer and the second immediate after it.
      else setImmediate(() => setImmediate(pass));
    }, slice);
  }

  wait();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/**
 * A signal that aborts then, or with `signal`. A process that is busy has enough turns before it to make a connection and read an answer,
 * each of which takes several. The caller closes it.
 */
export function patientDeadline(ms: number, signal?: AbortSignal): { readonly signal: AbortSignal; close(): void } {
  const controller = new AbortController();
  const endTimer = patientTimer(ms, () => controller.abort(deadlinePassed()), SLICE_MS);
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
