import type { Logger } from 'pino';
import type { JobalyzerClient } from '../jobalyzer/client.js';
import type { PurchaseCheck } from '../answers/purchase-check.js';
import type { Lookups } from '../jobalyzer/lookups.js';
import { startAdopting } from './adopt.js';
import { withFormerIds } from './former-ids-ledger.js';
import { createBuying, type Buying } from './buying.js';
import { createReportCache } from './cache.js';
import { chargeAt, resetsAt } from './charges.js';
import { createClaims, type ReportClaims } from './claim.js';
import { createCollector } from './collect.js';
import type { CollectSettings } from './collect-decisions.js';
import type { TrustedClock } from '../../lib/trusted-clock.js';
import type { ReportKey } from '../../model/report.js';
import { createExpiry } from './expiry.js';
import { createFollowing, type ReportFollowing } from './follow.js';
import type { EntryIn } from './ledger.js';
import type { Backend } from './ports.js';
import { createUsageAudits, type UsageAudits } from './reconcile/usage-audits.js';
import { startPruning } from './prune.js';
import type { ResponseSettings } from './read-responses.js';
import { createPurchases } from './purchases.js';
import { openReconciliation, type ReconcileSettings } from './reconcile/open.js';
import type { ReconcileObserver } from './reconcile/reconcile.js';
import { createReading, type ReportReading } from './read.js';
import { createReopen, type Reopen } from './reopen.js';
import { createUsage, type Usage } from './usage.js';
import { createUncertainReports, type UncertainReports } from './uncertain-reports.js';
import { createReportWaiter } from './wait.js';
import { createWatcher } from './watch.js';

/** The reports, as operations use them: claimed once, bought once, collected, stored and served. */
export interface ReportService extends ReportReading, ReportClaims, ReportFollowing {
  readonly usage: Usage;
  /** The stop switch. */
  readonly buying: Pick<Buying, 'isEnabled' | 'set'>;
  /** How many reports were bought for this client on the present UTC day, and when that ends. */
  budget(client: string): Promise<DailyBudget>;
  readonly uncertain: UncertainReports;
  readonly audits: Omit<UsageAudits, 'close'>;
  /** Resolves if reports can be claimed: the ledger is writable and the one that was opened (else the cause is `LedgerLost`). */
  ping(): Promise<void>;
  /** Whether nothing is bought for the moment, because purchases came to nothing. */
  purchasesPaused(): boolean;
}

interface DailyBudget {
  readonly used: number;
  readonly resetsAt: Date;
}

/** The reports, as the process runs them. */
export interface RunningReports {
  readonly service: ReportService;
  /** Resumes what is left unfinished, then collects, and goes on to take up what other processes leave. */
  start(): Promise<void>;
  /** Hands over what was not sent, and lets POSTs in flight finish and be stored, for at most `graceMs` milliseconds. The caller closes the backend. */
  close(graceMs: number): Promise<void>;
}

interface Dependencies {
  readonly backend: Backend;
  readonly client: JobalyzerClient;
  readonly lookups: Lookups;
  /** Of the answers of each purchase. */
  readonly check: PurchaseCheck;
  readonly clock: TrustedClock;
  readonly settings: CollectSettings & ResponseSettings & ReconcileSettings;
  readonly reconcileObserver?: ReconcileObserver;
  /** How many characters of collected reports are kept in memory. */
  readonly mostInMemory?: number;
  readonly log: Logger;
}

/** During shutdown, queries still wait this long for their report. */
const LAST_WAIT_MS = 3_000;

export function createReports(dependencies: Dependencies): RunningReports {
  const {
    backend,
    client,
    lookups,
    check,
    clock,
    settings,
    reconcileObserver: observer,
    mostInMemory,
    log,
  } = dependencies;
  const { queue } = backend;
  const aliased = withFormerIds(backend.ledger, () => clock.expiryTime());
  const { ledger } = aliased;
  const watcher = createWatcher(ledger, (error) => log.error({ err: error }, 'a report listener threw'));
  const waiter = createReportWaiter(watcher);
  const cache = createReportCache(ledger, mostInMemory);
  const expiry = createExpiry(clock, client);
  const usage = createUsage(ledger);
  const buying = createBuying(ledger);
  const purchases = createPurchases({ ledger, queue, client, buying, settings, log });
  const reopen = createReopen({ ledger, cache, queue, watcher, expiry });
  const reading = createReading({ ledger, cache, waiter, expiry, lookups });
  const claims = reopening(createClaims({ ledger, cache, watcher, purchases, expiry, check }), reopen);
  const following = createFollowing(watcher, claims, usage, expiry);
  const audits = createUsageAudits({ client, ledger });
  let stopPruning = (): void => undefined;
  let stopAdopting = (): void => undefined;
  let stopReconciling = async (): Promise<void> => undefined;

  return {
    service: {
      ...reading,
      ...claims,
      ...following,
      async requested(id, types) {
        await reopen(id, types);
        return reading.requested(id, types);
      },
      async follow(report, types, buyer) {
        // With a buyer, `ensure` does it.
        if (!buyer) await reopen(report.id, types);
        return following.follow(report, types, buyer);
      },
      async followKnown(id, types) {
        await reopen(id, types);
        return following.followKnown(id, types);
      },
      usage,
      buying,
      budget: async (client) => {
        const now = Date.now();
        return { used: await ledger.charged(chargeAt(client, now)), resetsAt: resetsAt(now) };
      },
      uncertain: createUncertainReports({ ledger, watcher, expiry, clock, settings, log }),
      audits,
      ping: () => ledger.ping(),
      purchasesPaused: () => purchases.arePaused(),
    },

    async start() {
      await aliased.load();
      const onStoring = ({ id, request }: ReportKey, entry: EntryIn<'COLLECTED'>, body: string): void => {
        if (watcher.watches(id)) cache.readAhead(request, entry, body);
      };
      queue.start(createCollector({ ledger, client, clock, settings, onStoring, log }));
      stopAdopting = await startAdopting(ledger, purchases, log);
      stopPruning = startPruning(ledger, clock, log);
      stopReconciling = openReconciliation({ ledger, client, queue, watcher, clock, settings, observer, log });
    },

    async close(graceMs) {
      stopPruning();
      stopAdopting();
      audits.close();
      const reconciled = stopReconciling();
      setTimeout(() => waiter.releaseAll(), Math.min(LAST_WAIT_MS, graceMs)).unref();
      await purchases.close(graceMs, () => ledger.handOver());
      await reconciled;
    },
  };
}

/** Whoever asks for a report that failed has it polled again first: it is bought anew only once the failure has expired. */
function reopening(claims: ReportClaims, reopen: Reopen): ReportClaims {
  return {
    async ensure(report, types, ...rest) {
      await reopen(report.id, types);
      return claims.ensure(report, types, ...rest);
    },
  };
}
