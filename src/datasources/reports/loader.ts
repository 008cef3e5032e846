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

/** `isFirst`: the report was bought for this request; others that ask for it are served without a purchase. */
interface Purchased {
  readonly isFirst: boolean;
}

export function createReportLoader(service: ReportService): ReportLoader {
  const waits = new Map<string, Promise<unknown>[]>();
  // Without DataLoader's cache: every request must reach the batch to be counted if it is served without a purchase.
  const purchases = new DataLoader<Ask, Purchased>((asks) => ensureAll(service, asks), { cache: false });

  async function obtain<T extends ReportType>(report: ReportKey, type: T, wait: Wait): Promise<CollectedReport<T>> {
    const startedAt = performance.now();
    const { isFirst } = await purchases.load({ report, type });
    const waitMs = Math.max(wait.waitMs - (performance.now() - startedAt), 0);
    const collected = await service.obtain(report, type, { ...wait, waitMs });
    if (!isFirst) service.usage.countSaved(1);
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
async function ensureAll(service: ReportService, asks: readonly Ask[]): Promise<(Purchased | Error)[]> {
  const byReport = Map.groupBy(asks, ({ report }) => report.id);
  const outcomes = new Map<Ask, Purchased | Error>();
  await Promise.all(
    [...byReport.values()].map(async (same) => {
      const [first] = same;
      if (!first) return;
      try {
        const purchased = new Set(await service.ensure(first.report, [...new Set(same.map(({ type }) => type))]));
        for (const ask of same) outcomes.set(ask, { isFirst: purchased.delete(ask.type) });
      } catch (error) {
        for (const ask of same) outcomes.set(ask, error instanceof Error ? error : new Error(String(error)));
      }
    }),
  );
  return asks.map((ask) => outcomes.get(ask) ?? new Error('A load was left without an outcome.'));
}
