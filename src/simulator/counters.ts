import type { WireReportKey } from '../contract/wire.js';
import { digest } from './hash.js';

/** One accepted report, which the real service would have charged unless its rating is 0. */
export interface Purchase {
  /** When, in ISO 8601. */
  at: string;
  type: WireReportKey;
  /** The same for the same answers and AutoResolveJobTitle, regardless of order. */
  key: string;
  billable: boolean;
}

/** A report that a POST asked for. */
export type AskedReport = Pick<Purchase, 'type' | 'key'>;

/** Counts since the start or the last reset. */
export interface SimulatorCounters {
  /** Access tokens issued. */
  tokens: number;
  /** POSTs for reports received, including rejected ones. */
  posts: number;
  /** POSTs for reports accepted. */
  acceptedPosts: number;
  /** Reports accepted: two when one POST asked for both types. */
  submittedReports: number;
  /** Accepted reports with a rating above 0. */
  billableReports: number;
  /** Accepted reports whose answers and type had been accepted before. */
  duplicates: number;
  /** GETs of report links. */
  polls: number;
  /** Distinct report links polled. */
  polledLinks: number;
  /** Reports returned, whole or damaged by a fault; returning the same one again counts again. */
  collected: number;
  /** The highest number of concurrent requests for one link. */
  maxConcurrentPollsPerLink: number;
  /** Calls to the synchronous endpoints. */
  lookups: number;
  /** Readings of the usage log, including rejected ones. */
  usageReads: number;
  /** Calls rejected with 401, at any endpoint. */
  unauthorized: number;
  /** Faults injected. */
  faults: number;
  /** The latest purchases, oldest first; at most 10,000. */
  purchases: Purchase[];
  /** What the latest POSTs asked for, whether it was accepted or not, oldest first; at most 10,000. */
  asked: AskedReport[];
}

const REPORTS_KEPT = 10_000;

type Counted = Exclude<
  keyof SimulatorCounters,
  | 'purchases'
  | 'asked'
  | 'polledLinks'
  | 'maxConcurrentPollsPerLink'
  | 'submittedReports'
  | 'billableReports'
  | 'duplicates'
>;

/** Counters for tests and operators. */
export class CounterBoard {
  #counts: Record<Counted, number> = zeroes();
  #purchases: Purchase[] = [];
  #asked: AskedReport[] = [];
  #submitted = 0;
  #billable = 0;
  #duplicates = 0;
  #maxConcurrent = 0;
  #bought = new Set<string>();
  #links = new Set<string>();
  #open = new Map<string, number>();

  add(name: Counted): void {
    this.#counts[name] += 1;
  }

  purchase(purchase: Purchase): void {
    const id = `${purchase.key}:${purchase.type}`;
    this.#submitted += 1;
    if (purchase.billable) this.#billable += 1;
    if (this.#bought.has(id)) this.#duplicates += 1;
    this.#bought.add(id);
    this.#purchases = withLatest(this.#purchases, purchase);
  }

  asked(report: AskedReport): void {
    this.#asked = withLatest(this.#asked, report);
  }

  /** @returns a function to call when the poll's response is closed. */
  pollOpened(link: string): () => void {
    const id = digest(link);
    this.add('polls');
    this.#links.add(id);
    const open = (this.#open.get(id) ?? 0) + 1;
    this.#open.set(id, open);
    this.#maxConcurrent = Math.max(this.#maxConcurrent, open);
    return () => {
      const left = (this.#open.get(id) ?? 1) - 1;
      if (left > 0) this.#open.set(id, left);
      else this.#open.delete(id);
    };
  }

  read(): SimulatorCounters {
    return {
      ...this.#counts,
      submittedReports: this.#submitted,
      billableReports: this.#billable,
      duplicates: this.#duplicates,
      polledLinks: this.#links.size,
      maxConcurrentPollsPerLink: this.#maxConcurrent,
      purchases: this.#purchases.slice(-REPORTS_KEPT),
      asked: this.#asked.slice(-REPORTS_KEPT),
    };
  }

  /** Zeroes everything except the count of open polls, which are still to be closed. */
  reset(): void {
    this.#counts = zeroes();
    this.#purchases = [];
    this.#asked = [];
    this.#submitted = this.#billable = this.#duplicates = this.#maxConcurrent = 0;
    this.#bought = new Set();
    this.#links = new Set();
  }
}

/** Appends, and trims in bulk: shifting one by one would make a load test quadratic. */
function withLatest<T>(list: T[], item: T): T[] {
  list.push(item);
  return list.length > 2 * REPORTS_KEPT ? list.slice(-REPORTS_KEPT) : list;
}

function zeroes(): Record<Counted, number> {
  return {
    ...{ tokens: 0, posts: 0, acceptedPosts: 0, polls: 0, collected: 0, lookups: 0 },
    ...{ usageReads: 0, unauthorized: 0, faults: 0 },
  };
}
