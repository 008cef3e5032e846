import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReportCache } from '../../../src/datasources/reports/report-cache.js';
import { gate } from '../../helpers/upstream.js';
import { follow, is, numbered, useLiveStage } from './stage.js';

/** How often somebody looked whether a report is here: once for each event that is put into words with its `pay`. */
const { looks } = vi.hoisted(() => ({ looks: { count: 0 } }));
vi.mock(import('../../../src/datasources/reports/report-cache.js'), async (original) => {
  const { createReportCache } = await original();
  return {
    createReportCache: (ledger) => {
      const cache = createReportCache(ledger);
      const get: ReportCache['get'] = (...asked) => {
        looks.count += 1;
        return cache.get(...asked);
      };
      return { ...cache, get };
    },
  };
});

useLiveStage();
beforeEach(() => void (looks.count = 0));

describe('an event that many hear', () => {
  it('is put into words once for all of them', async ({ live: { upstream, connect } }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const followers = Array.from({ length: 4 }, connect).flatMap((client) =>
      Array.from({ length: 50 }, () => follow(client, { answers: numbered(1), types: ['PAY'] })),
    );
    await Promise.all(followers.map(({ seen }) => seen(is('PAY', 'PENDING'))));
    await held.arrived;
    looks.count = 0;
    held.release();
    await Promise.all(followers.map(({ ended }) => ended));
    for (const { events } of followers) expect(events.at(-1)?.report.pay?.basePay.percentile50).toBe(104_300);
    // The poll is answered as usual: pending, and then ready. Two events, `pay` and `yoe` in each.
    expect(looks.count).toBeLessThan(followers.length / 10);
  });
});
