import { delay } from '../../lib/delay.js';
import { inBatches } from '../../lib/in-batches.js';
import { mapInOrder } from '../../lib/map-in-order.js';
import { jobKey } from '../../model/job-list/job.js';
import type { ReportType } from '../../model/report.js';
import { merged, type Answered, type Ask, type Asking } from './ask.js';
import { type Outcome, type PricedRow } from './rows.js';

export interface FinishingOptions {
  readonly asking: Pick<Asking, 'read'>;
  readonly types: readonly ReportType[];
  readonly signal: AbortSignal;
  readonly onRows: (rows: number) => void;
  /** How long reports are waited for in all, in milliseconds. */
  readonly patienceMs?: number;
}

const AT_ONCE = 20;
const OPEN_BATCHES = 4;
/** Most take seconds; one that takes longer is there when the list is priced again. */
const PATIENCE_MS = 10 * 60_000;
const PAUSE_MS = { least: 250, most: 5_000 };

/** Waits for the reports that were not ready when they were bought. */
export function finishRows(rows: AsyncIterable<PricedRow>, options: FinishingOptions): AsyncGenerator<PricedRow> {
  const { asking, types, signal, onRows, patienceMs = PATIENCE_MS } = options;
  const until = performance.now() + patienceMs;

  function pendingIn(found: ReadonlyMap<string, Outcome>, rows: readonly PricedRow[]): readonly Ask[] {
    const asks = rows.flatMap(({ answers }) => {
      if (!answers) return [];
      const faults = found.get(jobKey(answers))?.faults ?? {};
      const pending = types.filter((type) => faults[type]?.code === 'REPORT_NOT_READY');
      return pending.length > 0 ? [[jobKey(answers), { answers, types: pending }] as const] : [];
    });
    return [...new Map(asks).values()];
  }

  async function finishBatch(batch: readonly PricedRow[]): Promise<readonly PricedRow[]> {
    const found = new Map(
      batch.flatMap(({ answers, outcome }) => (answers && outcome ? [[jobKey(answers), outcome] as const] : [])),
    );
    for (;;) {
      const asks = pendingIn(found, batch);
      if (asks.length === 0) break;
      const told = await asking.read(asks, true);
      for (const ask of asks) {
        const key = jobKey(ask.answers);
        const [before, answered] = [found.get(key), told.get(key)];
        if (before && answered) found.set(key, later(before, answered, ask.types));
      }
      if (pendingIn(found, batch).length === 0 || performance.now() > until) break;
      const retryAfterMs = Math.min(...[...told.values()].map((one) => one.retryAfterMs).filter((ms) => ms > 0));
      await delay(Math.min(Math.max(retryAfterMs, PAUSE_MS.least), PAUSE_MS.most), signal);
    }
    onRows(batch.length);
    return batch.map((row) => ({
      ...row,
      outcome: (row.answers && found.get(jobKey(row.answers))) ?? row.outcome,
    }));
  }

  async function* finished(): AsyncGenerator<PricedRow> {
    for await (const batch of mapInOrder(inBatches(rows, AT_ONCE), OPEN_BATCHES, finishBatch)) yield* batch;
  }
  return finished();
}

/** What was pending is what is told of it now; what is gone was given up before Jobalyzer had accepted it. */
function later(before: Outcome, told: Answered, types: readonly ReportType[]): Outcome {
  const others = Object.entries(before.faults).filter(([type]) => !types.includes(type as ReportType));
  const gone = told.absent.map((type) => {
    const message = 'It was given up before Jobalyzer had accepted it. Price the list again to buy it.';
    return [type, { code: 'NOT_BOUGHT', message }] as const;
  });
  const { id, pay, yoe, faults } = merged({ ...before, faults: Object.fromEntries([...others, ...gone]) }, told);
  return { id, pay, yoe, faults };
}
