import { onAbort } from './on-abort.js';

/** Settles like `promise`, or rejects with the signal's reason as soon as it aborts. The work itself continues. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => undefined);
    return Promise.reject(asError(signal.reason));
  }
  return new Promise<T>((resolve, reject) => {
    const leave = onAbort(signal, () => reject(asError(signal.reason)));
    promise.then(resolve, reject).finally(leave);
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('The wait was aborted.', { cause: reason });
}
