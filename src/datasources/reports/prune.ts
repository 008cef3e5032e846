import type { Logger } from 'pino';
import type { TrustedClock } from '../../lib/trusted-clock.js';
import type { Ledger } from './ports.js';

const PRUNE_EVERY_MS = 60 * 60_000;
const CONFIRMED_WITHIN_MS = 60_000;
/** How long a report is kept after it has expired, in case the clock is wrong. */
const KEPT_AFTER_EXPIRY_MS = 30 * 24 * 60 * 60_000;
/** The same where nothing was bought: what is refused must not fill the disk. */
const REFUSED_KEPT_MS = 24 * 60 * 60_000;

/**
 * Deletes what expired long ago, every hour, and stores every minute that the clock is trusted. Nothing is deleted before
 * Jobalyzer has confirmed the clock of this process, or while it is in doubt. Returns the function that ends it.
 */
export function startPruning(ledger: Ledger, clock: TrustedClock, log: Logger): () => void {
  let prunedAt = -Infinity;
  let stopped = false;

  async function tend(): Promise<void> {
    if (clock.inDoubt()) return;
    await ledger.trust(clock.now());
    if (stopped || !clock.isConfirmed() || performance.now() - prunedAt < PRUNE_EVERY_MS) return;
    prunedAt = performance.now();
    const now = clock.now();
    await ledger.prune(now - KEPT_AFTER_EXPIRY_MS, now - REFUSED_KEPT_MS);
  }

  const run = (): void => {
    tend().catch((error: unknown) => {
      // The ledger may have been closed meanwhile: the next start goes on.
      if (!stopped) log.error({ err: error }, 'failed to prune expired reports');
    });
  };
  run();
  const timer = setInterval(run, CONFIRMED_WITHIN_MS).unref();
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
