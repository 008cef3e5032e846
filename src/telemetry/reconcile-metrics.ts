import { Counter, Gauge, type Registry } from 'prom-client';
import type { ReconcileObserver } from '../datasources/reports/reconcile/reconcile.js';

/** What is measured of reading upstream's usage log for purchases whose outcome is unknown. */
export function createReconcileMetrics(registry: Registry): ReconcileObserver {
  const registers = [registry];
  const reads = new Counter({
    name: 'usage_log_reads_total',
    help: "Reads of Jobalyzer's usage log by this process, to look for uncertain purchases: ok or failed.",
    labelNames: ['outcome'],
    registers,
  });
  const readAt = new Gauge({
    name: 'usage_log_read_timestamp_seconds',
    help: "When this process last read Jobalyzer's usage log as a whole, Unix time; 0: never.",
    registers,
  });
  for (const outcome of ['ok', 'failed']) reads.inc({ outcome }, 0);

  return {
    logRead(outcome) {
      reads.inc({ outcome });
      if (outcome === 'ok') readAt.setToCurrentTime();
    },
  };
}
