import DataLoader from 'dataloader';
import type { ReportType } from '../jobalyzer/types.js';
import type { ReportKey } from './ports.js';
import type { Collected } from './report-cache.js';
import type { ReportService } from './service.js';
import type { Wait } from './report-waiter.js';

/** The loader of one operation. */
export interface ReportLoader {
  /** One type of one report: bought where need be, in one POST with whatever else this tick asks of the same report. */
  load<T extends ReportType>(report: ReportKey, type: T, wait: Wait): Promise<Collected<T>>;
  /** Resolves when all that has been asked of this report so far has an outcome. */
  settled(reportId: string): Promise<void>;
}

interface Ask {
  readonly report: ReportKey;
  readonly type: ReportType;
}

export function createReportLoader(service: ReportService): ReportLoader {
  const waits = new Map<string, Promise<unknown>[]>();
  // Without its cache: every ask reaches the batch, so that those served without a purchase can be counted.
  const purchases = new DataLoader<Ask, { bought: boolean }>((asks) => ensureAll(service, asks), { cache: false });

  async function obtain<T extends ReportType>(report: ReportKey, type: T, wait: Wait): Promise<Collected<T>> {
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
      // A tick, so that fields which stand after this one in the query have been asked for as well.
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.allSettled(waits.get(reportId) ?? []);
    },
  };
}

/** One `ensure` for each distinct report, with the distinct types asked of it; the first ask of what was bought, bought it. */
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
