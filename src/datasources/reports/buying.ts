import { delay } from '../../lib/delay.js';
import { buyingStopped } from './buyer.js';
import type { Ledger } from './ports.js';

/** The stop switch. The ledger keeps it; this process asks once more before the bytes of a purchase leave. */
export interface Buying {
  /** Whether anything may be bought, now. */
  isEnabled(): Promise<boolean>;
  /**
   * Stops purchases or allows them again, and resolves to the state then. Once it has stopped them no POST starts any more,
   * and those that were about to start have been sent or given up.
   */
  set(enabled: boolean): Promise<boolean>;
  /** A purchase is about to be sent. */
  depart(): Departure;
}

export interface Departure {
  /** Immediately before the first byte, of each attempt. Throws BUYING_STOPPED if nothing may be sent any more. */
  leave(): void;
  /** It has been answered or given up. */
  end(): void;
}

/** For storing that it is sent and, if its connection is lost meanwhile, another one; what is later is not sent anyway. */
const LONGEST_DEPARTURE_MS = 10_000;

export function createBuying(ledger: Pick<Ledger, 'buying' | 'setBuying'>): Buying {
  let stopped = false;
  const departing = new Set<Promise<void>>();
  let last: Promise<unknown> = Promise.resolve();

  /** Stopped here first, so that nothing leaves while that is being stored; allowed here only once that is. */
  async function store(enabled: boolean): Promise<boolean> {
    const before = stopped;
    if (!enabled) stopped = true;
    try {
      await ledger.setBuying(enabled);
    } catch (error) {
      stopped = before;
      throw error;
    }
    stopped = !enabled;
    if (enabled) return ledger.buying();
    const bound = new AbortController();
    const longest = delay(LONGEST_DEPARTURE_MS, bound.signal).catch(() => undefined);
    await Promise.race([Promise.all(departing), longest]);
    bound.abort();
    return ledger.buying();
  }

  return {
    isEnabled: () => ledger.buying(),

    set(enabled) {
      // One after another, so that the last one to be asked for is the one that counts, here and in the ledger.
      const result = last.then(() => store(enabled));
      last = result.catch(() => undefined);
      return result;
    },

    depart() {
      const { promise, resolve } = Promise.withResolvers<void>();
      departing.add(promise);
      const end = (): void => {
        departing.delete(promise);
        resolve();
      };
      return {
        leave() {
          if (stopped) throw buyingStopped();
          end();
        },
        end,
      };
    },
  };
}
