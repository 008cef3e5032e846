import { requestKeyOf } from '../../jobalyzer/usage-log/request-key.js';
import type { PurchaseRecord, SentPurchases } from '../sent-purchases.js';
import type { SentPurchase } from './match.js';

/** A purchase of ours with what tells its row from others. */
export interface AskedPurchase extends SentPurchase {
  readonly reportId: string;
}

/** What was sent around the purchases that are looked for, themselves included. */
export interface Surroundings {
  readonly purchases: readonly AskedPurchase[];
  /** The requests of those that are looked for. */
  readonly keys: ReadonlySet<string>;
  /** Whether every purchase of ours of the half hours around is among them. */
  readonly isComplete: boolean;
  /** When those that are looked for were sent, in ascending order; epoch ms. */
  readonly times: readonly number[];
  /** The time that all were sent in; both epoch ms. */
  readonly from: number;
  readonly until: number;
}

interface AroundOptions {
  readonly records: Pick<SentPurchases, 'between'>;
  readonly customerId: string;
  /** How many purchases of other requests are kept in memory. */
  readonly most?: number;
}

/** Whatever may have to do with the row of a purchase of the half hour around was sent within so long. */
const AROUND_MS = 50 * 60_000;
/** The same request may be repeated again and again, so that each row may be one of two purchases. */
const REPEATED_MS = 3 * 3_600_000;
const AT_ONCE = 500;
const MOST_PURCHASES = 200_000;

/** Reads them, in memory that is bounded. */
export async function purchasesAround(
  sought: readonly PurchaseRecord[],
  { records, customerId, most = MOST_PURCHASES }: AroundOptions,
  signal: AbortSignal,
): Promise<Surroundings> {
  const times = sought.map(({ sentAt }) => sentAt).toSorted((a, b) => a - b);
  const keys = new Set(sought.map(({ request }) => requestKeyOf(request, customerId)).filter((key) => key !== null));
  const purchases: AskedPurchase[] = [];
  const spans = joined(times);
  let others = 0;
  let isComplete = true;
  for (const { from, until } of spans) {
    for (let after: PurchaseRecord | null = null; ;) {
      signal.throwIfAborted();
      const page: readonly PurchaseRecord[] = await records.between(from, until, after, AT_ONCE);
      for (const record of page) {
        const requestKey = requestKeyOf(record.request, customerId);
        if (requestKey === null) continue;
        if (!keys.has(requestKey)) {
          if (!isWithin(times, record.sentAt, AROUND_MS)) continue;
          if (others >= most) {
            isComplete = false;
            continue;
          }
          others += 1;
        }
        purchases.push(asked(record, requestKey));
      }
      after = page.at(-1) ?? null;
      if (page.length < AT_ONCE) break;
    }
  }
  return { purchases, keys, times, isComplete, from: spans[0]?.from ?? 0, until: spans.at(-1)?.until ?? 0 };
}

function joined(times: readonly number[]): readonly { readonly from: number; readonly until: number }[] {
  const spans: { from: number; until: number }[] = [];
  for (const time of times) {
    const [from, until] = [time - REPEATED_MS, time + REPEATED_MS];
    const latest = spans.at(-1);
    if (latest && from <= latest.until) latest.until = until;
    else spans.push({ from, until });
  }
  return spans;
}

/** Names a purchase among others. */
export function purchaseKey({ purchaseId, type }: Pick<PurchaseRecord, 'purchaseId' | 'type'>): string {
  return `${purchaseId} ${type}`;
}

/** The same, by the names of the purchases. */
export function byPurchase<T>(values: ReadonlyMap<AskedPurchase, T>): ReadonlyMap<string, T> {
  return new Map([...values].map(([purchase, value]) => [purchaseKey(purchase), value]));
}

/** Whether one of these times, in ascending order, is at most so far from `time`. */
export function isWithin(times: readonly number[], time: number, distanceMs: number): boolean {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) < time - distanceMs) low = middle + 1;
    else high = middle;
  }
  return (times[low] ?? Infinity) <= time + distanceMs;
}

function asked(record: PurchaseRecord, requestKey: string): AskedPurchase {
  const { purchaseId, type, reportId, sentAt, upstreamReportId, outcome } = record;
  return { purchaseId, type, reportId, sentAt, upstreamReportId, requestKey, outcome: outcomeOf(outcome) };
}

function outcomeOf(outcome: PurchaseRecord['outcome']): SentPurchase['outcome'] {
  switch (outcome) {
    case 'accepted':
    case 'found':
      return 'accepted';
    case 'refused':
    case 'not-accepted':
      return outcome;
    default:
      return 'unknown';
  }
}
