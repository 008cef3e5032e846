import type { Logger } from 'pino';
import type { TrustedClock } from '../../../lib/trusted-clock.js';
import type { JobalyzerClient } from '../../jobalyzer/client.js';
import { createCommit } from '../commit.js';
import type { CollectionQueue, Ledger } from '../ports.js';
import type { Watcher } from '../watch.js';
import { startReconciling, type ReconcileObserver } from './reconcile.js';
import { createRound } from './round.js';
import { createSettle } from './settle.js';

export interface ReconcileSettings {
  /**
   * After so long, in milliseconds, a purchase that upstream's usage log does not have counts as not made, if the log has all
   * others of its time. Null: it never does.
   */
  readonly absentAfterMs: number | null;
}

interface Dependencies {
  readonly ledger: Ledger;
  readonly client: JobalyzerClient;
  readonly queue: CollectionQueue;
  readonly watcher: Watcher;
  readonly clock: Pick<TrustedClock, 'behindMs'>;
  readonly settings: ReconcileSettings & { readonly reportTtlMs: number };
  readonly observer?: ReconcileObserver | undefined;
  readonly log: Logger;
}

/**
 * Starts to resolve purchases whose outcome is unknown by upstream's usage log, if there is one. Returns the function that ends
 * that, and resolves once it has ended.
 */
export function openReconciliation(dependencies: Dependencies): () => Promise<void> {
  const { ledger, client, queue, watcher, clock, settings, observer, log } = dependencies;
  const { usageLog } = client;
  if (!usageLog) return async () => undefined;
  const abandoned = new AbortController();
  const settle = createSettle({
    ledger,
    client,
    commit: createCommit(ledger, abandoned.signal, log),
    queue,
    watcher,
    // By a clock that is behind, it would expire too early once that is put right.
    expiresAt: () => Date.now() + settings.reportTtlMs + clock.behindMs(),
    log,
  });
  const { absentAfterMs } = settings;
  const round = createRound({ ledger, usageLog, customer: client, settle, absentAfterMs });
  const stop = startReconciling({ ledger, round, observer, log });
  return () => {
    abandoned.abort(new Error('The server is stopping.'));
    return stop();
  };
}
