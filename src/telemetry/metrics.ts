import { Gauge, Registry } from 'prom-client';
import type { UpstreamObserver } from '../datasources/jobalyzer/call-log.js';
import type { Backend, Ledger } from '../datasources/reports/ports.js';
import type { ReconcileObserver } from '../datasources/reports/reconcile/reconcile.js';
import type { RequestObserver } from '../graphql/layers/metrics.js';
import { observeLedger } from './ledger-metrics.js';
import { measureProcess } from './process-metrics.js';
import { observeQueue } from './queue-metrics.js';
import { createReconcileMetrics } from './reconcile-metrics.js';
import { createRequestMetrics } from './request-metrics.js';
import { createUpstreamMetrics } from './upstream-metrics.js';

/** Everything that is measured in one server. The parts that are measured know none of it. */
export interface Metrics {
  readonly requests: RequestObserver;
  readonly upstream: UpstreamObserver;
  readonly reconciliation: ReconcileObserver;
  /** The same backend, with what it does counted. */
  observed(backend: Backend): Backend;
  /** Looks at these whenever somebody asks for the metrics. */
  watch(now: Watched): void;
  /** All of it, in the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
  close(): void;
}

/** What is not counted, but looked at. */
interface Watched {
  /** Open connections of clients by kind. */
  readonly connections?: () => Readonly<Record<'all' | 'websocket', number>>;
  /** Whether the breaker around buying is open. */
  readonly purchasesPaused?: () => boolean;
}

/** Upper bounds of the age of what is pending, with the label of each. */
const AGES = [
  [60_000, 'below 1m'],
  [10 * 60_000, 'below 10m'],
  [3_600_000, 'below 1h'],
  [Infinity, '1h or more'],
] as const;

export function createMetrics(): Metrics {
  const registry = new Registry();
  const stopMeasuring = measureProcess(registry);
  let lookAtLedger = async (): Promise<void> => undefined;

  return {
    requests: createRequestMetrics(registry),
    upstream: createUpstreamMetrics(registry),
    reconciliation: createReconcileMetrics(registry),
    contentType: registry.contentType,
    async text() {
      await lookAtLedger();
      return registry.metrics();
    },

    observed(backend) {
      lookAtLedger = watchLedger(backend.ledger, registry);
      return {
        ...backend,
        ledger: observeLedger(backend.ledger, registry),
        queue: observeQueue(backend.queue, registry),
      };
    },

    watch({ connections, purchasesPaused }) {
      if (connections) watchConnections(connections, registry);
      if (!purchasesPaused) return;
      const breaker: Gauge = new Gauge({
        name: 'purchase_breaker_open',
        help: '1 while purchases are paused because several in a row came to nothing.',
        registers: [registry],
        collect: () => breaker.set(purchasesPaused() ? 1 : 0),
      });
    },

    close() {
      stopMeasuring();
      registry.clear();
    },
  };
}

function watchConnections(connections: NonNullable<Watched['connections']>, registry: Registry): void {
  const open = new Gauge({
    name: 'connections',
    help: 'Open connections of clients: all, and those of them that are WebSockets.',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      for (const [kind, count] of Object.entries(connections())) open.set({ kind }, count);
    },
  });
}

/** What is in the ledger, looked at by the returned function. One that cannot be read has no values (NaN); the rest is told. */
function watchLedger(ledger: Ledger, registry: Registry): () => Promise<void> {
  const registers = [registry];
  const pending = new Gauge({
    name: 'reports_pending',
    help: 'Reports that were claimed and are not collected yet, by the time since then.',
    labelNames: ['age'],
    registers,
  });
  const uncertain = new Gauge({
    name: 'reports_uncertain',
    help: 'Reports that may have been bought, but whose link is lost: the usage log or a person settles them.',
    registers,
  });
  const size = new Gauge({ name: 'ledger_size_bytes', help: 'Size of the ledger.', registers });

  return async () => {
    const now = await ledger.standing(AGES.map(([belowMs]) => belowMs)).catch(() => null);
    pending.reset();
    uncertain.set(now?.uncertain ?? NaN);
    size.set(now?.bytes ?? NaN);
    if (now) AGES.forEach(([, age], index) => pending.set({ age }, now.pending[index] ?? 0));
  };
}
