import type { Logger } from 'pino';
import { inLogScope } from '../../lib/log-scope.js';
import type { JobalyzerClient } from '../jobalyzer/client.js';
import type { Buying } from './buying.js';
import { createCommit } from './commit.js';
import type { Entry } from './ledger.js';
import type { ReportKey } from '../../model/report.js';
import type { CollectionQueue, Ledger, ReportRecord } from './ports.js';
import { createPurchaseBreaker } from './purchase-breaker.js';
import { createReadResponses, type ResponseSettings } from './read-responses.js';
import { createPurchase } from './purchase.js';
import { createResume } from './resume.js';
import { createWithdraw } from './withdraw.js';
import type { Transition } from './transition.js';
import { createSharedLinks } from './shared-links.js';

/** All purchases of this process, from the first to the last. */
export interface Purchases {
  /** Buys what was claimed, in one POST. Returns at once; the outcome is stored in the ledger. */
  start(report: ReportKey, claimed: readonly Entry[]): void;
  /**
   * Gives up claims of which it is unknown whether they are stored, as soon as the ledger can be asked: whoever wanted them
   * has been told that they are not.
   */
  withdraw(report: ReportKey, claims: readonly Transition[]): void;
  /** Resumes what another process left unfinished. Sends nothing that may have been sent before. */
  resume(left: ReportRecord): Promise<void>;
  /** The ids of reports with a purchase under way. */
  driven(): readonly string[];
  /** Whether the circuit breaker is open. */
  arePaused(): boolean;
  /**
   * Cancels pauses between attempts, then calls `onQuiet`, after which only what was sent is under way; waits up to `graceMs`
   * milliseconds for POSTs in flight to be answered and stored.
   */
  close(graceMs: number, onQuiet?: () => Promise<void>): Promise<void>;
}

interface Dependencies {
  readonly ledger: Ledger;
  readonly queue: CollectionQueue;
  readonly client: JobalyzerClient;
  readonly buying: Pick<Buying, 'depart'>;
  readonly settings: ResponseSettings;
  readonly log: Logger;
}

export function createPurchases({ ledger, queue, client, buying, settings, log }: Dependencies): Purchases {
  const stopping = new AbortController();
  /** The ledger is about to be closed. Anything not stored yet resumes from its stored state at the next start. */
  const abandoned = new AbortController();
  /** With the id of its report. */
  const inFlight = new Map<Promise<void>, string>();
  const commit = createCommit(ledger, abandoned.signal, log);
  const readResponses = createReadResponses(client, commit, queue, createSharedLinks(ledger, log), settings);
  const breaker = createPurchaseBreaker();
  const purchase = createPurchase({
    ledger,
    client,
    commit,
    readResponses,
    breaker,
    buying,
    settings,
    stopping: stopping.signal,
  });
  const resume = createResume({ commit, queue, readResponses, start });
  const withdraw = createWithdraw(ledger, commit, abandoned.signal);

  function start(report: ReportKey, claimed: readonly Entry[]): void {
    track(report, () => purchase(report, claimed));
  }

  function track(report: ReportKey, work: () => Promise<void>): void {
    const running = inLogScope({ reportId: report.id }, work).catch((error: unknown) => {
      if (!abandoned.signal.aborted) log.error({ err: error, reportId: report.id }, 'a purchase failed unexpectedly');
    });
    inFlight.set(running, report.id);
    void running.finally(() => inFlight.delete(running));
  }

  return {
    start,
    withdraw: (report, claims) => track(report, () => withdraw(report, claims)),
    resume,
    driven: () => [...new Set(inFlight.values())],
    arePaused: () => breaker.isOpen(),

    async close(graceMs, onQuiet = async () => undefined) {
      stopping.abort(new Error('The server is stopping.'));
      void onQuiet().catch((error: unknown) => log.warn({ err: error }, 'unfinished reports could not be handed over'));
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)));
      await Promise.race([Promise.all(inFlight.keys()), grace]);
      clearTimeout(timer);
      abandoned.abort(new Error('The server has stopped.'));
      if (inFlight.size > 0)
        log.warn({ purchases: inFlight.size }, 'stopped with purchases in flight; their outcome is unknown');
    },
  };
}
