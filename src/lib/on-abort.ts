const listening = new WeakMap<AbortSignal, Listening>();

interface Listening {
  readonly listeners: Set<() => void>;
  readonly notify: () => void;
}

/**
 * Calls `listener` when the signal aborts; it must not be aborted yet. Returns what ends that. For signals that outlive many
 * listeners: a listener of the signal itself costs a walk along all the others, and once it is removed it still refers to the
 * next one. So a single one that has become old keeps all that come after it, with whatever they refer to, until the next full
 * garbage collection.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const { listeners, notify } = listening.get(signal) ?? listen(signal);
  // Its own function, so that the same listener may be given twice.
  const own = (): void => listener();
  listeners.add(own);
  return () => {
    if (!listeners.delete(own) || listeners.size > 0) return;
    signal.removeEventListener('abort', notify);
    listening.delete(signal);
  };
}

function listen(signal: AbortSignal): Listening {
  const listeners = new Set<() => void>();
  const notify = (): void => {
    listening.delete(signal);
    for (const each of listeners) {
      try {
        each();
      } catch (error) {
        // As of a listener of the signal itself: the others are called, and nobody else is told.
        process.nextTick(() => {
          throw error;
        });
      }
    }
  };
  signal.addEventListener('abort', notify, { once: true });
  const made = { listeners, notify };
  listening.set(signal, made);
  return made;
}
