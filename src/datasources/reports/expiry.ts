import { deadline } from '../../lib/deadline.js';
import type { TrustedClock } from '../../lib/trusted-clock.js';
import type { JobalyzerClient } from '../jobalyzer/client.js';
import { hasExpired, type Entry } from './ledger.js';

/** By what time stored reports expire: while the clock is in doubt by none, since they would be bought again. */
export interface Expiry {
  /** Epoch ms, for `hasExpired`; -Infinity while the clock is in doubt. */
  time(): number;
  /** The same for one entry. Nothing was bought for a rejection, so this machine's time will do. */
  timeFor(entry: Entry): number;
  /** Asks Jobalyzer for the time if one of the entries would be bought again by this machine's. Never rejects. */
  confirmFor(entries: readonly Entry[]): Promise<void>;
}

/** Jobalyzer is not asked for the time more often. */
const ASK_EVERY_MS = 10_000;
const LONGEST_ASK_MS = 2_000;

export function createExpiry(clock: TrustedClock, client: Pick<JobalyzerClient, 'lookup'>): Expiry {
  let asked = -Infinity;
  let asking = Promise.resolve();

  /** Any response has the time, and the client passes it to the clock. */
  function ask(): Promise<void> {
    if (performance.now() - asked >= ASK_EVERY_MS) {
      asked = performance.now();
      asking = client.lookup('/status', {}, deadline(LONGEST_ASK_MS)).then(
        () => undefined,
        () => undefined,
      );
    }
    return asking;
  }

  return {
    time: () => clock.expiryTime(),
    timeFor: (entry) => (entry.state === 'REJECTED' ? clock.now() : clock.expiryTime()),
    async confirmFor(entries) {
      const expired = entries.some((entry) => entry.state !== 'REJECTED' && hasExpired(entry, clock.now()));
      if (expired && clock.inDoubt()) await ask();
    },
  };
}
