import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { createReconcileMetrics } from '../../src/telemetry/reconcile-metrics.js';

it('reads of the usage log are counted, and when one was whole is kept', async () => {
  const registry = new Registry();
  const observer = createReconcileMetrics(registry);
  const told = async () => {
    const text = await registry.metrics();
    const valueOf = (name: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(name))
          ?.split(' ')
          .at(-1),
      );
    return {
      ok: valueOf('usage_log_reads_total{outcome="ok"}'),
      failed: valueOf('usage_log_reads_total{outcome="failed"}'),
      at: valueOf('usage_log_read_timestamp_seconds'),
    };
  };
  expect(await told()).toEqual({ ok: 0, failed: 0, at: 0 });
  observer.logRead('failed');
  expect(await told()).toEqual({ ok: 0, failed: 1, at: 0 });
  const before = Date.now() / 1_000;
  observer.logRead('ok');
  const { at, ...counts } = await told();
  expect(counts).toEqual({ ok: 1, failed: 1 });
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(Date.now() / 1_000);
});
