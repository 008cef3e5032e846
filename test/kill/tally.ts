import type { LeftEntry, LeftState } from './ledger-file.ts';
import type { LogSummary } from './usage-log.ts';

/** The moment at which a kill is aimed. */
export type Aim = 'while it starts' | 'while a purchase is sent' | 'while links are polled' | 'at any moment';

export interface KillSummary {
  readonly seed: number;
  readonly kills: number;
  readonly aims: Readonly<Record<Aim, number>>;
  readonly posts: number;
  /** Reports accepted by the simulator, including duplicates. */
  readonly accepted: number;
  readonly collected: number;
  /** Rejected by upstream. */
  readonly failed: number;
  /** All reports that were ever uncertain, including those resubmitted since. */
  readonly uncertain: number;
  /** Given up or uncertain, and collected after all. */
  readonly recovered: number;
  /** Resubmissions of uncertain reports on request. */
  readonly resubmitted: number;
  /** Purchases beyond the first of the same report. */
  readonly duplicates: number;
  /** Duplicates without a resubmission request. */
  readonly unasked: number;
  /** For each state in progress: how many kills left reports in it, and how many reports. */
  readonly left: Readonly<Partial<Record<LeftState, { kills: number; reports: number }>>>;
  /** Kills that left nothing in progress. */
  readonly idle: number;
  /** From launch to the first response, in milliseconds. */
  readonly slowestStartMs: number;
  /** Null: there was no usage log. */
  readonly usageLog: LogSummary | null;
}

/** The counts recorded at the kills. */
type KillCounts = Pick<KillSummary, 'kills' | 'aims' | 'left' | 'idle' | 'slowestStartMs'>;

export interface Tally {
  started(ms: number): void;
  killed(aim: Aim, left: readonly LeftEntry[]): void;
  usualStartMs(): number;
  read(): KillCounts;
}

const UNDER_WAY: readonly LeftState[] = ['INTENT', 'SENDING', 'SENDING, answer stored', 'LINKED'];

export function createTally(): Tally {
  const starts: number[] = [];
  const aims: Record<Aim, number> = {
    'while it starts': 0,
    'while a purchase is sent': 0,
    'while links are polled': 0,
    'at any moment': 0,
  };
  const left: Partial<Record<LeftState, { kills: number; reports: number }>> = Object.fromEntries(
    UNDER_WAY.map((state) => [state, { kills: 0, reports: 0 }]),
  );
  let kills = 0;
  let idle = 0;

  return {
    started(ms) {
      starts.push(ms);
    },

    killed(aim, entries) {
      kills += 1;
      aims[aim] += 1;
      if (!entries.some(({ state }) => UNDER_WAY.includes(state))) idle += 1;
      for (const state of UNDER_WAY) {
        const reports = entries.filter((entry) => entry.state === state).length;
        if (reports === 0) continue;
        const before = left[state] ?? { kills: 0, reports: 0 };
        left[state] = { kills: before.kills + 1, reports: before.reports + reports };
      }
    },

    usualStartMs: () => starts.reduce((sum, ms) => sum + ms, 0) / Math.max(starts.length, 1),

    read: () => ({ kills, aims: { ...aims }, left: { ...left }, idle, slowestStartMs: Math.max(0, ...starts) }),
  };
}
