import { expect, it, onTestFinished } from 'vitest';
import type { Backend } from '../../src/datasources/reports/ports.js';
import { createMetrics } from '../../src/telemetry/metrics.js';
import { samplesOf } from '../fixtures/server/metrics.js';

it('a ledger that cannot be read leaves what is in it untold, and all the rest is told', async () => {
  const metrics = createMetrics();
  onTestFinished(() => metrics.close());
  let isAway = false;
  const standing = async () => {
    if (isAway) throw new Error('The ledger is away.');
    return { pending: [1, 3, 3, 4], uncertain: 2, bytes: 4_096 };
  };
  metrics.observed({ ledger: { standing }, queue: {} } as unknown as Backend);
  metrics.upstream.tokenRefreshed('failed');
  const told = async () => samplesOf(await metrics.text());
  expect(await told()).toMatchObject({
    reports_uncertain: 2,
    ledger_size_bytes: 4_096,
    'reports_pending{age="below 1m"}': 1,
    'reports_pending{age="1h or more"}': 4,
    'jobalyzer_token_refreshes_total{outcome="failed"}': 1,
    'jobalyzer_token_refreshes_total{outcome="obtained"}': 0,
  });
  isAway = true;
  const away = await told();
  expect(away).toMatchObject({
    reports_uncertain: NaN,
    ledger_size_bytes: NaN,
    'jobalyzer_token_refreshes_total{outcome="failed"}': 1,
  });
  expect(Object.keys(away).filter((name) => name.startsWith('reports_pending'))).toEqual([]);
});
