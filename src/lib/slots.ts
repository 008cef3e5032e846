import { onAbort } from './on-abort.js';

/** So many pieces of work at once; what is more waits, in its order. */
export interface Slots {
  /** Resolves when there is a slot, with what gives it back. Rejects with the signal's reason if that comes first. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createSlots(count: number): Slots {
  const waiting = new Set<() => void>();
  let free = count;

  function giveBack(): void {
    const [next] = waiting;
    if (!next) return void (free += 1);
    waiting.delete(next);
    next();
  }

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) free -= 1;
      else {
        await new Promise<void>((resolve, reject) => {
          const leave = onAbort(signal, () => {
            waiting.delete(start);
            reject(signal.reason as Error);
          });
          const start = (): void => {
            leave();
            resolve();
          };
          waiting.add(start);
        });
      }
      return giveBack;
    },
  };
}
