import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReportCache } from '../../../src/datasources/reports/cache.js';
import { gate } from '../../fixtures/upstream/upstream.js';
import { follow, is } from '../../fixtures/sockets/follow.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useLive } from './use-live.js';

/** Counts how often a collected report is fetched: once for each execution of an event that resolves `pay` or `yoe`. */
const { fetches } = vi.hoisted(() => ({ fetches: { count: 0 } }));
vi.mock(import('../../../src/datasources/reports/cache.js'), async (original) => {
  const { createReportCache } = await original();
  return {
    createReportCache: (ledger) => {
      const cache = createReportCache(ledger);
      const fetch: ReportCache['fetch'] = (...asked) => {
        fetches.count += 1;
        return cache.fetch(...asked);
      };
      return { ...cache, fetch };
    },
  };
});

useLive();
beforeEach(() => void (fetches.count = 0));

describe('an event with many subscribers', () => {
  it('is executed once for all of them', async ({ live: { upstream, connect } }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const followers = Array.from({ length: 4 }, connect).flatMap((client) =>
      Array.from({ length: 50 }, () => follow(client, { answers: numbered(1), types: ['PAY'] })),
    );
    await Promise.all(followers.map(({ seen }) => seen(is('PAY', 'PENDING'))));
    await held.arrived;
    fetches.count = 0;
    held.release();
    await Promise.all(followers.map(({ ended }) => ended));
    for (const { events } of followers) expect(events.at(-1)?.report.pay?.basePay.percentile50).toBe(104_300);
    // Once for each turn of the event loop in which the event reaches some of them.
    expect(fetches.count).toBeGreaterThan(0);
    expect(fetches.count).toBeLessThan(followers.length / 10);
  });
});
