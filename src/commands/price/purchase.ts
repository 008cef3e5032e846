import { LRUCache } from 'lru-cache';
import { delay } from '../../lib/delay.js';
import { inBatches } from '../../lib/in-batches.js';
import { mapInOrder } from '../../lib/map-in-order.js';
import type { Answers } from '../../model/answers.js';
import { jobKey } from '../../model/job-list/job.js';
import type { ReportType } from '../../model/report.js';
import type { Allowance } from './allowance.js';
import { merged, type Answered, type Ask, type Asking } from './ask.js';
import type { Fault, PlannedRow, PricedRow } from './rows.js';

export interface BuyingOptions {
  readonly asking: Asking;
  readonly types: readonly ReportType[];
  readonly allowance: Allowance;
  /** Whether reports are bought that have an answer which upstream does not know. */
  readonly buyUnknown: boolean;
  readonly signal: AbortSignal;
  /** Counts the reports that are bought, as far as the server tells. */
  readonly tally: { bought: number };
  /** Told how many rows are done. */
  readonly onRows: (rows: number) => void;
  /** Of the next attempt after trouble, in milliseconds. */
  readonly pausesMs?: readonly number[];
}

const AT_ONCE = 20;
/** Most of the time is spent waiting for Jobalyzer. */
const OPEN_BATCHES = 10;
/** Trouble on the way to Jobalyzer that may be over soon: nothing was bought, and it is tried again. */
const TROUBLE: ReadonlySet<string> = new Set([
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_RATE_LIMITED',
  'STORE_UNAVAILABLE',
]);
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 15_000];
/** Nothing more is bought after that, by anybody with these credentials. */
const FINAL: ReadonlySet<string> = new Set(['BUDGET_EXCEEDED', 'BUYING_STOPPED', 'FORBIDDEN', 'UPSTREAM_UNAUTHORIZED']);
const NOT_KNOWN: Fault = {
  code: 'UNKNOWN_ANSWER',
  message: 'Not bought, because the report would answer another question; --buy-unknown buys it all the same.',
};
/** With these a report may have been bought; with every other fault it was not. */
const PERHAPS_BOUGHT: ReadonlySet<string> = new Set(['REPORT_NOT_READY', 'REPORT_FAILED', 'SUBMISSION_UNCERTAIN']);
/** Jobs that are asked for again before the server has told that they are bought. */
const RECENT = 10_000;
/** Jobs whose figures are kept for later rows with the same. */
const REMEMBERED = 5_000;

/**
 * Buys what the rows need and is not there, in their order, and tells what has come of each row. Reports that are not ready
 * when they have been waited for are told as REPORT_NOT_READY.
 */
export function buyRows(rows: AsyncIterable<PlannedRow>, options: BuyingOptions): AsyncGenerator<PricedRow> {
  const { asking, types, signal, tally, buyUnknown, pausesMs = PAUSES_MS } = options;
  const { most, beyond } = options.allowance;
  /** Why nothing more is bought; null: there is no reason. */
  let stopped: Fault | null = null;
  const recent = new LRUCache<string, true>({ max: RECENT });
  const complete = new LRUCache<string, Answered>({ max: REMEMBERED });
  /** Batches take what is left one after the other, though they wait at the same time; after one that has failed, none takes anything. */
  let turn = Promise.resolve();

  /** What of a job may be bought, while there is anything left; what is beyond becomes a fault. */
  function allot(answers: Answers, one: Answered, unknown: boolean): { readonly ask: Ask; readonly one: Answered } {
    const faults: Partial<Record<ReportType, Fault>> = {};
    const wanted = types.filter((type) => {
      // Asking again for what has failed costs nothing.
      if (one.faults[type]?.code === 'REPORT_FAILED') return true;
      if (!one.absent.includes(type)) return false;
      const name = nameOf(type, answers);
      const isCounted = recent.has(name);
      const withheld = unknown && !buyUnknown ? NOT_KNOWN : null;
      const fault = withheld ?? stopped ?? (isCounted || tally.bought < most ? null : beyond);
      if (fault) faults[type] = fault;
      else if (!isCounted) {
        tally.bought += 1;
        recent.set(name, true);
      }
      return fault === null;
    });
    return { ask: { answers, types: wanted }, one: { ...one, faults: { ...one.faults, ...faults } } };
  }

  async function buy(wanted: readonly Ask[], found: Map<string, Answered>): Promise<void> {
    let asks = wanted;
    for (let attempt = 0; asks.length > 0; attempt += 1) {
      const told = await asking.buy(asks);
      for (const ask of asks) {
        const key = jobKey(ask.answers);
        const answered = told.get(key);
        if (answered) found.set(key, toldAgain(found.get(key) ?? answered, answered, ask.types));
      }
      const faults = [...told.values()].flatMap((one) => Object.values(one.faults));
      stopped ??= faults.find(({ code }) => FINAL.has(code)) ?? null;
      const pauseMs = pausesMs[attempt];
      const troubled = asks.map((ask) => troubledPart(ask, told)).filter(({ types: some }) => some.length > 0);
      if (pauseMs === undefined) stopped ??= faults.find(({ code }) => TROUBLE.has(code)) ?? null;
      asks = stopped ? [] : troubled;
      if (asks.length > 0)
        await delay(Math.max(pauseMs ?? 0, ...[...told.values()].map(({ retryAfterMs }) => retryAfterMs)), signal);
    }
  }

  /** The names of those that have failed because Jobalyzer did not even accept them: they are absent as before. */
  async function refusedOf(wanted: readonly Ask[], found: ReadonlyMap<string, Answered>): Promise<ReadonlySet<string>> {
    const failed = wanted.filter(({ answers }) =>
      Object.values(found.get(jobKey(answers))?.faults ?? {}).some(({ code }) => code === 'REPORT_FAILED'),
    );
    const told = failed.length === 0 ? new Map<string, Answered>() : await asking.read(failed);
    return new Set(
      failed.flatMap(({ answers }) => (told.get(jobKey(answers))?.absent ?? []).map((type) => nameOf(type, answers))),
    );
  }

  async function priceBatch(batch: readonly PlannedRow[]): Promise<readonly PricedRow[]> {
    const before = turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    turn = promise;
    const jobs = new Map(
      batch.flatMap(({ answers, remarks: { unknown } }) =>
        answers ? [[jobKey(answers), { answers, unknown }] as const] : [],
      ),
    );
    const found = new Map<string, Answered>();
    const asks: Ask[] = [];
    for (const [key, { answers }] of jobs) {
      const known = complete.get(key);
      if (known) found.set(key, known);
      else asks.push({ answers, types });
    }
    if (asks.length > 0) for (const [key, told] of await asking.read(asks)) found.set(key, told);
    await before;
    const wanted: Ask[] = [];
    const absent = new Set<string>();
    for (const [key, { answers, unknown }] of jobs) {
      const present = found.get(key);
      if (!present) continue;
      const { ask, one } = allot(answers, present, unknown);
      found.set(key, one);
      if (ask.types.length > 0) wanted.push(ask);
      for (const type of ask.types) if (one.absent.includes(type)) absent.add(nameOf(type, answers));
    }
    resolve();
    await buy(wanted, found);
    const refused = await refusedOf(wanted, found);
    for (const { answers } of wanted) {
      for (const [type, { code }] of Object.entries(found.get(jobKey(answers))?.faults ?? {})) {
        const name = nameOf(type as ReportType, answers);
        const isBought = PERHAPS_BOUGHT.has(code) && !refused.has(name);
        if (absent.has(name) && !isBought && recent.delete(name)) tally.bought -= 1;
      }
    }
    for (const [key, one] of found)
      if (one.absent.length === 0 && Object.keys(one.faults).length === 0) complete.set(key, one);
    options.onRows(batch.length);
    return batch.map((row) => ({ ...row, outcome: outcomeOf(row.answers && found.get(jobKey(row.answers))) }));
  }

  async function* priced(): AsyncGenerator<PricedRow> {
    for await (const batch of mapInOrder(inBatches(rows, AT_ONCE), OPEN_BATCHES, priceBatch)) yield* batch;
  }
  return priced();
}

function nameOf(type: ReportType, answers: Answers): string {
  return `${type} ${jobKey(answers)}`;
}

/** What is known of a job after an attempt to buy these types: what was wrong with them before counts no more. */
function toldAgain(before: Answered, told: Answered, types: readonly ReportType[]): Answered {
  const faults = Object.entries(before.faults).filter(([type]) => !types.includes(type as ReportType));
  return merged({ ...before, faults: Object.fromEntries(faults) }, told);
}

function troubledPart({ answers, types }: Ask, told: ReadonlyMap<string, Answered>): Ask {
  const faults = told.get(jobKey(answers))?.faults ?? {};
  return { answers, types: types.filter((type) => TROUBLE.has(faults[type]?.code ?? '')) };
}

function outcomeOf(found: Answered | null | undefined): PricedRow['outcome'] {
  if (!found) return null;
  const { id, pay, yoe, faults } = found;
  return { id, pay, yoe, faults };
}
