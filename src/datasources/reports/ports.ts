import type { ReportKey, ReportType } from '../../model/report.js';
import type { UncertainPlace } from '../../model/uncertain-report.js';
import type { UsageCounts } from '../../model/usage.js';
import type { Charge } from './charges.js';
import type { Entry, EntryIn } from './ledger.js';
import type { SentPurchases } from './sent-purchases.js';
import type { Transition } from './transition.js';

/** A form in which a ledger is written. In `stands-for` there are rows that say that one id stands for another. */
export type LedgerFormat = 'first' | 'stands-for';

export interface ReportRecord extends ReportKey {
  /** At most one per type; none for a type that was never requested. */
  readonly entries: readonly Entry[];
}

export interface Committed {
  readonly won: boolean;
  /** The current entry: `after` if this transition won, otherwise what the winner stored, or `before` if it was refused. */
  readonly entry: Entry;
  /** Why this transition, which leads to a purchase, was refused although its version was current. Absent: it was not. */
  readonly refused?: PurchaseRefusal;
}

/** Buying is stopped; or the budget that a claim would be charged to is used up: `used` reports are charged to it. */
export type PurchaseRefusal =
  { readonly reason: 'stopped' } | { readonly reason: 'budget'; readonly used: number; readonly limit: number };

/** What makes one id stand for another. */
export interface Alias {
  /** The report as it is asked for by the id that is to stand for another. */
  readonly report: ReportKey;
  /** To ALIAS, of those of its two entries that do not say so yet. */
  readonly steps: readonly Transition[];
}

export interface AliasedCommit {
  /** What came of the claims, in their order. */
  readonly committed: readonly Committed[];
  /** The entries of the id that stands for the report now; null: it does not, and nothing is claimed. */
  readonly aliases: readonly EntryIn<'ALIAS'>[] | null;
}

/** A part of what is uncertain now. Of what cannot be read, only `total` knows. */
export interface UncertainPage {
  readonly records: readonly UncertainRecord[];
  /** How many there are in all. */
  readonly total: number;
  /** Whether there are others, before the place from which it was asked for and after this part. */
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
}

export interface UncertainRecord {
  readonly place: UncertainPlace;
  readonly report: ReportKey;
  readonly entry: EntryIn<'UNCERTAIN'>;
}

/**
 * The source of truth about every report, perhaps shared with other processes. Each method settles within seconds; one that
 * cannot do its work throws STORE_UNAVAILABLE. The suite in `test/contract` tests every implementation of this contract.
 */
export interface Ledger {
  /** Null if no report with this id was ever requested. */
  read(id: string): Promise<ReportRecord | null>;
  /**
   * Stores the transitions of one report atomically and, with the first of them, the report's request. When this resolves,
   * the transitions that won are on disk. Subscribers are notified in this order, but possibly later. The same write charges
   * and refunds, and keeps the settlements. What leads to a purchase is refused while buying is stopped, and a claim beyond the limit of its charge, each
   * by itself and in the order given. A transition that won wins again, without any effect, if the same object is passed
   * again while its entry is still current: so whoever gets an error whose cause is `OutcomeUnknown` can find out.
   */
  commit(report: ReportKey, transitions: readonly Transition[]): Promise<readonly Committed[]>;
  /**
   * The same for claims, perhaps none, of a report that was asked for by another id, which stands for the report's from then on.
   * All of it in one write, or nothing: nothing is claimed unless the id stands for the report then, and it does not if
   * all of the claims are refused. It cannot if one of its entries was changed meanwhile, or if the report's id stands for another
   * one itself. Whatever stood for the asked id stands for nothing any more. To be called only while the form `stands-for` may be written.
   */
  commitAs(report: ReportKey, claims: readonly Transition[], alias: Alias): Promise<AliasedCommit>;
  /**
   * Publishes polling progress. Not durable: after a restart, polls are counted from 0 again. Other processes are told as far
   * as that is possible.
   */
  progress(entry: EntryIn<'LINKED'>): Promise<void>;
  /** The body stored with COLLECTED; null once it has been pruned. */
  body(entry: EntryIn<'COLLECTED'>): Promise<string | null>;
  /**
   * Takes up reports that nobody drives, with those of their entries that are to be resumed: what a process that is gone left
   * unfinished; at the first call also those whose stored response may be readable now; in a shared ledger, what this process
   * has claimed without learning of it, unless the report is among `driven`, the ids of those with a purchase under way here.
   * To be called at the start and then every few seconds, each time until there is none. A shared ledger takes about `limit`
   * entries at a time, another one all of them at the first call.
   */
  adopt(limit: number, driven: readonly string[]): Promise<readonly ReportRecord[]>;
  /**
   * This process is stopping: others may take up at once what it polls, and what it has claimed and not sent, now and from
   * now on. A purchase in flight stays its own until its outcome is stored.
   */
  handOver(): Promise<void>;
  /**
   * Whether the bytes of the purchase of these entries, which this process has made SENDING, may leave now: nobody else can have
   * taken one over, and buying is not stopped, as far as this process can know. Asked immediately before, for each attempt.
   */
  mayBuy(sending: readonly Entry[]): boolean;
  /**
   * Whether this form may be written: every process that shares the ledger reads it, and none that does not can join any more.
   * Once true, it stays so.
   */
  canWrite(format: LedgerFormat): boolean;
  /**
   * The stored requests that are not all single spaces and printable ASCII, and perhaps others: those whose canonical form
   * may be another one in this release. For startup only.
   */
  unusualRequests(): Promise<readonly ReportKey[]>;
  /**
   * The entries, apart from this one, that have or had this link: LINKED, COLLECTED and FAILED ones keep it, of which a few
   * are enough. Those that an earlier release collected have none.
   */
  othersWithLink(link: string, own: CollectionKey): Promise<readonly CollectionKey[]>;
  /**
   * Calls the listener with later entries of this report, in order: every one that this process stores; of those that others
   * store perhaps not each, but the last within two seconds. Resolves to the unsubscribe function.
   */
  subscribe(id: string, listener: (entry: Entry) => void): Promise<() => void>;
  /** How many reports are charged to this client and day. */
  charged(charge: Charge): Promise<number>;
  /** Whether anything may be bought: true, unless it was stopped, by this process or another one. */
  buying(): Promise<boolean>;
  /**
   * Stops purchases, or allows them again. Resolves when that is on disk and, if they are stopped, no other process is going to
   * send one any more.
   */
  setBuying(enabled: boolean): Promise<void>;
  /** Counts reports served without a purchase. May be stored up to a second later. */
  countSaved(reports: number): void;
  /** Counts from `since` to `until`, both inclusive, epoch ms. */
  usage(since: number, until: number): Promise<UsageCounts>;
  /** What is in the ledger now. `ages`: upper bounds of the age of what is pending, ms, ascending. */
  standing(ages: readonly number[]): Promise<LedgerStanding>;
  /** The same for these UTC days, each by its beginning (epoch ms), in ascending order. */
  usageByDay(days: readonly number[]): Promise<readonly UsageCounts[]>;
  /** How many entries are UNCERTAIN now. */
  uncertainCount(): Promise<number>;
  /** At most `most` of them, ordered by since when, then by id and type, after a place; null: from the beginning. */
  uncertain(after: UncertainPlace | null, most: number): Promise<UncertainPage>;
  /** The purchases that were sent, of which `commit` keeps records. */
  readonly purchases: SentPurchases;
  /** When counting started, epoch ms. */
  readonly since: number;
  /** The latest time at which something was counted, epoch ms; later than now if the clock was set back. Null: never. */
  latest(): Promise<number | null>;
  /** When an earlier process last trusted its clock, epoch ms. Null: the ledger is new. */
  readonly trustedAt: number | null;
  /** Stores that the clock is trusted, for the next process. `now` in epoch ms. */
  trust(now: number): Promise<void>;
  /**
   * Deletes the entries that expired by `expiredBefore`, with their bodies, and what was charged on earlier days; those of
   * which nothing was bought (rejected, or given up) by `refusedBefore` (both epoch ms). A report without another entry is
   * forgotten, unless `keeps` says that its id is needed, and with it what stands for it.
   */
  prune(expiredBefore: number, refusedBefore?: number, keeps?: (id: string) => boolean): Promise<void>;
  /** Resolves if the ledger is writable; asked every second, it writes at most every few. The cause may be `LedgerLost` or `LedgerTooNew`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** What is open is not the ledger that the next process will find, so nothing may be bought into it. */
export class LedgerLost extends Error {
  override readonly name = 'LedgerLost';
}

/** Newer servers write the ledger in a form that this one cannot read, so it has to be ended. */
export class LedgerTooNew extends Error {
  override readonly name = 'LedgerTooNew';
}

/** The cause of an error after which what was to be stored is perhaps stored. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/** What is in a ledger, for whoever runs it. */
export interface LedgerStanding {
  /** Reports that were claimed and neither collected nor given up, by age: as many numbers as bounds of it. */
  readonly pending: readonly number[];
  /** Reports that may have been bought, without a link. */
  readonly uncertain: number;
  /** Its size. */
  readonly bytes: number;
}

export interface CollectionKey {
  readonly id: string;
  readonly type: ReportType;
}

/** One poll of a pending report. Resolves to the delay before the next poll in milliseconds, or null if there is none. */
export type CollectionStep = (key: CollectionKey, signal: AbortSignal) => Promise<number | null>;

/** Schedules polls: never two at a time for one report and type, however often it is scheduled. */
export interface CollectionQueue {
  start(step: CollectionStep): void;
  /** Schedules a poll in `delayMs` milliseconds, never earlier. A poll that is already scheduled keeps its time. */
  schedule(key: CollectionKey, delayMs: number): void;
  /** Cancels timers and running polls. What was scheduled is found in the ledger again at the next start. */
  close(): Promise<void>;
}

/** Everything a backend provides. Each part is closed on its own: the queue first, since its polls write to the ledger. */
export interface Backend {
  readonly ledger: Ledger;
  readonly queue: CollectionQueue;
}
