import type { AnswerIssue, Failure } from '../../errors.js';
import type { ReportType } from '../../model/report.js';
import type { AliasState } from './alias-state.js';
import type { Charge } from './charges.js';
import type { Claimed, SendingState, UnresolvedPurchase } from './doubts.js';
import type { FollowedLink, LinkedState } from './link-state.js';

/**
 * The states of one (report, type); `next.ts` has the transitions. Pure; a backend stores the result. Storages keep the fields
 * of a state as JSON under names of their own, which must not change: an older release has to read what a newer one wrote.
 * Optional fields are those that older releases did not store.
 */
export type State =
  /** Never requested, expired, or given up before anything was bought; `failure` says why it was given up. */
  | { readonly state: 'ABSENT'; readonly failure: Failure | null }
  | AliasState
  /** Claimed: one process is about to buy it. Nothing was sent, or it was certainly not accepted. */
  | (Claimed & { readonly state: 'INTENT'; readonly doubt: UnresolvedPurchase | null })
  | SendingState
  | LinkedState
  /** Collected; its body is stored separately. Upstream documents a `rating` above 0 as billable. */
  | {
      readonly state: 'COLLECTED';
      readonly rating: number | null;
      readonly warnings: readonly AnswerIssue[];
      /** Number of polls it took. */
      readonly attempt: number;
      readonly expiresAt: number;
      /** The link it was collected from. */
      readonly link?: string;
      /** The purchase of which it is, if it, or its link, was taken from upstream's usage log. */
      readonly fromLog?: string;
      readonly charge?: Charge;
      readonly doubt?: UnresolvedPurchase | null;
    }
  /** Upstream refused the request; nothing was bought. Kept for a short while. */
  | { readonly state: 'REJECTED'; readonly failure: Failure; readonly expiresAt: number }
  /**
   * May have been bought, but its link is lost. Left by a resubmission, when a person closes it, or if a response has a link
   * after all.
   */
  | ({ readonly state: 'UNCERTAIN' } & UnresolvedPurchase)
  /** Bought, but upstream did not produce a report. It is polled again when somebody asks for it. Or a doubt that was closed. */
  | {
      readonly state: 'FAILED';
      readonly failure: Failure;
      readonly attempt: number;
      readonly expiresAt: number;
      /** What it is polled again with. Absent: it never had a link. */
      readonly followed?: FollowedLink;
      /** How often it was polled again in vain. */
      readonly timesReopened?: number;
      readonly doubt?: UnresolvedPurchase | null;
    };

export type Entry = State & {
  readonly reportId: string;
  readonly type: ReportType;
  /** Incremented by each transition. A transition is only applied to the version it was made from. */
  readonly version: number;
  /** When it entered this state or was last polled, epoch ms. */
  readonly at: number;
};

export type EntryIn<S extends State['state']> = Extract<Entry, { readonly state: S }>;

export function absent(reportId: string, type: ReportType): EntryIn<'ABSENT'> {
  return { reportId, type, version: 0, at: 0, state: 'ABSENT', failure: null };
}

/** What an expired entry becomes when it is pruned. Its version is new, so that a transition made from the old one fails. */
export function pruned(expired: Pick<Entry, 'reportId' | 'type' | 'version'>, now: number): EntryIn<'ABSENT'> {
  return { ...absent(expired.reportId, expired.type), version: expired.version + 1, at: now };
}

/** The entry of the given type; ABSENT if there is none. */
export function entryOf(entries: readonly Entry[], reportId: string, type: ReportType): Entry {
  return entries.find((entry) => entry.type === type) ?? absent(reportId, type);
}

/** Whether the outcome of the latest purchase is unknown, since `until` (epoch ms) or earlier. */
export function isDoubtUntil(entry: Entry, until: number): boolean {
  return entry.state === 'UNCERTAIN' && entry.since <= until;
}

/** How far in the future a rejection may lie: clocks are set a little now and then. */
const CLOCK_SLACK_MS = 60_000;

/**
 * Whether the entry's expiry has passed; always false in states without one. `now` in epoch ms; -Infinity, while the time is
 * in doubt: nothing has expired. A rejection of the future is from before the clock was set back, and is over: otherwise it
 * would be remembered for as long as that.
 */
export function hasExpired(entry: Entry, now: number): boolean {
  if (!('expiresAt' in entry)) return false;
  const ofTheFuture = Number.isFinite(now) && now < entry.at - CLOCK_SLACK_MS;
  return now >= entry.expiresAt || (entry.state === 'REJECTED' && ofTheFuture);
}

/** Whether `other` is newer than `seen`: a later state, or the same state after another poll. */
export function isNewer(seen: Entry, other: Entry): boolean {
  if (other.version !== seen.version) return other.version > seen.version;
  return seen.state === 'LINKED' && other.state === 'LINKED' && other.attempt > seen.attempt;
}
