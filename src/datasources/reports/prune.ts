import type { Logger } from 'pino';
import type { Ledger } from './ports.js';

const PRUNE_EVERY_MS = 60 * 60_000;

/** Deletes expired reports, now and every hour. Returns the function that ends it. */
export function startPruning(ledger: Ledger, log: Logger): () => void {
  const prune = (): void => {
    ledger.prune(Date.now()).catch((error: unknown) => log.error({ err: error }, 'failed to prune expired reports'));
  };
  prune();
  const timer = setInterval(prune, PRUNE_EVERY_MS).unref();
  return () => clearInterval(timer);
}
