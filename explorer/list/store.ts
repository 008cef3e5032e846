import type { Problem } from '../api/problem.ts';
import type { ReportType } from '../generated/operations.ts';
import type { Choices } from './known.ts';
import type { ListedReport, PricedRow, Reports } from './listed.ts';

/** A purchase that was confirmed. */
export interface ListPurchase {
  /** The keys of its reports, in the order in which they are bought. */
  readonly chosen: readonly string[];
  /** When the first of them was here, in milliseconds since 1970, and how many then; null: none is. */
  readonly first: { readonly at: number; readonly done: number } | null;
  /** Whether nothing more is bought. What was bought may still be on the way. */
  readonly isOver: boolean;
}

/** All that is known of a list. */
export interface ListState {
  /** When that was, in milliseconds since 1970. */
  readonly at: number;
  /** Which reports are wanted of each job. */
  readonly types: readonly ReportType[];
  readonly choices: Choices;
  /** How many of the free questions are answered. */
  readonly looked: { readonly done: number; readonly total: number };
  /** Whether all have been: the price is known. */
  readonly isLooked: boolean;
  readonly rows: readonly PricedRow[];
  readonly reports: Reports;
  /** Null: nothing has been bought yet. */
  readonly purchase: ListPurchase | null;
  /** What is being waited for; null: nothing in particular. */
  readonly waiting: Problem | null;
  /** Why nothing more is asked or bought; null: nothing is in the way. */
  readonly ended: Problem | null;
}

export interface Store {
  readonly get: () => ListState;
  readonly set: (change: Partial<ListState>) => void;
  /** Nothing, where the list does not ask for it any more. */
  readonly setReport: (key: string, change: Partial<ListedReport>) => void;
  /** Tells of changes, several at once. Returns how to stop it. */
  readonly subscribe: (listener: () => void) => () => void;
  /** As it was when listeners were last told. */
  readonly snapshot: () => ListState;
}

/** How often listeners are told: a purchase makes hundreds of changes in a second. */
const TELL_MS = 150;

export function createStore(rows: readonly PricedRow[]): Store {
  /** Those of the state, which are changed in place between two snapshots. */
  let reports = new Map<string, ListedReport>();
  let state: ListState = {
    at: Date.now(),
    types: ['PAY'],
    choices: new Map(),
    looked: { done: 0, total: 1 },
    isLooked: false,
    rows,
    reports,
    purchase: null,
    waiting: null,
    ended: null,
  };
  let told = state;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    timer = undefined;
    told = { ...state, at: Date.now(), reports: new Map(reports) };
    for (const listener of listeners) listener();
  };
  const soon = (): void => void (timer ??= setTimeout(tell, TELL_MS));
  return {
    get: () => state,
    snapshot: () => told,
    set(change) {
      if (change.reports) reports = new Map(change.reports);
      state = { ...state, ...change, reports };
      soon();
    },
    setReport(key, change) {
      const report = reports.get(key);
      if (report) reports.set(key, { ...report, ...change });
      soon();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
