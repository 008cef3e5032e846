import type { ReportsRequest, ReportType } from '../jobalyzer/types.js';
import type { Entry, EntryIn, JournalKind, LedgerTransition } from './ledger.js';

/** The words the ports speak in, so that a backend needs to know no other file of this room. */
export type { Entry, EntryIn, JournalKind, ReportsRequest, ReportType };

/** What a report is, apart from how far it has come: its id and what upstream is asked for it. */
export interface ReportKey {
  readonly id: string;
  readonly request: ReportsRequest;
}

export interface ReportRecord extends ReportKey {
  /** Those that were ever made: at most one of a type. */
  readonly entries: readonly Entry[];
}

/** A transition to be made durable: it holds only if `before` is still what stands. */
export interface Transition extends LedgerTransition {
  /** With COLLECTED: the report as it came. */
  readonly body?: string;
}

export interface Committed {
  readonly won: boolean;
  /** What stands now: `after` where it was won, what somebody else made of it where not. */
  readonly entry: Entry;
}

/** Reports in a span of time, `since` ≤ t ≤ `until` (epoch ms), counted as they are billed. */
export interface UsageCounts {
  readonly submitted: number;
  readonly collected: number;
  readonly billable: number;
  readonly failed: number;
  readonly uncertain: number;
  readonly saved: number;
}

/**
 * The truth about every report. Each method settles within seconds; one that cannot do its work throws
 * STORE_UNAVAILABLE. One suite (`test/contract`) holds every implementation to this.
 */
export interface Ledger {
  /** Null where nothing was ever asked for under this id. */
  read(id: string): Promise<ReportRecord | null>;
  /**
   * Stores the transitions of one report in one step and, with the first of them, what the report is. When this resolves,
   * what was won is on disk; it is told to every subscriber in this order, if not at once.
   */
  commit(report: ReportKey, transitions: readonly Transition[]): Promise<readonly Committed[]>;
  /** Tells how polling goes on. Not durable: it may be forgotten by a crash, and is then counted anew. */
  progress(entry: EntryIn<'LINKED'>): Promise<void>;
  /** The body that came with COLLECTED; null once it has been let go. */
  body(entry: EntryIn<'COLLECTED'>): Promise<string | null>;
  /** Reports that were under way when the process ended, or whose stored answer may still be read. For the start only. */
  unsettled(): Promise<readonly ReportRecord[]>;
  /** Calls the listener with each entry of this report that is committed or progresses from now on, in order. */
  subscribe(id: string, listener: (entry: Entry) => void): Promise<() => void>;
  /** Adds to what was served without a purchase. May be stored up to a second later. */
  countSaved(reports: number): void;
  usage(since: number, until: number): Promise<UsageCounts>;
  /** When counting began, epoch ms. */
  readonly since: number;
  /** Lets go of what is past its time; what was saved over an hour ago is kept by the minute from then on. */
  prune(now: number): Promise<void>;
  /** Resolves if the ledger can be written. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface CollectionKey {
  readonly id: string;
  readonly type: ReportType;
}

/** One look at a report under way: how many milliseconds until the next one, or null when there is nothing more to do. */
export type CollectionStep = (key: CollectionKey, signal: AbortSignal) => Promise<number | null>;

/** The clock of collecting: never two steps of one report at a time, however often it is scheduled. */
export interface CollectionQueue {
  start(step: CollectionStep): void;
  schedule(key: CollectionKey, delayMs: number): void;
  /** Ends waits and steps; what was scheduled is found again in the ledger at the next start. */
  close(): Promise<void>;
}

/** All that a backend provides. */
export interface Backend {
  readonly ledger: Ledger;
  readonly queue: CollectionQueue;
  close(): Promise<void>;
}
