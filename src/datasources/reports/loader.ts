import DataLoader from 'dataloader';
import type { CollectedReport } from '../../model/report-contents.js';
import type { ReportKey, ReportType } from '../../model/report.js';
import type { ReportService } from './service.js';
import type { Wait } from './wait.js';

/** Loads the reports of one operation. */
export interface ReportLoader {
  /** Loads one type of a report, buying it if needed. Types of the same report requested in one tick share one POST. */
  load<T extends ReportType>(report: ReportKey, type: T, wait: Wait): Promise<CollectedReport<T>>;
  /** Resolves when everything loaded of this report so far has settled. */
  settled(reportId: string): Promise<void>;
}

interface Ask {
  readonly report: ReportKey;
  readonly type: ReportType;
}

export function createReportLoader(service: ReportService): ReportLoader {
  const waits = new Map<string, Promise<unknown>[]>();
  // Without DataLoader's cache: every request must reach the batch to be counted if it is served without a purchase.
  const purchases = new DataLoader<Ask, { bought: boolean }>((asks) => ensureAll(service, asks), { cache: false });

  async function obtain<T extends ReportType>(report: ReportKey, type: T, wait: Wait): Promise<CollectedReport<T>> {
    const startedAt = performance.now();
    const { bought } = await purchases.load({ report, type });
    const waitMs = Math.max(wait.waitMs - (performance.now() - startedAt), 0);
    const collected = await service.obtain(report, type, { ...wait, waitMs });
    if (!bought) service.countSaved();
    return collected;
  }

  return {
    load(report, type, wait) {
      const collected = obtain(report, type, wait);
      const others = waits.get(report.id);
      if (others) others.push(collected);
      else waits.set(report.id, [collected]);
      return collected;
    },

    async settled(reportId) {
      // Wait a tick, so that fields selected after this one have started loading too.
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.allSettled(waits.get(reportId) ?? []);
    },
  };
}

/** One `ensure` per report, with its distinct types. A purchase is attributed to the first request for it. */
async function ensureAll(service: ReportService, asks: readonly Ask[]): Promise<({ bought: boolean } | Error)[]> {
  const byReport = Map.groupBy(asks, ({ report }) => report.id);
  const outcomes = new Map<Ask, { bought: boolean } | Error>();
  await Promise.all(
    [...byReport.values()].map(async (same) => {
      const [first] = same;
      if (!first) return;
      try {
        const bought = new Set(await service.ensure(first.report, [...new Set(same.map(({ type }) => type))]));
        for (const ask of same) outcomes.set(ask, { bought: bought.delete(ask.type) });
      } catch (error) {
        for (const ask of same) outcomes.set(ask, error instanceof Error ? error : new Error(String(error)));
      }
    }),
  );
  return asks.map((ask) => outcomes.get(ask) ?? new Error('A load was left without an outcome.'));
}
