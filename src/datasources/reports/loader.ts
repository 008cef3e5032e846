import DataLoader from 'dataloader';
import type { CollectedReport } from '../../model/report-contents.js';
import type { ReportKey, ReportType } from '../../model/report.js';
import type { Buyer } from './buyer.js';
import type { ReportService } from './service.js';

/** Loads the reports of one operation. */
export interface ReportLoader {
  /**
   * Loads one type of a report, and waits for it at most `waitMs`. Types of the same report requested in one tick share one
   * POST. `buy`: whether it is bought if needed; otherwise null if it was never requested, by this operation either.
   */
  load<T extends ReportType>(report: ReportKey, type: T, how: Loading): Promise<Loaded<T>>;
  /** Resolves when everything loaded of this report so far has settled. */
  settled(reportId: string): Promise<void>;
}

export interface Loading {
  readonly waitMs: number;
  readonly buy: boolean;
}

/** Null: it was not to be bought, and there is none. */
export type Loaded<T extends ReportType> = CollectedReport<T> | null;

interface Ask {
  readonly report: ReportKey;
  readonly type: ReportType;
  readonly buy: boolean;
}

/**
 * `bought`: for this request; others that ask for the same are served without a purchase. `absent`: nobody has requested
 * it.
 */
type Found = 'bought' | 'stored' | 'absent';

/** `signal`: what ends the waits; asked for when something waits. */
export function createReportLoader(service: ReportService, buyer: Buyer, signal: () => AbortSignal): ReportLoader {
  const waits = new Map<string, Promise<unknown>[]>();
  // Without DataLoader's cache: every request must reach the batch to be counted if it is served without a purchase.
  const finding = new DataLoader<Ask, Found>((asks) => findAll(service, buyer, asks), { cache: false });

  async function obtain<T extends ReportType>(
    report: ReportKey,
    type: T,
    { buy, waitMs: longest }: Loading,
  ): Promise<Loaded<T>> {
    const startedAt = performance.now();
    const found = await finding.load({ report, type, buy });
    if (found === 'absent') return null;
    const waitMs = Math.max(longest - (performance.now() - startedAt), 0);
    const collected = await service.obtain(report, type, { waitMs, signal: signal() });
    if (found === 'stored') service.usage.countSaved(1);
    return collected;
  }

  return {
    load(report, type, how) {
      const collected = obtain(report, type, how);
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

async function findAll(service: ReportService, buyer: Buyer, asks: readonly Ask[]): Promise<(Found | Error)[]> {
  const outcomes = new Map<Ask, Found | Error>();
  const byReport = Map.groupBy(asks, ({ report }) => report.id);
  await Promise.all(
    [...byReport.values()].map(async (same) => {
      try {
        for (const [ask, outcome] of await findOne(service, buyer, same)) outcomes.set(ask, outcome);
      } catch (error) {
        for (const ask of same) outcomes.set(ask, error instanceof Error ? error : new Error(String(error)));
      }
    }),
  );
  return asks.map((ask) => outcomes.get(ask) ?? new Error('A load was left without an outcome.'));
}

/**
 * All that is asked of one report: one `ensure` for the distinct types that may be bought, then a look at the others. A
 * purchase is attributed to the first request for it.
 */
async function findOne(
  service: ReportService,
  buyer: Buyer,
  asks: readonly Ask[],
): Promise<(readonly [Ask, Found | Error])[]> {
  const [first] = asks;
  if (!first) return [];
  const typesOf = (buy: boolean): ReportType[] => [
    ...new Set(asks.filter((ask) => ask.buy === buy).map(({ type }) => type)),
  ];
  const [toBuy, toRead] = [typesOf(true), typesOf(false)];
  const { bought, refused } =
    toBuy.length > 0 ? await service.ensure(first.report, toBuy, buyer) : { bought: [], refused: new Map() };
  const unsettled = new Set(bought);
  const requested = toRead.length > 0 ? await service.requested(first.report.id, toRead) : [];
  return asks.map((ask) => {
    if (!ask.buy) return [ask, requested.includes(ask.type) ? 'stored' : 'absent'];
    return [ask, refused.get(ask.type) ?? (unsettled.delete(ask.type) ? 'bought' : 'stored')];
  });
}
